"""Saving an exam's answers (contract.md: PATCH exam-attempts/{id}/answers), the one busy address of an exam.

`save_quickly` answers in the fast lane where the request proves beyond doubt whose it is: by a token, or by a session
with its CSRF token. Everything else, and every refusal that has to do with who asks, is left to the ordinary view of
the same address, so the two can't differ.
"""

import uuid
from contextlib import suppress
from typing import Any

from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.views import APIView

from api.bearer import bearer_of
from api.plain import BadInput, answer, body_of, error
from api.schema import errors
from core import clock
from core.conditions import ALWAYS, Condition, NoLongerSo
from core.errors import Refusal
from exams.services import save_answers
from identity.quick_access import prove_session, prove_token, remembered

JSON = "application/json"


def save_quickly(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse | None:
    """Save for a learner who is beyond doubt; None for all others. Raises ObjectDoesNotExist, Refusal.

    A remembered proof is good for saving, for it is part of that statement; before anything is refused it is looked up.
    """
    bearer = bearer_of(request)
    if request.content_type != JSON or not bearer or (bearer.startswith("s:") and not _is_ours(request)):
        return None
    proof = remembered(bearer, clock.now())
    if proof is not None:
        with suppress(Refusal, ObjectDoesNotExist, NoLongerSo):
            response = save(request, attempt, proof.user_id, proof.holds)
            if response.status_code == 200:
                return response
    with suppress(NoLongerSo):  # just now, between the two statements
        return _save_anew(request, attempt, bearer)
    return None


def _save_anew(request: HttpRequest, attempt: uuid.UUID, bearer: str) -> HttpResponse | None:
    """As `save_quickly`, with a proof that is looked up now. Raises NoLongerSo too."""
    if bearer.startswith("t:"):
        proof = prove_token(bearer[2:], clock.now())
        return save(request, attempt, proof.user_id, proof.holds) if proof else None
    found = prove_session(bearer[2:], clock.now())
    if found is None:
        return None
    proof, session = found
    response = save(request, attempt, proof.user_id, proof.holds)
    if not session.modified:
        return response
    request.session = session
    return _SESSIONS.process_response(request, response)


_SESSIONS = SessionMiddleware(lambda request: HttpResponse())
"""Stores a session whose use was noted, and lets its cookie live on."""


def _is_ours(request: HttpRequest) -> bool:
    """Whether a page of ours sent it: Django's own check of origin and CSRF token."""
    check = _Check(lambda request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, _is_ours, (), {}) is None


class _Check(CsrfViewMiddleware):
    """Says no without answering or logging: the ordinary way does both."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


def save(request: HttpRequest, attempt: uuid.UUID, user_id: int, provided: Condition = ALWAYS) -> HttpResponse:
    """Keep what is sent; bad input is a 400 that names the field. Raises ObjectDoesNotExist, Refusal, NoLongerSo."""
    try:
        answers = answers_in(body_of(request))
        saved = save_answers(user_id=user_id, attempt_id=attempt, answers=answers, now=clock.now(), provided=provided)
    except BadInput as fault:
        return error(400, fault.code, fault.detail, fault.attr)
    saved_at = timezone.localtime(saved.saved_at).isoformat()
    deadline = timezone.localtime(saved.deadline_at).isoformat()
    return answer({"saved_at": saved_at, "server_time": saved_at, "deadline": deadline})


def answers_in(data: dict[str, Any]) -> dict[str, list[str]]:
    """`{"answers": {question: [option]}}` as sent. Raises BadInput."""
    answers = data.get("answers")
    if not isinstance(answers, dict):
        raise BadInput("answers", "应是 {题目: [选项]}")
    for options in answers.values():
        if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
            raise BadInput("answers", "每道题的回答应是选项的列表")
    return answers


class AnswersIn(serializers.Serializer[Any]):
    """Never used to read: `answers_in` does. Tells the schema."""

    answers = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text=_("题目 → 选项；只发有变化的题，空列表是取消作答"),
    )


class SavedOut(serializers.Serializer[Any]):
    saved_at = serializers.DateTimeField(help_text=_("从这一刻起，这些答案丢不了"))
    server_time = serializers.DateTimeField()
    deadline = serializers.DateTimeField()


class ExamAnswersView(APIView):
    """What `save_quickly` leaves; told in the schema."""

    @extend_schema(
        operation_id="exam_attempts_save",
        summary=_("保存答案"),
        description=_("每次改动就发；没发的题不变。截止时间以服务器为准，过后答 409 closed，已保存的都算数。"),
        request=AnswersIn,
        responses={200: SavedOut, **errors(409)},
    )
    def patch(self, request: Request, attempt: uuid.UUID) -> HttpResponse:
        plain = request._request
        if plain.content_type != JSON:
            raise UnsupportedMediaType(plain.content_type or "")
        if not request.role.is_learner:
            raise ObjectDoesNotExist
        response = save(plain, attempt, request.role.user_id)
        response.headers["Cache-Control"] = "no-store"
        return response
