"""Importing questions in the admin: sending a workbook, watching it, reading what became of it, mending the rest."""

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import FormView
from django.views.generic import TemplateView as PageView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from cms import services
from cms.errors import QuestionFileRefused
from cms.importing import workbooks
from cms.models import QuestionBank, QuestionImport
from cms.office.listing import URLS, workbook_response
from cms.queries.imports import alike_rows, fault_rows, import_faults, import_result
from core import clock

_SHOWN = 50
_LATEST = 10


class _ForEditors(PermissionCheckedMixin):
    """Whoever may add questions may import them."""

    permission_required = "add"


class ImportForm(forms.Form):
    bank = forms.ModelChoiceField(
        label=_("导入到题库"), queryset=QuestionBank.objects.order_by("title"), empty_label=_("请选择")
    )
    file = forms.FileField(
        label=_("xlsx 文件"),
        help_text=_("不超过 20 MB、10 万题。请按模板填写。"),
        widget=forms.FileInput(attrs={"accept": f".xlsx,{workbooks.CONTENT_TYPE}"}),
        allow_empty_file=True,
        error_messages={"required": _("请选一个文件")},
    )


class ImportView(_ForEditors, WagtailAdminTemplateMixin, FormView):
    """The page that a workbook is sent from; under it the latest imports."""

    model: Any = None
    form_class = ImportForm
    template_name = "cms/admin/import.html"
    page_title = _("导入考题")
    header_icon = "upload"

    def get_initial(self) -> dict[str, Any]:
        return {"bank": self.request.GET.get("bank", "")}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return _crumbs(self, gettext("导入"))

    def form_valid(self, form: ImportForm) -> HttpResponse:
        sent = form.cleaned_data["file"]
        try:
            job = services.ask_import(
                bank_id=form.cleaned_data["bank"].pk,
                file=sent,
                file_name=sent.name,
                user_id=self.request.user.pk,
                now=clock.now(),
            )
        except QuestionFileRefused as refusal:
            form.add_error("file", str(refusal))
            return self.form_invalid(form)
        return redirect(f"{URLS}:import_result", job.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = QuestionImport.objects.select_related("bank", "asked_by").order_by("-pk")[:_LATEST]
        return super().get_context_data(**kwargs) | {"latest": latest, "has_banks": QuestionBank.objects.exists()}


class TemplateView(_ForEditors, View):
    """The workbook to fill in."""

    model: Any = None
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> FileResponse:
        return workbook_response(workbooks.template(), gettext("考题导入模板.xlsx"))


class ResultView(_ForEditors, WagtailAdminTemplateMixin, PageView):
    """How an import stands; `?part=1` is the part of the page that question-import.js fetches while it goes on."""

    model: Any = None
    template_name = "cms/admin/import_result.html"
    page_title = _("导入结果")
    header_icon = "upload"

    @cached_property
    def job(self) -> QuestionImport:
        return get_object_or_404(QuestionImport.objects.select_related("bank"), pk=self.kwargs["import_id"])

    def get_template_names(self) -> list[str]:
        return ["cms/admin/import_progress.html" if "part" in self.request.GET else self.template_name]

    def get_page_subtitle(self) -> str:
        return self.job.file_name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        address = reverse(f"{URLS}:import")
        return _crumbs(self, self.job.file_name, {"url": address, "label": gettext("导入")})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = self.job.pk
        return super().get_context_data(**kwargs) | {
            "job": self.job,
            "result": import_result(pk),
            "faults": list(import_faults(pk, _SHOWN)),
            "alike": alike_rows(pk),
        }


class FaultsView(_ForEditors, View):
    """The rows that weren't taken, to mend and send again."""

    model: Any = None
    http_method_names = ["get"]

    def get(self, request: HttpRequest, import_id: int) -> FileResponse:
        job = get_object_or_404(QuestionImport, pk=import_id)
        rows, columns = fault_rows(job.pk)
        name = job.file_name.rpartition(".")[0] or job.file_name
        return workbook_response(workbooks.faults(rows, columns), gettext("%s 待修改.xlsx") % name)


def _crumbs(view: Any, label: str, *between: dict[str, Any]) -> list[dict[str, Any]]:
    questions = {"url": reverse(f"{URLS}:list"), "label": gettext("考题")}
    return [*view.breadcrumbs_items, questions, *between, {"url": "", "label": label}]
