"""Sitting down at a lesson, and trying one without an account (contract.md: lessons/{id}/…)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.bearer import bearer_of
from api.plain import error, unknown
from api.watching import PLAYLIST_TYPE, heartbeat_seconds, next_stop, playlist_address, seconds
from cms.queries import LessonOutline, preview_lesson
from core import clock
from identity.lockout import address_of
from learning import watch_ids
from learning.queries.keys import KEY_LOOK_AHEAD_MS
from learning.services import OpenedWatch, open_watch
from media_pipeline import playlists
from media_pipeline.queries import key_for, media_of

PREVIEW_MS = 180_000


class QuizPointAnswer(serializers.Serializer[Any]):
    at = serializers.FloatField()
    done = serializers.BooleanField()


class WatchAnswer(serializers.Serializer[Any]):
    id = serializers.CharField()
    playlist = serializers.CharField()
    duration = serializers.FloatField()
    frontier = serializers.FloatField()
    resume_at = serializers.FloatField()
    next_stop = serializers.FloatField(allow_null=True)
    heartbeat_seconds = serializers.IntegerField()
    max_rate = serializers.FloatField()
    done = serializers.BooleanField()
    captions = serializers.CharField(allow_null=True)
    poster = serializers.CharField(allow_null=True)
    quiz_points = QuizPointAnswer(many=True)
    window_seconds = serializers.FloatField()
    look_ahead_seconds = serializers.FloatField()


class PreviewAnswer(serializers.Serializer[Any]):
    playlist = serializers.CharField()
    seconds = serializers.IntegerField()
    duration = serializers.FloatField()
    captions = serializers.CharField(allow_null=True)
    poster = serializers.CharField(allow_null=True)


def _row_id(text: str) -> int:
    """Ids are opaque strings; one that isn't ours is unknown. Raises Http404."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)


class LessonWatch(APIView):
    """Start watching; any other watch of this learner ends."""

    @extend_schema(request=None, responses={201: WatchAnswer}, operation_id="lessons_watch")
    def post(self, request: Request, lesson: str) -> Response:
        opened = open_watch(
            actor=request.role,
            lesson_id=_row_id(lesson),
            address=address_of(request),
            device=request.headers.get("User-Agent", ""),
            now=clock.now(),
        )
        return Response(WatchAnswer(_opened(opened, bearer_of(request))).data, status=201)


def _opened(opened: OpenedWatch, bearer: str) -> dict[str, Any]:
    media = media_of(opened.lesson.video_id)
    return {
        "id": watch_ids.issue(opened.ref, bearer),
        "playlist": playlist_address(opened.ref, bearer),
        "duration": seconds(opened.duration_ms),
        "frontier": seconds(opened.frontier_ms),
        "resume_at": seconds(opened.resume_at_ms),
        "next_stop": next_stop(opened.next_quiz_ms),
        "heartbeat_seconds": heartbeat_seconds(),
        "max_rate": opened.max_rate,
        "done": opened.done,
        "captions": media.captions_url or None,
        "poster": media.poster_url or None,
        "quiz_points": [
            {"at": seconds(point.at_ms), "done": point.id in opened.passed_points}
            for point in opened.lesson.quiz_points
        ],
        "window_seconds": seconds(media.window_ms),
        "look_ahead_seconds": seconds(KEY_LOOK_AHEAD_MS),
    }


def _preview(lesson: str) -> LessonOutline:
    """The lesson, if it is on offer as a preview now. Raises Http404."""
    try:
        return preview_lesson(_row_id(lesson))
    except ObjectDoesNotExist:
        raise Http404 from None


class LessonPreview(APIView):
    """Anyone may watch the first three minutes of a preview lesson (L5)."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses=PreviewAnswer, operation_id="lessons_preview")
    def get(self, request: Request, lesson: str) -> Response:
        found = _preview(lesson)
        media = media_of(found.video_id)
        data = {
            "playlist": reverse("api:preview-playlist", kwargs={"lesson": lesson}),
            "seconds": PREVIEW_MS // 1000,
            "duration": seconds(media.duration_ms),
            "captions": media.captions_url or None,
            "poster": media.poster_url or None,
        }
        return Response(PreviewAnswer(data).data)


def _public_media(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A plain view of what anybody may fetch; what isn't there is answered in the API's shape of errors."""

    @require_safe
    @cache_control(public=True, max_age=60)
    @wraps(view)
    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except Http404:
            return unknown()

    return inner


@_public_media
def preview_playlist(request: HttpRequest, lesson: str) -> HttpResponse:
    """The renditions of a preview."""
    media = media_of(_preview(lesson).video_id)
    return HttpResponse(playlists.master(media, lambda name: f"{name}.m3u8"), content_type=PLAYLIST_TYPE)


@_public_media
def preview_rendition(request: HttpRequest, lesson: str, rendition: str) -> HttpResponse:
    """One rendition, cut to the windows that end within the preview."""
    media = media_of(_preview(lesson).video_id)
    if rendition not in {item["name"] for item in media.renditions}:
        return unknown()
    text = playlists.rendition(media, rendition, lambda window: f"keys/{window}", until_ms=PREVIEW_MS)
    return HttpResponse(text, content_type=PLAYLIST_TYPE)


@_public_media
def preview_key(request: HttpRequest, lesson: str, window: int) -> HttpResponse:
    """The key of a window that ends within the preview; 403 beyond."""
    video_id = _preview(lesson).video_id
    media = media_of(video_id)
    if window * media.window_ms >= media.duration_ms:
        return unknown()
    if min((window + 1) * media.window_ms, media.duration_ms) > PREVIEW_MS:
        return error(403, "not_earned", "试看到这里结束，报名后可以看完整视频")
    return HttpResponse(key_for(video_id, window), content_type="application/octet-stream")


urlpatterns = [
    path("lessons/<str:lesson>/watch", LessonWatch.as_view(), name="lesson-watch"),
    path("lessons/<str:lesson>/preview", LessonPreview.as_view(), name="lesson-preview"),
    path("previews/<str:lesson>/playlist.m3u8", preview_playlist, name="preview-playlist"),
    path("previews/<str:lesson>/<slug:rendition>.m3u8", preview_rendition, name="preview-rendition"),
    path("previews/<str:lesson>/keys/<int:window>", preview_key, name="preview-key"),
]
