"""The fast lane's operations as the schema tells them. Its views are plain Django, which no generator can read."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.views import APIView

from api.schema import Endpoint, errors

PLAYLIST = "application/vnd.apple.mpegurl"


class HeartbeatIn(serializers.Serializer[Any]):
    position = serializers.FloatField(min_value=0, help_text=_("播放到第几秒"))
    playing = serializers.BooleanField(default=True)
    rate = serializers.FloatField(min_value=0, default=1)


class QuizOption(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()


class QuizQuestion(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(["single", "multiple", "true_false"])
    stem = serializers.CharField()
    options = QuizOption(many=True)


class Quiz(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(["quiz", "presence"])
    questions = QuizQuestion(many=True)


class Beat(serializers.Serializer[Any]):
    position = serializers.FloatField(help_text=_("播放器必须在的位置：往前跳会被改回来"))
    frontier = serializers.FloatField()
    quiz = Quiz(allow_null=True)
    lesson_done = serializers.BooleanField()
    unlocked = serializers.ListField(child=serializers.CharField())
    next_stop = serializers.FloatField(allow_null=True)


class QuizAnswersIn(serializers.Serializer[Any]):
    answers = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class QuizResult(serializers.Serializer[Any]):
    correct = serializers.BooleanField()
    wrong = serializers.ListField(child=serializers.CharField())
    explanation = serializers.CharField(allow_null=True, allow_blank=True)
    next_stop = serializers.FloatField(allow_null=True)
    lesson_done = serializers.BooleanField()
    unlocked = serializers.ListField(child=serializers.CharField())


class _Described(APIView):
    """Never served: holds descriptions."""

    throttle_classes = ()


class _Heartbeat(_Described):
    @extend_schema(
        operation_id="watches_heartbeat",
        summary=_("心跳"),
        description=_(
            "播放、暂停、拖动、变速、离开时立即发，其余每 heartbeat_seconds 秒一次。进度只按服务器的时钟前进。"
        ),
        request=HeartbeatIn,
        responses={200: Beat, **errors(409, 410)},
    )
    def post(self) -> None: ...


class _End(_Described):
    @extend_schema(
        operation_id="watches_end",
        summary=_("结束观看"),
        description=_("离开时的最后一次心跳，适合 sendBeacon。"),
        request=HeartbeatIn,
        responses={204: None, **errors(409, 410)},
    )
    def post(self) -> None: ...


class _QuizAnswers(_Described):
    @extend_schema(
        operation_id="watches_answer_quiz",
        summary=_("回答课中提问"),
        description=_("答对才给解析；在场确认也这样回答。"),
        request=QuizAnswersIn,
        responses={200: QuizResult, **errors(409, 410, 429)},
    )
    def post(self) -> None: ...


class _Playlist(_Described):
    @extend_schema(
        operation_id="watches_playlist",
        summary=_("播放列表"),
        responses={(200, PLAYLIST): OpenApiTypes.STR, **errors(410)},
    )
    def get(self) -> None: ...


class _Key(_Described):
    @extend_schema(
        operation_id="watches_key",
        summary=_("媒体密钥"),
        description=_("16 字节；还没学到的窗口答 403 not_earned，观看结束前一直有效。"),
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **errors(403)},
    )
    def get(self) -> None: ...


_API = "/api/v1/"
_PLAIN: dict[str, tuple[str, type[APIView]]] = {
    "watches/<str:watch>/heartbeat": ("POST", _Heartbeat),
    "watches/<str:watch>/end": ("POST", _End),
    "watches/<str:watch>/quizzes/<str:quiz>/answers": ("POST", _QuizAnswers),
    "watches/<str:ticket>/playlist.m3u8": ("GET", _Playlist),
    "watches/<str:ticket>/keys/<int:window>": ("GET", _Key),
}


def our_operations(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Preprocessing hook: what was found of ours (Wagtail's admin has an API of its own), and the fast lane's."""
    found = [endpoint for endpoint in endpoints if endpoint[0].startswith(_API)]
    described = [
        (_API + re.sub(r"<\w+:(\w+)>", r"{\1}", route), _API.lstrip("/") + route, method, view.as_view())
        for route, (method, view) in _PLAIN.items()
    ]
    return [*found, *described]
