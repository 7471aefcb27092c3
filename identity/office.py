"""What pages of ours in Wagtail's admin share: who acts, crumbs, columns, and lists that nobody edits row by row."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from identity.acting import ActingRole


class OfficePolicy(ModelPermissionPolicy):
    """As the groups say; but no row is made, edited or deleted by Wagtail's own forms, not even by the superuser."""

    _nobodys = frozenset({"delete"})

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in self._nobodys and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions: Any) -> QuerySet[Any]:
        allowed = set(actions) - self._nobodys
        return super().users_with_any_permission(allowed) if allowed else get_user_model().objects.none()


class ReasonForm(forms.Form):
    """Why: it is logged, and whom it concerns reads it where he is told."""

    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("写上原因，以后查得到")},
    )


class OfficePage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page of ours under one of the lists. Subclasses say `model`, `listing` and what the list is called."""

    listing: tuple[str, Any]

    def actor(self) -> ActingRole:
        """The role this request acts in."""
        role: ActingRole = cast(Any, self.request).role
        return role

    def who(self) -> dict[str, Any]:
        """Who acts, as the audit trail keeps it."""
        return {"actor_id": self.actor().user_id, "acting_as": self.actor().kind}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        name, label = self.listing
        return [
            *self.breadcrumbs_items,
            {"url": reverse(name), "label": str(label)},
            {"url": "", "label": self.get_page_title()},
        ]


class OfficeList(ModelViewSet):
    """A list whose rows lead to pages of ours."""

    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = False
    search_backend_name = None
    list_per_page = 20
    form_fields: list[str] = []


def moment(name: str, label: Any, *, sort_key: str | None = None) -> Column:
    """A column that tells an instant."""
    return Column(name, label=label, accessor=lambda row: when(getattr(row, name)), sort_key=sort_key)


def when(instant: datetime | None) -> str:
    return f"{localtime(instant):%Y-%m-%d %H:%M}" if instant else "—"
