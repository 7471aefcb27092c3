"""What support did is a record: it is added and read, never changed and never deleted, not even by the superuser."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import InspectView
from wagtail.permission_policies import ModelPermissionPolicy

from identity.acting import ActingRole

_NOBODYS = frozenset({"change", "delete"})


class RecordsPolicy(ModelPermissionPolicy):
    """As the groups say, but changing and deleting are nobody's right."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in _NOBODYS and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions: Any) -> QuerySet[Any]:
        allowed = set(actions) - _NOBODYS
        return super().users_with_any_permission(allowed) if allowed else get_user_model().objects.none()


class RecordView(InspectView):
    """One record with a link to its evidence."""

    page_title = ""

    def get_evidence_display_value(self) -> str:
        evidence = self.object.evidence
        size = _("%(kb)s KB") % {"kb": max(1, round(evidence.size / 1024))}
        return format_html(
            '<a href="{}" download>{}（{}）</a>', reverse("evidence:read", args=[evidence.pk]), evidence.name, size
        )


def moment(instant: Any) -> str:
    """An instant as lists show it."""
    return f"{localtime(instant):%Y-%m-%d %H:%M}" if instant else ""


def acting(request: Any) -> ActingRole:
    """The role the request acts in, put there by identity's middleware."""
    role: ActingRole = request.role
    return role
