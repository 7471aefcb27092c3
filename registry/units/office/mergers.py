"""单位合并: choose two, see what moves, say why with evidence, confirm."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from core import clock
from core.errors import Refusal
from core.forms import AttachmentField, put
from identity import queries as identity
from identity.lockout import address_of
from identity.queries import OrganisationFacts
from registry.units import services
from registry.units.models import Merger
from registry.units.office.records import RecordsPolicy, RecordView, acting, moment

register_permission_policy(Merger, RecordsPolicy(Merger))

_MOVED = {
    "technicians": _("人员"),
    "administrators": _("管理员"),
    "children": _("下级单位"),
    "departments": _("工作部门"),
    "roles": _("角色"),
    "steps": _("在审步骤"),
}


class MergerForm(forms.Form):
    """Why, by what papers, and that one has looked at the preview."""

    reason = forms.CharField(
        label=_("合并原因"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("写上原因，以后查得到")},
    )
    evidence = AttachmentField(label=_("佐证材料"), help_text=_("批复或申请函，jpg、png、gif、bmp 或 pdf，不超过 4 MB"))
    confirmed = forms.BooleanField(
        label=_("已核对上面的内容，合并后不能撤销"), error_messages={"required": _("核对后勾选")}
    )


class MergeView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Two searches, then the preview with the form. Works without scripts: each step is a page."""

    model = Merger
    permission_required = "add"
    page_title = _("合并单位")
    header_icon = "group"
    template_name = "units/office/merge.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("mergers:index"), "label": gettext("单位合并")},
            {"url": "", "label": gettext("合并单位")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sides = {name: _side(self.request, name) for name in ("gone", "survivor")}
        preview = None
        if all(side["chosen"] for side in sides.values()):
            ids = {f"{name}_id": side["chosen"].id for name, side in sides.items()}
            preview = services.preview_merger(**ids)
        form = kwargs.pop("form", None) or MergerForm()
        return super().get_context_data(**kwargs) | sides | {"preview": preview, "form": form}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = MergerForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                made = services.merge_units(
                    actor=acting(request),
                    gone_id=_number(request, "gone"),
                    survivor_id=_number(request, "survivor"),
                    reason=form.cleaned_data["reason"],
                    evidence=form.cleaned_data["evidence"],
                    now=clock.now(),
                    address=address_of(request),
                )
            except ObjectDoesNotExist:
                raise Http404 from None
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, gettext("已合并，两边的管理员都收到了消息"))
                return redirect("mergers:inspect", made)
        return self.render_to_response(self.get_context_data(form=form))


def _number(request: HttpRequest, name: str) -> int:
    """A row's id as it was sent, 0 for what is none."""
    text = (request.POST if request.method == "POST" else request.GET).get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _side(request: HttpRequest, name: str) -> dict[str, Any]:
    """One of the two: what was searched, what was found, which one is chosen."""
    q = request.GET.get(f"{name}_q", "").replace("\0", "")[:60]
    number = _number(request, name)
    chosen = identity.organisation_or_none(number) if number else None
    found = identity.organisations_to_merge(q) if q else []
    return {"name": name, "q": q, "found": [_row(unit) for unit in found], "chosen": chosen}


def _row(unit: OrganisationFacts) -> dict[str, Any]:
    above = identity.superior_of(unit.id)
    return {"unit": unit, "above": above.name if above else ""}


class MergerIndexView(IndexView):
    """Every merger, the newest first."""

    page_title = _("单位合并")

    def get_base_queryset(self) -> QuerySet[Merger]:
        return super().get_base_queryset().select_related("gone", "survivor", "merged_by")

    @cached_property
    def add_item_label(self) -> str:
        return gettext("合并单位")


class MergerRecordView(RecordView):
    def get_moved_display_value(self) -> str:
        pairs = [(_MOVED.get(name, name), count) for name, count in self.object.moved.items() if count]
        return format_html_join("，", "{} {}", pairs) if pairs else gettext("没有可移动的")


class MergerViewSet(ModelViewSet):
    model = Merger
    name = "mergers"
    icon = "group"
    menu_label = _("单位合并")
    menu_order = 300
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_class = MergerRecordView
    inspect_view_fields = ["gone", "survivor", "reason", "evidence", "moved", "merged_by", "merged_at"]
    index_view_class = MergerIndexView
    index_results_template_name = "units/office/mergers_results.html"
    form_fields = ["reason"]
    search_fields = ["gone__name", "survivor__name", "reason"]
    search_backend_name = None
    list_per_page = 20
    ordering = "-merged_at"
    list_display = [
        TitleColumn("gone", label=_("被并入的单位"), url_name="mergers:inspect"),
        Column("survivor", label=_("保留的单位")),
        Column("merged_by", label=_("经办人")),
        Column("merged_at", label=_("合并时间"), accessor=lambda row: moment(row.merged_at), sort_key="merged_at"),
    ]

    @property
    def add_view(self) -> Any:
        return MergeView.as_view()
