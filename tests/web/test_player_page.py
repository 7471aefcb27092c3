"""The player's page and the trial: who sees them, what the list beside the video says (L5, L6)."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cms.models import Lesson
from tests.learning.conftest import administrator, class_of, learner, stranger  # noqa: F401
from tests.learning.driving import Learner
from web.player_words import player_words


@pytest.fixture
def enrolled(learner: Learner, class_of: Any) -> tuple[int, list[Lesson]]:  # noqa: F811
    """李雷's enrolment in a class of one course with two lessons, and the lessons."""
    page, lessons = class_of([60, 90])
    return learner.enrols(page).json()["id"], lessons


def address(enrolment: Any, lesson: Lesson) -> str:
    return f"/learn/{enrolment}/lessons/{lesson.pk}/"


def test_the_page_shows_the_lesson_and_the_list_with_its_states(learner: Learner, enrolled: Any) -> None:  # noqa: F811
    enrolment, (first, second) = enrolled

    html = learner.get(address(enrolment, first)).content.decode()

    assert f'<h1 class="text-white mb-2">1.1 {first.title}</h1>' in html
    assert "已学 0 / 2 个视频" in html
    assert re.search(rf'data-lesson="{first.pk}" data-state="open"[^>]* href="{address(enrolment, first)}"', html)
    locked = re.search(rf'<a data-lesson="{second.pk}"[^>]*>', html)
    assert locked
    assert 'data-state="locked"' in locked[0]
    assert " href=" not in locked[0]


def test_a_lesson_done_opens_the_next_in_the_list(learner: Learner, enrolled: Any) -> None:  # noqa: F811
    enrolment, (first, second) = enrolled
    learner.finishes(first, 60)

    html = learner.get(address(enrolment, second)).content.decode()

    assert "已学 1 / 2 个视频" in html
    assert f'href="{address(enrolment, second)}" aria-current="true"' in html


def test_the_page_brings_the_token_that_starting_a_watch_needs(learner: Learner, enrolled: Any) -> None:  # noqa: F811
    enrolment, (first, _second) = enrolled
    response = learner.get(address(enrolment, first))
    assert settings.CSRF_COOKIE_NAME in response.cookies
    assert "no-store" in response["Cache-Control"]


def test_somebody_elses_enrolment_is_unknown(stranger: Learner, enrolled: Any) -> None:  # noqa: F811
    enrolment, (first, _second) = enrolled
    assert stranger.get(address(enrolment, first)).status_code == 404


def test_a_lesson_of_another_class_is_unknown(learner: Learner, enrolled: Any, class_of: Any) -> None:  # noqa: F811
    enrolment, _lessons = enrolled
    _page, (other,) = class_of([60])
    assert learner.get(address(enrolment, other)).status_code == 404


def test_a_visitor_logs_in_and_comes_back(enrolled: Any) -> None:
    enrolment, (first, _second) = enrolled
    response = Client().get(address(enrolment, first))
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={address(enrolment, first)}"


def test_an_administrator_is_told_to_switch(administrator: Learner, enrolled: Any) -> None:  # noqa: F811
    enrolment, (first, _second) = enrolled
    assert administrator.get(address(enrolment, first)).status_code == 403


# --- Trial ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def preview(class_of: Any) -> tuple[Any, Lesson]:  # noqa: F811
    """A class whose only lesson anybody may try."""
    page, (lesson,) = class_of([240])
    Lesson.objects.filter(pk=lesson.pk).update(is_preview=True)
    return page, lesson


def test_anybody_may_open_a_trial(preview: Any) -> None:
    page, lesson = preview
    response = Client().get(f"/classes/{page.slug}/preview/{lesson.pk}/")
    assert response.status_code == 200
    assert f"next=/classes/{page.slug}/" in response.content.decode()
    assert not response.cookies


def test_a_lesson_that_is_no_preview_has_no_trial(preview: Any) -> None:
    page, lesson = preview
    Lesson.objects.filter(pk=lesson.pk).update(is_preview=False)
    assert Client().get(f"/classes/{page.slug}/preview/{lesson.pk}/").status_code == 404


def test_a_trial_stands_under_its_own_class_only(preview: Any, class_of: Any) -> None:  # noqa: F811
    _page, lesson = preview
    other, _lessons = class_of([60])
    assert Client().get(f"/classes/{other.slug}/preview/{lesson.pk}/").status_code == 404


# --- Words ------------------------------------------------------------------------------------------------------------
def _script() -> str:
    folder = Path(settings.BASE_DIR / "assets/js/player")
    return "\n".join(path.read_text() for path in sorted(folder.glob("*.js")))


def test_every_sentence_the_script_asks_for_is_there() -> None:
    named = set(re.findall(r'words\((?:[^()"]*\? )?"(\w+)"(?: : "(\w+)")?', _script()))
    assert {name for pair in named for name in pair if name} <= set(player_words())
    for kind in ("quiz", "presence"):
        assert {f"{kind}_lead", f"{kind}_hint", f"{kind}_send"} <= set(player_words())
    assert {"lesson_done", "lesson_open", "lesson_locked"} <= set(player_words())


def test_no_sentence_is_kept_that_nothing_says() -> None:
    script = _script()
    spoken_by_code = {"locked", "not_enrolled", "not_open", "not_a_learner", "not_found", "ended"}
    by_kind = re.compile(r"(quiz|presence)_(lead|hint|send)$|lesson_(done|open|locked)$")
    unspoken = {name for name in player_words() if f'"{name}"' not in script and not by_kind.match(name)}
    assert unspoken <= spoken_by_code
