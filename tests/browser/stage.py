"""The player in a real browser on a real server: encrypted videos, a logged-in learner, what the page shows."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cms.models import ClassPage, Lesson
from cms.services import CourseDraft, LessonDraft, QuestionDraft, QuizDraft
from core import clock
from learning.models import LessonProgress, Watch
from media_pipeline.models import VideoAsset
from media_pipeline.queries import forget
from media_pipeline.services import receive_upload, set_captions, transcode
from tests.cms import factories as content
from tests.identity import factories as people

SINGLE = QuestionDraft(
    "single", "成人胸外按压每分钟多少次？", ["60–80 次", "100–120 次", "越快越好"], [1], "100–120 次最有效。"
)
SEVERAL = QuestionDraft("multiple", "按压时要注意什么？", ["位置", "深度", "说话"], [0, 1])
AGREE = QuestionDraft("true_false", "按压后要让胸廓充分回弹。", ["对", "错"], [0])

# What the pipeline made of a length, so that each length is transcoded once a run. The files outlive the rows.
_made: dict[int, dict[str, Any]] = {}
_KEPT = ("public_id", "source", "build", "duration_ms", "window_ms", "renditions", "poster", "captions", "secret")


def encrypted_video(seconds: int, tmp_path: Path) -> VideoAsset:
    """A video as the media pipeline makes it: HLS, a key a window."""
    if seconds not in _made:
        video = _transcoded(seconds, tmp_path)
        _made[seconds] = {name: getattr(video, name) for name in _KEPT}
    else:
        fields = {"title": "按压示范", "state": VideoAsset.State.READY, "uploaded_at": clock.now(), **_made[seconds]}
        video, _is_new = VideoAsset.objects.get_or_create(public_id=fields["public_id"], defaults=fields)
    forget(video.pk)  # the process may remember another test's video under this id
    return video


def _transcoded(seconds: int, tmp_path: Path) -> VideoAsset:
    source = tmp_path / f"{seconds}.mp4"
    picture = f"testsrc2=size=320x180:rate=12:duration={seconds}"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=f=330:d={seconds}"]
        + ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest", str(source)],
        check=True,
    )
    with source.open("rb") as content_:
        video = receive_upload(
            content=content_, name="demo.mp4", title="按压示范", uploaded_by_id=None, now=clock.now()
        )
    assert transcode(video_id=video.pk, clock=clock.now)
    captions = tmp_path / "captions.vtt"
    captions.write_text("WEBVTT\n\n00:00.000 --> 00:30.000\n双手交叠，垂直向下按压\n")
    with captions.open("rb") as content_:
        set_captions(video_id=video.pk, content=content_)
    video.refresh_from_db()
    return video


@pytest.fixture
def class_of(transactional_db: None, tmp_path: Path) -> Callable[..., tuple[ClassPage, list[Lesson]]]:
    """`class_of((12, [("0:04", [SINGLE])]), 6, max_rate_pct=150)`: a free class, one course, its lessons in order.

    A quiz at "" stands at the end.
    """

    def publish(*plans: Any, previews: bool = False, **terms: Any) -> tuple[ClassPage, list[Lesson]]:
        drafts = [_draft(number, plan, previews, tmp_path) for number, plan in enumerate(plans, 1)]
        page = content.class_page("an-ya", [CourseDraft("心肺复苏", drafts, None)], subject="public", hours=12, **terms)
        return page, list(Lesson.objects.filter(class_page=page).order_by("position"))

    return publish


def _draft(number: int, plan: Any, is_preview: bool, tmp_path: Path) -> LessonDraft:
    seconds, quizzes = plan if isinstance(plan, tuple) else (plan, [])
    points = [QuizDraft(content.question_set(f"题 {number} {at}", questions), at) for at, questions in quizzes]
    video = encrypted_video(seconds, tmp_path)
    return LessonDraft(f"第{number}讲 按压示范", video.pk, points, is_preview=is_preview)


class Watcher:
    """李雷 at a browser page, watching."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base
        self.user = people.learner()
        self.client = Client()
        self.client.force_login(self.user, backend="identity.backends.LoginKeyBackend")
        self.requests: list[tuple[str, int]] = []
        self.may_complain = False
        page.on("response", lambda response: self.requests.append((response.url, response.status)))
        self.log_in(page)

    def log_in(self, page: Any) -> None:
        """The session of this person in that page's browser."""
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": self.client.cookies[name].value, "url": self.base}])

    def enrols(self, page: ClassPage) -> int:
        response = self.client.post(f"/api/v1/classes/{page.slug}/enrolment", content_type="application/json")
        return int(response.json()["id"])

    def opens(self, class_page: ClassPage, lesson: Lesson) -> None:
        self.enrolment = self.enrols(class_page)
        self.page.goto(self.address(lesson))

    def address(self, lesson: Lesson) -> str:
        return f"/learn/{self.enrolment}/lessons/{lesson.pk}/"

    def leaves(self) -> None:
        """Close the player and wait until its last word has arrived."""
        self.page.goto("about:blank")
        last_word_arrives(self.page, self.user)
        if self.may_complain:
            self.page.complaints.clear()

    def expects_refusals(self) -> None:
        """What the browser itself says of refused requests is no fault, also of those under way while one leaves."""
        self.may_complain = True

    def pauses(self) -> float:
        """Pause by the keyboard; gives where it stands, once the server has been told."""
        with self.page.expect_response(_tells_of_a_pause):
            self.page.keyboard.press("k")
        self.until("v.paused")
        return self.second

    # What the page shows
    @property
    def second(self) -> float:
        return self.page.evaluate("document.querySelector('video').currentTime")

    @property
    def is_playing(self) -> bool:
        return not self.page.evaluate("document.querySelector('video').paused")

    def until(self, condition: str, seconds: float = 20) -> None:
        """Wait until an expression about `v`, the video element, holds."""
        self.page.wait_for_function(
            f"() => {{ const v = document.querySelector('video'); return {condition}; }}", timeout=seconds * 1000
        )

    def says(self, words: str, seconds: float = 20) -> None:
        self.page.locator(".xs-player").get_by_text(words).first.wait_for(timeout=seconds * 1000)

    def answers(self, *options: str) -> None:
        for option in options:
            self.page.get_by_label(option, exact=True).check()
        self.page.get_by_role("button", name="提交答案").click()

    def statuses_of(self, part: str) -> list[int]:
        return [status for url, status in self.requests if part in url]

    def frontier(self, lesson: Lesson) -> float:
        return LessonProgress.objects.get(enrolment__user=self.user, lesson=lesson).frontier_ms / 1000


def _tells_of_a_pause(answer: Any) -> bool:
    return answer.url.endswith("/heartbeat") and not json.loads(answer.request.post_data)["playing"]


def last_word_arrives(page: Any, user: Any) -> None:
    """Wait until no watch is open: what is sent while a page goes must not meet the next test's database.

    Who was logged out can't send it, so the wait has an end.
    """
    end = time.monotonic() + 10
    while Watch.objects.filter(user=user, ended_at__isnull=True).exists() and time.monotonic() < end:
        page.wait_for_timeout(50)


@pytest.fixture
def quick_beats(settings: Any) -> None:
    settings.HEARTBEAT_SECONDS = 2


@pytest.fixture
def watcher(transactional_db: None, quick_beats: None, page: Any, live_server: Any) -> Iterator[Watcher]:
    watching = Watcher(page, live_server.url)
    yield watching
    watching.leaves()


@pytest.fixture
def phone_watcher(transactional_db: None, quick_beats: None, phone: Any, live_server: Any) -> Iterator[Watcher]:
    watching = Watcher(phone, live_server.url)
    yield watching
    watching.leaves()
