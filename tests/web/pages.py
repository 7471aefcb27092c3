"""Pages as a person reads them."""

from typing import Any

from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.models import Lesson
from learning.models import Enrolment, LessonProgress
from learning.services import settle
from tests.support.clock import START
from web.middleware import AnonymousPageCacheMiddleware


def browser(user: Any = None) -> Client:
    """A browser of this person, or of a visitor."""
    client = Client()
    if user:
        client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


def read(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    """The page's main part."""
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return BeautifulSoup(response.content, "html.parser").main


def words(part: Any) -> str:
    """What a part of a page says, without any white space."""
    return "".join(part.get_text().split())


def titles(page: BeautifulSoup) -> list[str]:
    """The classes of a catalogue page in order."""
    return [link.get_text() for link in page.select(".xs-class h3 a")]


def queries(client: Client, address: str) -> int:
    """How many queries the page takes once caches are warm; a visitor's is made anew, not taken whole from memory."""
    client.get(address)
    AnonymousPageCacheMiddleware.pages.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def enrols(user: Any, class_page: Any) -> Enrolment:
    """One click on the class page."""
    browser(user).post(f"/classes/{class_page.slug}/enrol/")
    return Enrolment.objects.get(user=user, class_page=class_page)


def has_watched(enrolment: Enrolment, number: int, then_ms: int = 0) -> None:
    """So many lessons are done, and the next one watched this far."""
    lessons = Lesson.objects.filter(class_page=enrolment.class_page).order_by("course__position", "position")
    for place, lesson in enumerate(lessons[: number + 1]):
        watched = lesson.duration_ms if place < number else then_ms
        if not watched:
            continue
        progress = LessonProgress.objects.create(
            enrolment=enrolment,
            lesson=lesson,
            duration_ms=lesson.duration_ms,
            frontier_ms=watched,
            position_ms=watched,
            beat_at_ms=place,
        )
        settle(progress_id=progress.pk, now=START)
    Enrolment.objects.filter(pk=enrolment.pk).update(last_studied_at=START)
