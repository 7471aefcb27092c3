"""题目分析: how questions do in exams, and voiding one that is wrong (E1)."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import Button
from wagtail.permissions import register_permission_policy

from core import audit, clock
from core.errors import Refusal
from core.forms import put
from core.grams import normalise
from exams import services
from exams.models import QuestionFigures, QuestionVoiding
from exams.queries.figures import (
    GOOD,
    WEAK,
    doubts,
    figures_for_office,
    no_figures,
    suspicious,
    voiding_progress,
    voiding_reach,
)
from identity.office import OfficeList, OfficePage, OfficePolicy, ReasonForm

_LISTING = ("question_figures:index", _("题目分析"))
_DOUBTS = {"hard": _("太难"), "easy": _("太容易"), "weak": _("区分度低")}


class _FiguresPolicy(OfficePolicy):
    _nobodys = frozenset({"add", "change", "delete"})


register_permission_policy(QuestionFigures, _FiguresPolicy(QuestionFigures))


def percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.0%}"


def in_words(discriminates: float | None) -> str:
    """好, 一般 or 差, with the figure."""
    if discriminates is None:
        return "—"
    word = _("好") if discriminates >= GOOD else _("一般") if discriminates >= WEAK else _("差")
    return f"{discriminates:.2f} {word}"


def bars(row: QuestionFigures) -> list[dict[str, Any]]:
    """The options in the bank's order with how often each was chosen, in percent of those who were asked.

    What was an option once and is none any more stands last.
    """
    content = row.question.content
    known = [option["id"] for option in content["options"]]
    texts = {option["id"]: option["text"] for option in content["options"]}
    return [
        {
            "letter": chr(65 + place) if key in texts else "·",
            "text": texts.get(key, _("以前的选项")),
            "times": row.chosen.get(key, 0),
            "percent": round(100 * row.chosen.get(key, 0) / row.shown) if row.shown else 0,
            "is_right": key in content["right"],
        }
        for place, key in enumerate([*known, *sorted(set(row.chosen) - set(known))])
    ]


class _Chosen(Column):
    cell_template_name = "exams/office/chosen_cell.html"

    def get_value(self, instance: QuestionFigures) -> Any:
        return bars(instance)


class _Doubts(Column):
    cell_template_name = "exams/office/doubts_cell.html"

    def get_value(self, instance: QuestionFigures) -> Any:
        return [_DOUBTS[doubt] for doubt in doubts(instance)]


class FiguresFilterSet(WagtailFilterSet):
    """What the list can be narrowed to."""

    doubtful = django_filters.ChoiceFilter(
        label=_("可疑"), choices=[("yes", _("只看可疑的题"))], method="only_doubtful", empty_label=_("全部")
    )

    class Meta:
        model = QuestionFigures
        fields = ["question__bank", "question__kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("question__bank", _("题库")), ("question__kind", _("题型"))):
            self.filters[name].label = label

    def only_doubtful(self, rows: QuerySet[QuestionFigures], _name: str, value: str) -> QuerySet[QuestionFigures]:
        return suspicious(rows) if value else rows


class FiguresIndexView(IndexView):
    page_title = _("题目分析")
    default_ordering = "-shown"
    list_export = ["question.code", "question.stem", "bank", "kind", "shown", "right", "right_share", "blank"]
    FORMATS = ("xlsx",)
    export_filename = "question-figures"
    export_headings = {
        "question.code": _("编号"),
        "question.stem": _("题干"),
        "bank": _("题库"),
        "kind": _("题型"),
        "shown": _("出现次数"),
        "right": _("答对次数"),
        "blank": _("未答次数"),
        "right_share": _("正确率"),
        "discrimination": _("区分度"),
        "chosen": _("各选项选择次数"),
        "doubts": _("可疑"),
    }

    def get_base_queryset(self) -> QuerySet[QuestionFigures]:
        return figures_for_office()

    def search_queryset(self, queryset: QuerySet[QuestionFigures]) -> QuerySet[QuestionFigures]:
        if not self.is_searching:
            return queryset
        return queryset.filter(question__words__contains=normalise(self.search_query))

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return [button for button in super().header_more_buttons if button.url != self.csv_export_url]

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        """A row of the workbook; figures as figures."""
        question = item.question
        return {
            "question.code": question.code,
            "question.stem": question.stem,
            "bank": question.bank.title,
            "kind": question.get_kind_display(),
            "shown": item.shown,
            "right": item.right,
            "right_share": round(item.right_rate, 4) if item.right_rate is not None else "",
            "blank": item.blank,
            "discrimination": round(item.discriminates, 4) if item.discriminates is not None else "",
            "chosen": "；".join(f"{bar['letter']} {bar['times']}" for bar in bars(item)),
            "doubts": "、".join(str(_DOUBTS[doubt]) for doubt in doubts(item)),
        }

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        """Whatever leaves the house as a file is written down."""
        self.list_export = list(self.export_headings)
        audit.record(
            act="question_figures.exported",
            now=clock.now(),
            actor_id=self.request.user.pk,
            acting_as="staff",
            after={"selection": self.request.GET.urlencode()[:500]},
        )
        return super().as_spreadsheet(queryset, spreadsheet_format)


class _FiguresPage(OfficePage):
    model = QuestionFigures
    listing = _LISTING
    permission_required = "view"
    header_icon = "success"

    def row(self) -> Any:
        """The question's figures; a question of the bank that no finished paper has had yet has none."""
        found = figures_for_office().filter(pk=self.kwargs["pk"]).first() or no_figures(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    def may_void(self) -> bool:
        return bool(self.request.user.has_perm("exams.add_questionvoiding"))


class QuestionView(_FiguresPage):
    """One question: its figures, its options, and how far a voiding is."""

    template_name = "exams/office/question.html"
    page_title = _("题目分析")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row()
        edit = reverse("wagtailsnippets_cms_bankquestion:edit", args=[row.pk])
        voiding = QuestionVoiding.objects.filter(pk=row.pk).first()
        context = {
            "row": row,
            "bars": bars(row),
            "right_rate": percent(row.right_rate),
            "blank_rate": percent(row.blank_rate),
            "discrimination": in_words(row.discriminates),
            "doubts": [_DOUBTS[doubt] for doubt in doubts(row)],
            "edit_url": edit if self.request.user.has_perm("cms.change_bankquestion") else "",
            "voiding": voiding,
            "progress": voiding_progress(row.pk, voiding.upto) if voiding else None,
            "may_void": self.may_void() and row.question.voided_at is None,
        }
        return super().get_context_data(**kwargs) | context


class VoidQuestionView(_FiguresPage):
    """Say once more what it does, and why; then the question is voided and the job begins."""

    template_name = "exams/office/void_question.html"
    page_title = _("作废这道题")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not self.may_void():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = kwargs.pop("row", None) or self.row()
        form = kwargs.pop("form", None) or ReasonForm()
        context = {"row": row, "form": form, "reach": voiding_reach(row.pk), "wrong": row.shown - row.right}
        return super().get_context_data(**kwargs) | context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row, form = self.row(), ReasonForm(request.POST)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                services.void_question(question_id=row.pk, reason=reason, now=clock.now(), **self.who())
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, gettext("已作废，正在改判受影响的试卷"))
                return redirect("question_figures:one", row.pk)
        return self.render_to_response(self.get_context_data(row=row, form=form))


