"""Practice and the mistakes book (L9, contract.md): unlimited, the explanation comes with the answer."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.exams import MOST, Unkept, course_row, require_learner
from api.fields import ByQuestion, StrictText
from api.questions import QuestionOut
from api.schema import errors
from cms.queries import shown_pictures
from core import clock
from exams.queries import PracticeCard, mistakes_book, practice_batch, practice_list, practice_question
from exams.services import answer_practice

MOST_AT_ONCE = 20
"""Answers that one call may give: twice what a batch hands out."""


class PracticeQuery(serializers.Serializer[Any]):
    course = serializers.CharField(
        label=_("课程的 id；不给就列出可以练习的课程"), max_length=30, required=False, allow_blank=True
    )
    mistakes = serializers.ChoiceField(("0", "1"), label=_("1：只要错题"), default="0", allow_blank=True)


class PracticeCourseOut(serializers.Serializer[Any]):
    course = serializers.CharField()
    title = serializers.CharField()
    class_slug = serializers.CharField()
    class_title = serializers.CharField()
    questions = serializers.IntegerField(help_text=_("现在能练的题数"))
    practised = serializers.IntegerField()
    mistakes = serializers.IntegerField()


class PracticeAnswersIn(serializers.Serializer[Any]):
    answers = ByQuestion(
        child=serializers.ListField(child=StrictText(), allow_empty=False, max_length=8), help_text=_("题目 → 选项")
    )

    def validate_answers(self, answers: dict[str, list[str]]) -> dict[str, list[str]]:
        """Neither none nor more than a few at once."""
        if not 1 <= len(answers) <= MOST_AT_ONCE:
            raise serializers.ValidationError(_("一次答 1 到 20 题"))
        return answers


class PracticeAnswerOut(serializers.Serializer[Any]):
    correct = serializers.BooleanField()
    right = serializers.ListField(child=serializers.CharField())
    explanation = serializers.CharField(allow_blank=True)
    is_mistake = serializers.BooleanField(help_text=_("现在是否在错题本里"))


class PracticeResultsOut(serializers.Serializer[Any]):
    results = serializers.DictField(child=PracticeAnswerOut())
    correct = serializers.BooleanField(help_text=_("这次回答的题全对"))


class MistakesQuery(serializers.Serializer[Any]):
    course = serializers.CharField(label=_("课程的 id"), max_length=30, required=False, allow_blank=True)


class MistakeOut(QuestionOut):
    course = serializers.CharField()
    course_title = serializers.CharField()
    tries = serializers.IntegerField()
    wrong = serializers.IntegerField()
    right_in_a_row = serializers.IntegerField(help_text=_("连续答对 2 次就移出错题本"))
    tried_at = serializers.DateTimeField()


PRACTICE = PolymorphicProxySerializer(
    "Practice", [PracticeCourseOut, QuestionOut], resource_type_field_name=None, many=True
)


def _course(card: PracticeCard) -> dict[str, Any]:
    return {
        "course": card.place.course.public_id,
        "title": card.place.course.title,
        "class_slug": card.place.progress.slug,
        "class_title": card.place.progress.title,
        "questions": card.questions,
        "practised": card.practised,
        "mistakes": card.mistakes,
    }


class PracticeView(Unkept):
    @extend_schema(
        operation_id="practice_list",
        summary=_("练习"),
        description=_("不带 course：可以练习的课程，最多 100 个。带 course：接下来的题，没练过的先来。"),
        parameters=[PracticeQuery],
        responses={200: PRACTICE, **errors(403, 404)},
    )
    def get(self, request: Request) -> Response:
        query = PracticeQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        require_learner(request.role)
        course = query.validated_data.get("course")
        if not course:
            cards = practice_list(request.role)[:MOST]
            return Response(PracticeCourseOut([_course(card) for card in cards], many=True).data)
        wanted = query.validated_data["mistakes"] == "1"
        questions = practice_batch(request.role, course_row(course), mistakes=wanted)
        return Response(QuestionOut(shown_pictures(questions), many=True).data)


class PracticeAnswersView(Unkept):
    @extend_schema(
        operation_id="practice_answer",
        summary=_("回答练习题"),
        description=_("马上给出对错和解析；答错的进错题本。考试进行中，那份试卷里的题不能练，答 404。"),
        request=PracticeAnswersIn,
        responses=PracticeResultsOut,
    )
    def post(self, request: Request, course: str) -> Response:
        given = PracticeAnswersIn(data=request.data)
        given.is_valid(raise_exception=True)
        results = answer_practice(
            actor=request.role,
            course_id=course_row(course),
            answers=given.validated_data["answers"],
            now=clock.now(),
        )
        data = {
            "results": {result.question: result for result in results},
            "correct": all(result.correct for result in results),
        }
        return Response(PracticeResultsOut(data).data)


class MistakesView(Unkept):
    @extend_schema(
        operation_id="mistakes_list",
        summary=_("错题本"),
        description=_("最近答错的在前，最多 100 题；答对两次就移出。"),
        parameters=[MistakesQuery],
        responses={200: MistakeOut(many=True), **errors(403, 404)},
    )
    def get(self, request: Request) -> Response:
        query = MistakesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        require_learner(request.role)
        course = query.validated_data.get("course")
        records = mistakes_book(request.role, course_row(course) if course else None, MOST)
        shown = [
            practice_question(request.role.user_id, row.question_id, row.question.content, row.tries) for row in records
        ]
        rows = [
            question
            | {
                "course": f"c{row.course_id}",
                "course_title": row.course.title,
                "tries": row.tries,
                "wrong": row.wrong,
                "right_in_a_row": row.right_in_a_row,
                "tried_at": row.tried_at,
            }
            for question, row in zip(shown_pictures(shown), records, strict=True)
        ]
        return Response(MistakeOut(rows, many=True).data)


urlpatterns = [
    path("practice", PracticeView.as_view(), name="practice"),
    path("practice/<str:course>/answers", PracticeAnswersView.as_view(), name="practice-answers"),
    path("mistakes", MistakesView.as_view(), name="mistakes"),
]
