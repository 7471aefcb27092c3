"""试抽一份样卷: a paper as a learner would get it, drawn of the latest draft, with its right answers (E1)."""

import secrets
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from cms.queries import DraftedExam, drafted_exams, shown_pictures
from exams.drawing import draw
from exams.errors import PaperShort

_KINDS = {"single": _("单选题"), "multiple": _("多选题"), "true_false": _("判断题")}
_NAME = "sample_paper"


class SamplePaperView(WagtailAdminTemplateMixin, TemplateView):
    """Every exam of a class's draft, each with a paper drawn just now, or with what is missing."""

    template_name = "exams/office/sample.html"
    page_title = _("样卷")
    header_icon = "form"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        page_id = self.kwargs["page_id"]
        edit = {"url": reverse("wagtailadmin_pages:edit", args=[page_id]), "label": gettext("编辑班级")}
        return [*self.breadcrumbs_items, edit, {"url": "", "label": gettext("样卷")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            found = drafted_exams(self.kwargs["page_id"], self.request.user)
        except (ObjectDoesNotExist, PermissionDenied):
            raise Http404 from None
        return super().get_context_data(**kwargs) | {
            "class_title": found.class_title,
            "exams": [{"exam": exam, "questions": _paper(exam)} for exam in found.exams],
        }


def _paper(exam: DraftedExam) -> list[dict[str, Any]]:
    """A paper of the exam; none where its bank can't fill one."""
    if exam.faults:
        return []
    try:
        drawn = draw(blueprint=exam.terms, seed=secrets.token_hex(16), avoided=())
    except PaperShort:  # somebody took a question out of use just now
        return []
    return list(_shown(shown_pictures(drawn)))


def _shown(questions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, question in enumerate(questions, 1):
        options = [option | {"is_right": option["id"] in question["right"]} for option in question["options"]]
        yield question | {"number": number, "kind_label": _KINDS[question["kind"]], "options": options}


def urls() -> list[URLPattern]:
    """Under Wagtail's admin, so for staff only."""
    return [path("classes/<int:page_id>/sample-paper/", SamplePaperView.as_view(), name=_NAME)]


def header_button(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """In the menu of a class's page, for whoever may edit it."""
    kind = page.specific_class
    if page.pk and kind and kind._meta.label == "cms.ClassPage" and page.permissions_for_user(user).can_edit():
        yield Button(_("试抽一份样卷"), url=reverse(_NAME, args=[page.pk]), icon_name="form", priority=12)
