"""Who works on money (财务, F3): the group in Wagtail's admin and what it may do."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

FINANCE = "财务"
"""The group of staff who refund, reconcile, issue invoices and export."""

_RIGHTS = {
    "payments": (
        "view_order",
        "change_order",
        "view_refund",
        "add_refund",
        "change_refund",
        "view_bill",
        "change_bill",
        "view_invoice",
        "change_invoice",
        "view_refusednotice",
    ),
    "wagtailadmin": ("access_admin",),
}


@transaction.atomic
def set_up_finance() -> None:
    """Make the group and bring its rights in line. Safe to call again."""
    group, _created = Group.objects.get_or_create(name=FINANCE)
    group.permissions.set(
        permission
        for app, codenames in _RIGHTS.items()
        for permission in Permission.objects.filter(content_type__app_label=app, codename__in=codenames)
    )
