"""The menu item 人员更正 and the addresses under /admin/corrections/."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from registry.people.models import Correction
from registry.people.office.pages import AskView, FindView, OneView

_NOBODYS = frozenset({"change", "delete"})


class _CorrectionPolicy(ModelPermissionPolicy):
    """As the groups say; nobody edits or deletes one, not even the superuser."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in _NOBODYS and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions: Any) -> QuerySet[Any]:
        allowed = set(actions) - _NOBODYS
        return super().users_with_any_permission(allowed) if allowed else get_user_model().objects.none()


register_permission_policy(Correction, _CorrectionPolicy(Correction))


class CorrectionIndexView(IndexView):
    """What waits first, then the newest."""

    page_title = _("人员更正")

    def get_base_queryset(self) -> QuerySet[Correction]:
        rows = super().get_base_queryset().select_related("person", "asked_by", "decided_by")
        return rows.defer("id_number")

    def order_queryset(self, queryset: QuerySet[Correction]) -> QuerySet[Correction]:
        if self.request.GET.get("ordering"):
            ordered: QuerySet[Correction] = super().order_queryset(queryset)
            return ordered
        return queryset.order_by(F("decided_at").desc(nulls_first=True), "-asked_at", "-pk")

    @cached_property
    def add_item_label(self) -> str:
        return gettext("提交更正")


class CorrectionViewSet(ModelViewSet):
    model = Correction
    name = "corrections"
    icon = "edit"
    menu_label = _("人员更正")
    menu_order = 302
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_results_template_name = "people/office/index_results.html"
    form_fields = ["reason"]
    index_view_class = CorrectionIndexView
    list_filter = ["state", "what"]
    search_fields = ["person__name", "reason"]
    search_backend_name = None
    list_per_page = 20
    list_display = [
        TitleColumn("person", label=_("人员"), url_name="corrections:one"),
        Column("what", label=_("更正内容"), accessor="get_what_display"),
        Column("before", label=_("原来")),
        Column("after", label=_("改为")),
        Column("state", label=_("状态"), accessor="get_state_display", sort_key="state"),
        Column("asked_by", label=_("经办人")),
        Column(
            "asked_at",
            label=_("提交时间"),
            accessor=lambda row: f"{localtime(row.asked_at):%Y-%m-%d %H:%M}",
            sort_key="asked_at",
        ),
    ]

    @property
    def add_view(self) -> Any:
        return FindView.as_view()

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("new/<int:pk>/<slug:what>/", AskView.as_view(), name="ask"),
            path("<int:pk>/", OneView.as_view(), name="one"),
        ]
