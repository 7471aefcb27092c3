"""登记凭证: what a unit without a credit code registers with."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
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
from identity.lockout import address_of
from registry.units import services
from registry.units.models import Permit
from registry.units.office.records import RecordsPolicy, RecordView, acting, moment

register_permission_policy(Permit, RecordsPolicy(Permit))


class PermitForm(forms.Form):
    unit_name = forms.CharField(
        label=_("单位名称"),
        max_length=120,
        help_text=_("和批准文件上的全称一致；只有填同样名称的登记能用这个凭证"),
        error_messages={"required": _("填写单位名称")},
    )
    reason = forms.CharField(
        label=_("没有信用代码的原因"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("写上原因，以后查得到")},
    )
    evidence = AttachmentField(label=_("佐证材料"), help_text=_("批准文件，jpg、png、gif、bmp 或 pdf，不超过 4 MB"))


class GivePermitView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The form; its page shows the number afterwards."""

    model = Permit
    permission_required = "add"
    page_title = _("发放登记凭证")
    header_icon = "key"
    template_name = "units/office/permit.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("permits:index"), "label": gettext("登记凭证")},
            {"url": "", "label": gettext("发放登记凭证")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or PermitForm()
        return super().get_context_data(**kwargs) | {"form": form}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = PermitForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                made = services.give_permit(
                    actor=acting(request), now=clock.now(), address=address_of(request), **form.cleaned_data
                )
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, gettext("凭证已发放，把凭证号告诉单位的经办人"))
                return redirect("permits:inspect", made)
        return self.render_to_response(self.get_context_data(form=form))


class PermitIndexView(IndexView):
    page_title = _("登记凭证")

    def get_base_queryset(self) -> QuerySet[Permit]:
        return super().get_base_queryset().select_related("used_for", "given_by")

    @cached_property
    def add_item_label(self) -> str:
        return gettext("发放登记凭证")


class PermitRecordView(RecordView):
    def get_number_display_value(self) -> str:
        return shown_number(self.object)

    def get_used_for_display_value(self) -> str:
        return str(self.object.used_for) if self.object.used_for else gettext("还没有使用")


def shown_number(permit: Permit) -> str:
    """In groups, as it is read out on the phone; hyphens don't matter in the form."""
    return f"{permit.number[:2]}-{permit.number[2:7]}-{permit.number[7:]}"


class PermitViewSet(ModelViewSet):
    model = Permit
    name = "permits"
    icon = "key"
    menu_label = _("登记凭证")
    menu_order = 301
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_class = PermitRecordView
    inspect_view_fields = [
        "number",
        "unit_name",
        "reason",
        "evidence",
        "used_for",
        "given_by",
        "given_at",
        "expires_at",
    ]
    index_view_class = PermitIndexView
    index_results_template_name = "units/office/permits_results.html"
    form_fields = ["unit_name"]
    search_fields = ["unit_name", "number"]
    search_backend_name = None
    list_per_page = 20
    ordering = "-given_at"
    list_display = [
        TitleColumn("unit_name", label=_("单位名称"), url_name="permits:inspect"),
        Column("number", label=_("凭证号"), accessor=shown_number),
        Column("used_for", label=_("使用情况"), accessor=lambda row: _("已使用") if row.used_for else _("还没有使用")),
        Column("given_by", label=_("经办人")),
        Column("expires_at", label=_("有效期至"), accessor=lambda row: moment(row.expires_at), sort_key="expires_at"),
    ]

    @property
    def add_view(self) -> Any:
        return GivePermitView.as_view()