def listing_button(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """From a question in the bank's list to how it does in exams."""
    if snippet._meta.label_lower == "cms.bankquestion" and user.has_perm("exams.view_questionfigures"):
        yield Button(_LISTING[1], reverse("question_figures:one", args=[snippet.pk]), icon_name="success", priority=50)


class FiguresViewSet(OfficeList):
    model = QuestionFigures
    name = "question_figures"
    url_prefix = "exams/questions"
    icon = "success"
    menu_label = _LISTING[1]
    index_view_class = FiguresIndexView
    index_results_template_name = "exams/office/figures_results.html"
    filterset_class = FiguresFilterSet
    search_fields = ["question__stem"]
    list_display = [
        TitleColumn("question", label=_("题目"), classname="exam-name exam-stem-cell", url_name="question_figures:one"),
        Column("bank", label=_("题库"), accessor="question.bank.title"),
        Column("kind", label=_("题型"), accessor="question.get_kind_display"),
        Column("shown", label=_("出现"), sort_key="shown"),
        Column("right_rate", label=_("正确率"), accessor=lambda row: percent(row.right_rate), sort_key="right_rate"),
        Column("blank_rate", label=_("未答"), accessor=lambda row: percent(row.blank_rate), sort_key="blank_rate"),
        Column(
            "discriminates",
            label=_("区分度"),
            classname="exam-figure",
            accessor=lambda row: in_words(row.discriminates),
            sort_key="discriminates",
        ),
        _Chosen("chosen", label=_("选项")),
        _Doubts("doubts", label=_("可疑")),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        index = [pattern for pattern in super().get_urlpatterns() if pattern.name in {"index", "index_results"}]
        return [
            *index,
            path("<int:pk>/", QuestionView.as_view(), name="one"),
            path("<int:pk>/void/", VoidQuestionView.as_view(), name="void"),
        ]
