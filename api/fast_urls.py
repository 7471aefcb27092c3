"""The addresses of the fast lane, also included in the API's ordinary ones (for `reverse`, schema and policy tests)."""

import re
import uuid

from django.urls import path, register_converter
from django.urls.converters import UUIDConverter

from api import watching

# The frequent ones first: the lane tries them in this order.
watch_urlpatterns = [
    path("watches/<str:watch>/heartbeat", watching.heartbeat, name="heartbeat"),
    path("watches/<str:ticket>/keys/<int:window>", watching.key, name="watch-key"),
    path("watches/<str:watch>/end", watching.end, name="watch-end"),
    path("watches/<str:watch>/quizzes/<str:quiz>/answers", watching.quiz_answers, name="quiz-answers"),
    path("watches/<str:ticket>/playlist.m3u8", watching.master_playlist, name="watch-playlist"),
    path("watches/<str:ticket>/<slug:rendition>.m3u8", watching.rendition_playlist, name="watch-rendition"),
]


class AttemptConverter(UUIDConverter):
    """An attempt's id, with or without its dashes."""

    regex = "[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"


def register() -> None:
    """Make `<attempt:…>` known; before any address is spelled with it."""
    register_converter(AttemptConverter, "attempt")


_EXAM_ANSWERS = re.compile(f"/api/v1/exam-attempts/({AttemptConverter.regex})/answers")


def exam_answers_id(path_info: str) -> uuid.UUID | None:
    """The attempt whose answers have this address; the ordinary one is in `api.exams`."""
    found = _EXAM_ANSWERS.fullmatch(path_info)
    return uuid.UUID(found[1]) if found else None
