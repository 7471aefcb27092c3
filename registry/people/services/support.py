"""Who works in support (客服, S1): the group in Wagtail's admin and what it may do."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

SUPPORT = "客服"
"""The group of staff who merge units, give permits, correct and confirm."""

_RIGHTS = {
    "units": ("add_merger", "view_merger", "add_permit", "view_permit", "view_evidence"),
    "people": ("add_correction", "view_correction"),
    "wagtailadmin": ("access_admin",),
}


@transaction.atomic
def set_up_support() -> None:
    """Make the group and bring its rights in line. Safe to call again."""
    group, _created = Group.objects.get_or_create(name=SUPPORT)
    group.permissions.set(
        permission
        for app, codenames in _RIGHTS.items()
        for permission in Permission.objects.filter(content_type__app_label=app, codename__in=codenames)
    )
