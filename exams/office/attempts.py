"""考试记录: who sat which exam, and voiding an attempt (power cut, illness)."""

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.permissions import register_permission_policy

from core import clock
from core.errors import Refusal
from core.forms import put
from exams import services
from exams.models import ATTEMPTS_A_ROUND, Attempt
from exams.queries.office import attempts_for_office, masked_number, searched_attempts, timeline
from identity.office import OfficeList, OfficePage, OfficePolicy, ReasonForm, moment
from identity.services import note_look_up

_LISTING = ("exam_attempts:index", _("考试记录"))


class _AttemptPolicy(OfficePolicy):
    _nobodys = frozenset({"add", "delete"})


register_permission_policy(Attempt, _AttemptPolicy(Attempt))


def outcome(attempt: Attempt) -> str:
    """通过 38/40: what came of it, a dash before the end."""
    if attempt.state != Attempt.State.FINISHED:
        return "—"
    word = gettext("通过") if attempt.passed else gettext("未通过")
    return f"{word} {attempt.points}/{attempt.max_points}"


def place(attempt: Attempt) -> str:
    return gettext("第 %(round)s 轮第 %(number)s 次") % {"round": attempt.round, "number": attempt.number}


class AttemptFilterSet(WagtailFilterSet):
    """What the list can be narrowed to."""

    opened_at = django_filters.DateFromToRangeFilter(label=_("开始日期"), widget=DateRangePickerWidget)

    class Meta:
        model = Attempt
        fields = ["state", "passed", "closed_by", "opened_at"]


class AttemptIndexView(IndexView):
    page_title = _LISTING[1]
    default_ordering = "-opened_at"

    def get_base_queryset(self) -> QuerySet[Attempt]:
        return attempts_for_office()

    def order_queryset(self, queryset: QuerySet[Attempt]) -> QuerySet[Attempt]:
        ordered: QuerySet[Attempt] = super().order_queryset(queryset)
        return ordered.order_by(*ordered.query.order_by, "-pk")

    def search_queryset(self, queryset: QuerySet[Attempt]) -> QuerySet[Attempt]:
        return searched_attempts(queryset, self.search_query) if self.is_searching else queryset


class _AttemptPage(OfficePage):
    model = Attempt
    listing = _LISTING
    permission_required = "view"
    header_icon = "tasks"

    def row(self) -> Attempt:
        """The attempt; opening it is written down for its learner to read."""
        found = get_object_or_404(Attempt.objects.select_related("user", "course__class_page"), pk=self.kwargs["pk"])
        note_look_up(actor=self.actor(), user_id=found.user_id, reason=gettext("查看考试记录"), now=clock.now())
        return found

    def may_void(self, row: Attempt) -> bool:
        can_be = row.state != Attempt.State.VOIDED and not row.passed
        return can_be and bool(self.request.user.has_perm("exams.change_attempt"))

    def facts(self, row: Attempt) -> dict[str, Any]:
        return {"row": row, "number": masked_number(row), "place": place(row), "outcome": outcome(row)}


class AttemptView(_AttemptPage):
    """One attempt: who, what, when, what came of it. Neither questions nor answers."""

    template_name = "exams/office/attempt.html"
    page_title = _LISTING[1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row()
        context = {"timeline": timeline(row), "may_void": self.may_void(row)}
        return super().get_context_data(**kwargs) | self.facts(row) | context


class VoidAttemptView(_AttemptPage):
    """Say once more what it does, and why; then the learner has the attempt back."""

    template_name = "exams/office/void_attempt.html"
    page_title = _("作废这次考试")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = kwargs.pop("row", None) or self.row()
        if not self.may_void(row) and "form" not in kwargs:
            raise Http404
        form = kwargs.pop("form", None) or ReasonForm()
        failed_last = row.state == Attempt.State.FINISHED and row.number == ATTEMPTS_A_ROUND
        return super().get_context_data(**kwargs) | self.facts(row) | {"form": form, "failed_last": failed_last}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("exams.change_attempt"):
            raise Http404
        row, form = self.row(), ReasonForm(request.POST)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                services.void_attempt(attempt_id=row.pk, reason=reason, now=clock.now(), **self.who())
            except Refusal as refusal:
                put(form, refusal)
            else:
                messages.success(request, gettext("已作废，学员会收到消息，机会已还给他"))
                return redirect("exam_attempts:one", row.pk)
        return self.render_to_response(self.get_context_data(row=row, form=form))


class AttemptViewSet(OfficeList):
    model = Attempt
    name = "exam_attempts"
    url_prefix = "exams/attempts"
    icon = "tasks"
    menu_label = _LISTING[1]
    index_view_class = AttemptIndexView
    index_results_template_name = "exams/office/attempts_results.html"
    filterset_class = AttemptFilterSet
    search_fields = ["user__name"]
    list_display = [
        TitleColumn("user", label=_("学员"), classname="exam-name", accessor="user.name", url_name="exam_attempts:one"),
        Column("number", label=_("证件号码"), accessor=masked_number),
        Column("course", label=_("课程"), accessor="course.title"),
        Column("class", label=_("班级"), accessor="course.class_page.title"),
        Column("place", label=_("次数"), accessor=place),
        Column("state", label=_("状态"), accessor="get_state_display", sort_key="state"),
        Column("outcome", label=_("结果"), accessor=outcome, sort_key="points"),
        moment("opened_at", _("开始时间"), sort_key="opened_at"),
        moment("closed_at", _("交卷时间"), sort_key="closed_at"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        index = [pattern for pattern in super().get_urlpatterns() if pattern.name in {"index", "index_results"}]
        return [
            *index,
            path("<int:pk>/", AttemptView.as_view(), name="one"),
            path("<int:pk>/void/", VoidAttemptView.as_view(), name="void"),
        ]
