"""Watching over HTTP (contract.md): plain Django views of the fast lane. They translate; the rules are `learning`'s."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from api.bearer import bearer_of
from api.plain import BadInput, answer, body_of, error, number, raw_body_of, unknown
from core import clock
from learning import watch_ids
from learning.errors import NotEarned, WatchEnded, WatchSuperseded
from learning.queries import earned_media, key_is_earned
from learning.services import NO_STOP, BeatAnswer, answer_quiz, beat, end_watch
from learning.watch_ids import WatchRef
from media_pipeline import playlists
from media_pipeline.queries import Media, key_for, media_of

LATEST_POSITION_MS = NO_STOP
EARNED = "earned"
"""Browsers' own players ask for every key that a playlist lists, so theirs lists no more than is earned."""
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"

View = Callable[..., HttpResponse]


def _method(name: str) -> Callable[[View], View]:
    """Only this method; bad input becomes a 400 that names the field."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if request.method != name and not (name == "GET" and request.method == "HEAD"):
                response = error(405, "method_not_allowed", "不支持这种请求方式")
                response.headers["Allow"] = name
                return response
            try:
                return view(request, **kwargs)
            except BadInput as fault:
                return error(400, fault.code, fault.detail, fault.attr)

        inner.csrf_exempt = True
        return inner

    return wrap


def seconds(ms: int) -> float:
    """Milliseconds as the contract's seconds with decimals."""
    return ms / 1000


def next_stop(ms: int) -> float | None:
    """The second of the next unanswered quiz, None for no more."""
    return None if ms >= NO_STOP else seconds(ms)


@_method("POST")
def heartbeat(request: HttpRequest, watch: str) -> HttpResponse:
    """POST watches/{id}/heartbeat."""
    ref = watch_ids.read(watch, bearer_of(request))
    if ref is None:
        return unknown()
    position_ms = _position(body_of(request))
    return answer(_beat(beat(ref=ref, position_ms=position_ms, now=clock.now())))


def _position(data: dict[str, Any]) -> int:
    if not isinstance(data.get("playing", True), bool):
        raise BadInput("playing", "应是 true 或 false")
    number(data, "rate", 1)
    return round(min(number(data, "position"), LATEST_POSITION_MS / 1000) * 1000)


def _beat(result: BeatAnswer) -> dict[str, Any]:
    return {
        "position": seconds(result.position_ms),
        "frontier": seconds(result.frontier_ms),
        "quiz": result.quiz,
        "lesson_done": result.lesson_done,
        "unlocked": result.unlocked,
        "next_stop": next_stop(result.next_quiz_ms),
    }


@_method("POST")
def end(request: HttpRequest, watch: str) -> HttpResponse:
    """POST watches/{id}/end: the last beat of somebody who leaves; sent as a beacon, so nobody reads the answer."""
    ref = watch_ids.read(watch, bearer_of(request))
    if ref is None:
        return unknown()
    now = clock.now()
    if raw_body_of(request):
        position_ms = _position(body_of(request))
        with suppress(WatchEnded, WatchSuperseded):  # said twice, or too late: nobody waits for an answer
            beat(ref=ref, position_ms=position_ms, now=now)
    end_watch(ref=ref, now=now)
    return HttpResponse(status=204)


@_method("POST")
def quiz_answers(request: HttpRequest, watch: str, quiz: str) -> HttpResponse:
    """POST watches/{id}/quizzes/{quiz}/answers."""
    ref = watch_ids.read(watch, bearer_of(request))
    if ref is None:
        return unknown()
    result = answer_quiz(ref=ref, quiz_id=quiz, answers=_answers(body_of(request)), now=clock.now())
    return answer(
        {
            "correct": result.correct,
            "wrong": result.wrong,
            "explanation": result.explanation,
            "next_stop": next_stop(result.next_quiz_ms),
            "lesson_done": result.lesson_done,
            "unlocked": result.unlocked,
        }
    )


def _answers(data: dict[str, Any]) -> dict[str, list[str]]:
    answers = data.get("answers")
    if not isinstance(answers, dict):
        raise BadInput("answers", "应是 {题目: [选项]}")
    for options in answers.values():
        if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
            raise BadInput("answers", "每道题的回答应是选项的列表")
    return answers


def _media(request: HttpRequest, ticket: str) -> tuple[int, int, int] | None:
    """(frontier, next quiz, video) of an open watch by its ticket. Raises WatchEnded."""
    ref = watch_ids.read_ticket(ticket, bearer_of(request))
    if ref is None:
        return None
    found = earned_media(ref)
    if found is None:
        raise WatchEnded
    return found


@_method("GET")
def master_playlist(request: HttpRequest, ticket: str) -> HttpResponse:
    """GET the playlist that a watch named: the renditions on offer."""
    found = _media(request, ticket)
    if found is None:
        return unknown()
    query = f"?{EARNED}=1" if EARNED in request.GET else ""
    text = playlists.master(media_of(found[2]), lambda name: f"{name}.m3u8{query}")
    return HttpResponse(text, content_type=PLAYLIST_TYPE)


@_method("GET")
def rendition_playlist(request: HttpRequest, ticket: str, rendition: str) -> HttpResponse:
    """GET one rendition, complete, with this watch's key addresses; `?earned=1`: as far as they are earned."""
    found = _media(request, ticket)
    media = media_of(found[2]) if found else None
    if media is None or rendition not in {item["name"] for item in media.renditions}:
        return unknown()
    until_ms = _earned_until(media, found[0], found[1]) if found and EARNED in request.GET else None
    text = playlists.rendition(media, rendition, lambda window: f"keys/{window}", until_ms=until_ms)
    return HttpResponse(text, content_type=PLAYLIST_TYPE)


def _earned_until(media: Media, frontier_ms: int, next_quiz_ms: int) -> int:
    """The end of the last window whose key may be had now."""
    starts = range(0, media.duration_ms, media.window_ms)
    earned = [
        at for at in starts if key_is_earned(window_starts_ms=at, frontier_ms=frontier_ms, next_quiz_ms=next_quiz_ms)
    ]
    return (len(earned) or 1) * media.window_ms


@_method("GET")
def key(request: HttpRequest, ticket: str, window: int) -> HttpResponse:
    """GET the key of a window: 16 bytes, or 403 not_earned; so too once the watch has ended (contract.md)."""
    try:
        found = _media(request, ticket)
    except WatchEnded:
        raise NotEarned from None
    if found is None:
        return unknown()
    frontier_ms, next_quiz_ms, video_id = found
    media = media_of(video_id)
    starts_ms = window * media.window_ms
    if starts_ms >= media.duration_ms:
        return unknown()
    if not key_is_earned(window_starts_ms=starts_ms, frontier_ms=frontier_ms, next_quiz_ms=next_quiz_ms):
        raise NotEarned
    return HttpResponse(key_for(video_id, window), content_type="application/octet-stream")


def playlist_address(ref: WatchRef, bearer: str) -> str:
    """The playlist's address as a watch's answer names it."""
    return reverse("api:watch-playlist", kwargs={"ticket": watch_ids.issue_ticket(ref, bearer)})


def heartbeat_seconds() -> int:
    """How often a playing client beats."""
    return settings.HEARTBEAT_SECONDS
