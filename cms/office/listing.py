"""The list of questions: filters, search, and the same selection as a workbook."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import IndexView

from cms.importing import workbooks
from cms.models import BankQuestion, QuestionTag
from cms.queries.export import questions_to_export
from core import audit, clock
from core.grams import normalise

URLS = "wagtailsnippets_cms_bankquestion"

COLUMNS: list[Any] = [
    "__str__",
    "kind",
    "bank",
    "difficulty",
    "pool",
    "state",
    Column(
        "updated_at",
        label=_("修改时间"),
        accessor=lambda question: f"{localtime(question.updated_at):%Y-%m-%d %H:%M}",
        sort_key="pk",
    ),
]


def searched(questions: QuerySet[BankQuestion], query: str) -> QuerySet[BankQuestion]:
    """The questions that have these words in stem or options, blanks and width aside, or in their code."""
    return questions.filter(Q(words__contains=normalise(query)) | Q(code__icontains=query.strip()))


class QuestionFilterSet(WagtailFilterSet):
    """What the list can be narrowed to."""

    tags = django_filters.ModelMultipleChoiceFilter(
        label=_("标签"),
        queryset=Tag.objects.filter(pk__in=QuestionTag.objects.values("tag")).order_by("name"),
        field_name="tagged_items__tag",
    )

    class Meta:
        model = BankQuestion
        fields = ["bank", "kind", "difficulty", "pool", "state", "tags"]


class QuestionIndexView(IndexView):
    """Every question, the newest first; fast among a hundred thousand: no subquery, no join that isn't shown."""

    def get_base_queryset(self) -> QuerySet[BankQuestion]:
        shown = ("pk", "stem", "kind", "bank__title", "difficulty", "pool", "state", "updated_at")
        return BankQuestion.objects.select_related("bank").only(*shown)

    def search_queryset(self, queryset: QuerySet[BankQuestion]) -> QuerySet[BankQuestion]:
        return searched(queryset, self.search_query) if self.is_searching else queryset

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons = super().header_buttons
        if self.user_has_permission("add"):
            buttons.append(HeaderButton(gettext("导入"), url=reverse(f"{URLS}:import"), icon_name="upload"))
        return buttons

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        query = self.request.GET.urlencode()
        address = reverse(f"{URLS}:export") + (f"?{query}" if query else "")
        return [
            *super().header_more_buttons,
            Button(gettext("导出选出的题（xlsx）"), url=address, icon_name="download", priority=10),
            Button(gettext("查重"), url=reverse(f"{URLS}:doubles"), icon_name="copy", priority=20),
        ]


class QuestionExportView(QuestionIndexView):
    """The filtered list as a workbook that an import takes again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        told = 0

        def counted() -> Any:
            nonlocal told
            for row in questions_to_export(self.get_queryset().order_by("pk")):
                told += 1
                yield row

        file = workbooks.questions(counted())
        now = clock.now()
        audit.record(
            act="questions.exported",
            now=now,
            actor_id=request.user.pk,
            acting_as="staff",
            after={"questions": told, "selection": request.GET.urlencode()[:500]},
        )
        return workbook_response(file, gettext("考题 %s.xlsx") % f"{localtime(now):%Y-%m-%d %H%M}")


def workbook_response(file: Any, name: str) -> FileResponse:
    """A workbook as a download."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=workbooks.CONTENT_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response
