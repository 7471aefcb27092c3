"""Section exams (L2, contract.md): the list, opening an attempt, reading it, handing in. Saving is `exam_saving`'s."""

import uuid
from typing import Any

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import fast_urls
from api.exam_saving import ExamAnswersView
from api.questions import KINDS, QuestionOut
from api.schema import errors
from cms.queries import shown_pictures
from core import clock
from exams.queries import (
    ATTEMPTS_A_ROUND,
    ExamCard,
    answers_of,
    exam_list,
    my_attempt,
    paper_for_browser,
    result_of,
    right_by_kind,
)
from exams.services import close_own_overdue, hand_in, look_at, start_attempt
from identity.acting import ActingRole
from learning.errors import NotALearner

MOST = 100
EXAM_STATES = ("locked", "to_sit", "in_progress", "passed", "relearn")
ATTEMPT_STATES = ("open", "finished", "voided")
CLOSED_BY = ("learner", "deadline", "")


class Unkept(APIView):
    """Answers of exams are nobody's to keep: no cache, and no mark by which two answers could be compared."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response


def course_row(public_id: str) -> int:
    """The row of a course by the id that `classes/{slug}` gives. Raises Http404."""
    digits = public_id.removeprefix("c")
    if digits == public_id or not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise Http404
    return int(digits)


def require_learner(role: ActingRole) -> None:
    """Raises NotALearner."""
    if not role.is_learner:
        raise NotALearner


# --- The list ---------------------------------------------------------------------------------------------------------
class AttemptRowOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.IntegerField(help_text=_("本轮第几次"))
    round = serializers.IntegerField(help_text=_("第几轮；重新学习后是新的一轮"))
    state = serializers.ChoiceField(ATTEMPT_STATES)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    passed = serializers.BooleanField(allow_null=True, help_text=_("交卷以前为空"))
    right = serializers.IntegerField(allow_null=True, help_text=_("交卷以前为空"))
    total = serializers.IntegerField()
    points = serializers.IntegerField(allow_null=True, help_text=_("交卷以前为空"))


class ExamOut(serializers.Serializer[Any]):
    course = serializers.CharField()
    title = serializers.CharField()
    class_slug = serializers.CharField()
    class_title = serializers.CharField()
    state = serializers.ChoiceField(EXAM_STATES)
    questions = serializers.IntegerField()
    minutes = serializers.IntegerField()
    pass_points = serializers.IntegerField()
    max_points = serializers.IntegerField()
    attempts_left = serializers.IntegerField()
    attempt = serializers.CharField(allow_null=True, help_text=_("进行中的那次"))
    attempts = AttemptRowOut(many=True)


def _exam(card: ExamCard) -> dict[str, Any]:
    course, terms = card.place.course, card.blueprint
    return {
        "course": course.public_id,
        "title": course.title,
        "class_slug": card.place.progress.slug,
        "class_title": card.place.progress.title,
        "state": card.state,
        "questions": terms.total,
        "minutes": terms.minutes,
        "pass_points": terms.pass_points,
        "max_points": terms.max_points,
        "attempts_left": card.attempts_left,
        "attempt": card.open_attempt.public_id if card.open_attempt else None,
        "attempts": [_row(attempt) for attempt in card.attempts],
    }


def _row(attempt: Any) -> dict[str, Any]:
    """An attempt in a list. While it is open its grade isn't known to anybody, so it isn't 0 either."""
    names = ("public_id", "number", "round", "state", "opened_at", "closed_at", "passed", "right", "total", "points")
    row = {name: getattr(attempt, name) for name in names}
    return row | ({"passed": None, "right": None, "points": None} if attempt.state == "open" else {})


class ExamsView(Unkept):
    @extend_schema(
        operation_id="exams_list",
        summary=_("我的考试"),
        description=_("报名各班的全部考试，最近学习的班在前，最多 100 个。"),
        responses={200: ExamOut(many=True), **errors(403)},
    )
    def get(self, request: Request) -> Response:
        require_learner(request.role)
        close_own_overdue(actor=request.role, now=clock.now())
        return Response(ExamOut([_exam(card) for card in exam_list(request.role)[:MOST]], many=True).data)


# --- An attempt -------------------------------------------------------------------------------------------------------
class PaperQuestionOut(QuestionOut):
    points = serializers.IntegerField()


class AboutAttemptOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    course = serializers.CharField()
    title = serializers.CharField()
    number = serializers.IntegerField()
    of = serializers.IntegerField(help_text=_("一轮有几次机会"))
    max_points = serializers.IntegerField()
    pass_points = serializers.IntegerField()
    opened_at = serializers.DateTimeField()


class PaperOut(AboutAttemptOut):
    """An attempt in progress."""

    state = serializers.ChoiceField(("open",))
    deadline = serializers.DateTimeField()
    server_time = serializers.DateTimeField(help_text=_("倒计时以它为准，不看本机的钟"))
    saved_at = serializers.DateTimeField(allow_null=True)
    questions = PaperQuestionOut(many=True)
    answers = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class KindResultOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(KINDS)
    right = serializers.IntegerField()
    total = serializers.IntegerField()


class ExamResultOut(AboutAttemptOut):
    """A finished attempt in figures; or a voided one, which counts nowhere."""

    state = serializers.ChoiceField(("finished", "voided"))
    closed_at = serializers.DateTimeField()
    closed_by = serializers.ChoiceField(CLOSED_BY)
    passed = serializers.BooleanField()
    right = serializers.IntegerField()
    total = serializers.IntegerField()
    points = serializers.IntegerField()
    seconds_used = serializers.IntegerField()
    seconds_allowed = serializers.IntegerField()
    attempts_left = serializers.IntegerField(help_text=_("交这份卷以后还剩几次；通过以后是 0"))
    must_relearn = serializers.BooleanField(help_text=_("两次都没通过，视频要重新学"))
    by_kind = KindResultOut(many=True)


class ReviewedQuestionOut(PaperQuestionOut):
    chosen = serializers.ListField(child=serializers.CharField())
    right = serializers.ListField(child=serializers.CharField())
    correct = serializers.BooleanField(help_text=_("是否计为答对；作废的题算对"))
    excused = serializers.BooleanField(help_text=_("这道题后来作废了"))
    explanation = serializers.CharField(allow_blank=True)


ATTEMPT = PolymorphicProxySerializer("ExamAttempt", [PaperOut, ExamResultOut], resource_type_field_name=None)


def _about(attempt: Any) -> dict[str, Any]:
    return {
        "id": str(attempt.public_id),
        "course": f"c{attempt.course_id}",
        "title": attempt.course.title,
        "number": attempt.number,
        "of": ATTEMPTS_A_ROUND,
        "max_points": attempt.max_points,
        "pass_points": attempt.pass_points,
        "opened_at": attempt.opened_at,
        "state": attempt.state,
    }


def _paper(attempt: Any) -> Any:
    data = _about(attempt) | {
        "deadline": attempt.deadline_at,
        "server_time": clock.now(),
        "saved_at": attempt.saved_at,
        "questions": shown_pictures(paper_for_browser(attempt)),
        "answers": attempt.answers,
    }
    return PaperOut(data).data


def _result(attempt: Any) -> Any:
    result = result_of(attempt)
    counts = right_by_kind(attempt)
    data = _about(attempt) | {
        "closed_at": attempt.closed_at,
        "closed_by": attempt.closed_by,
        "passed": attempt.passed,
        "right": attempt.right,
        "total": attempt.total,
        "points": attempt.points,
        "seconds_used": result.seconds_used,
        "seconds_allowed": result.seconds_allowed,
        "attempts_left": result.attempts_left,
        "must_relearn": result.must_relearn,
        "by_kind": [{"kind": kind, "right": counts[kind][0], "total": counts[kind][1]} for kind in counts],
    }
    return ExamResultOut(data).data


class ExamAttemptsView(Unkept):
    @extend_schema(
        operation_id="courses_start_exam",
        summary=_("开始考试"),
        description=_("一开始就用掉一次机会；有进行中的，答 200 和同一份试卷。"),
        request=None,
        responses={201: PaperOut, 200: PaperOut, **errors(403, 409)},
    )
    def post(self, request: Request, course: str) -> Response:
        attempt, is_new = start_attempt(actor=request.role, course_id=course_row(course), now=clock.now())
        paper = _paper(my_attempt(request.role, attempt.public_id))
        return Response(paper, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class ExamAttemptView(Unkept):
    @extend_schema(
        operation_id="exam_attempts_get",
        summary=_("一次考试"),
        description=_("进行中是试卷和已保存的答案；交卷以后是成绩。"),
        responses=ATTEMPT,
    )
    def get(self, request: Request, attempt: uuid.UUID) -> Response:
        found = look_at(actor=request.role, attempt_id=attempt, now=clock.now())
        return Response(_paper(found) if found.state == "open" else _result(found))


class ExamSubmitView(Unkept):
    @extend_schema(
        operation_id="exam_attempts_submit",
        summary=_("交卷"),
        description=_("按已保存的答案判分；再交一次，答案相同。"),
        request=None,
        responses=ExamResultOut,
    )
    def post(self, request: Request, attempt: uuid.UUID) -> Response:
        hand_in(actor=request.role, attempt_id=attempt, now=clock.now())
        return Response(_result(my_attempt(request.role, attempt)))


class ExamReviewView(Unkept):
    @extend_schema(
        operation_id="exam_attempts_review",
        summary=_("答案和解析"),
        description=_("什么时候能看由考试的规定决定，之前答 403 not_yet_shown。"),
        responses={200: ReviewedQuestionOut(many=True), **errors(403)},
    )
    def get(self, request: Request, attempt: uuid.UUID) -> Response:
        found = look_at(actor=request.role, attempt_id=attempt, now=clock.now())
        return Response(ReviewedQuestionOut(shown_pictures(answers_of(request.role, found)), many=True).data)


fast_urls.register()

urlpatterns = [
    path("exams", ExamsView.as_view(), name="exams"),
    path("courses/<str:course>/exam-attempts", ExamAttemptsView.as_view(), name="exam-attempts"),
    path("exam-attempts/<attempt:attempt>", ExamAttemptView.as_view(), name="exam-attempt"),
    path("exam-attempts/<attempt:attempt>/answers", ExamAnswersView.as_view(), name="exam-answers"),
    path("exam-attempts/<attempt:attempt>/submit", ExamSubmitView.as_view(), name="exam-submit"),
    path("exam-attempts/<attempt:attempt>/review", ExamReviewView.as_view(), name="exam-review"),
]
