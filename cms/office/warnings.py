"""What an editor is told of without being stopped: doubles of what he wrote, exams that lack questions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from wagtail.admin.ui.components import Component

from cms.models import BankQuestion
from cms.office.listing import URLS
from cms.publishing.exams import rule_in_words
from cms.queries.doubles import doubles_of
from cms.queries.short import ShortExam, short_exams


class ShortExamsPanel(Component):
    """缺题的考试, on the admin's first page; nothing where there are none."""

    name = "short-exams"
    template_name = "cms/admin/short_exams.html"
    order = 20

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"exams": [told(exam) for exam in short_exams()]}


def told(exam: ShortExam) -> dict[str, Any]:
    """An exam that lacks questions, for a page: where it is mended, what is missing."""
    return {
        "url": reverse("wagtailadmin_pages:edit", args=[exam.page_id]),
        "title": f"{exam.class_title} · {exam.course_title}",
        "missing": [
            gettext("%(rule)s：要 %(wanted)d 题，只够 %(available)d 题")
            % {
                "rule": rule_in_words(shortage.rule),
                "wanted": shortage.rule["count"],
                "available": shortage.available,
            }
            for shortage in exam.shortages
        ],
    }


def warn_of_doubles(request: HttpRequest, question: BankQuestion) -> None:
    """Say which question the one just saved looks like."""
    for double in doubles_of([question]):
        other = BankQuestion.objects.get(pk=double.other_id)
        address = reverse(f"{URLS}:edit", args=[other.pk])
        link = format_html('<a href="{}">{}</a>', address, other.code or str(other))
        messages.warning(request, format_html(gettext("可能和已有的题重复（题干相同 {}%）：{}"), double.percent, link))


def warn_of_short_exams(request: HttpRequest, question: BankQuestion) -> None:
    """A question just taken out of use: say which exams of its bank lack questions now."""
    if question.state == BankQuestion.State.ACTIVE:
        return
    for exam in short_exams():
        if any(shortage.rule["bank"] in (None, question.bank_id) for shortage in exam.shortages):
            shown = told(exam)
            messages.warning(request, gettext("缺题的考试：%s") % f"{shown['title']}（{'；'.join(shown['missing'])}）")
