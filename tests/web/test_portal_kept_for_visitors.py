"""Whole pages kept for visitors without a session: what is kept, and above all what isn't."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import RequestFactory

from tests.support.clock import FakeClock
from web import middleware
from web.middleware import AnonymousPageCacheMiddleware, KeptPage, PageStore


class Site:
    """What stands behind the middleware; counts how often it is asked."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer, self.asked = answer, 0
        self.browse = AnonymousPageCacheMiddleware(self)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        return self.answer(request)

    def get(self, path: str = "/", cookies: dict[str, str] | None = None, **headers: Any) -> HttpResponse:
        request = RequestFactory().get(path, **headers)
        request.COOKIES.update(cookies or {})
        return self.browse(request)


@pytest.fixture(autouse=True)
def version(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> dict[str, int]:
    """The content's version, which a test may move on; nothing is kept at the start."""
    AnonymousPageCacheMiddleware.pages.clear()
    current = {"version": 1}
    monkeypatch.setattr(middleware.content, "content_version", lambda: current["version"])
    return current


def html(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"page of {request.get_full_path()}", headers={"Vary": "Cookie"})


def test_a_second_visitor_gets_the_same_page_without_asking_the_site():
    site = Site(html)

    first, second = site.get("/catalogue/?q=x"), site.get("/catalogue/?q=x")

    assert site.asked == 1
    assert second.content == first.content
    assert second["Vary"] == "Cookie"
    assert second["Content-Type"] == first["Content-Type"]


def test_another_query_another_host_and_a_part_for_htmx_are_other_pages():
    site = Site(html)

    site.get("/catalogue/")
    site.get("/catalogue/?q=x")
    site.get("/catalogue/", HTTP_HOST="other.example")
    site.get("/catalogue/", HTTP_HX_REQUEST="true")

    assert site.asked == 4


def test_published_content_shows_at_once(version):
    site = Site(html)

    site.get()
    version["version"] = 2
    site.get()

    assert site.asked == 2


def test_a_new_day_is_a_new_page(clock):
    site = Site(html)

    site.get()
    clock.tick(24 * 3600)
    site.get()

    assert site.asked == 2


@pytest.mark.parametrize("name", [settings.SESSION_COOKIE_NAME, "messages"])
def test_somebody_with_a_session_or_a_message_never_gets_a_kept_page(name):
    site = Site(html)
    site.get()

    site.get(cookies={name: "mine"})

    assert site.asked == 2


def test_a_page_drawn_for_somebody_with_a_session_is_not_kept():
    site = Site(html)

    site.get(cookies={settings.SESSION_COOKIE_NAME: "mine"})
    site.get()

    assert site.asked == 2


def test_a_draft_drawn_for_a_preview_is_no_kept_page():
    site = Site(html)
    site.get()
    request = RequestFactory().get("/")
    request.is_dummy = True

    site.browse(request)

    assert site.asked == 2


def test_a_token_never_gets_a_kept_page():
    site = Site(html)
    site.get()

    site.get(HTTP_AUTHORIZATION="Bearer x")

    assert site.asked == 2


def test_a_page_drawn_for_a_browser_with_any_cookie_is_not_kept_for_it_may_hold_that_browsers_token():
    site = Site(html)

    site.get(cookies={settings.CSRF_COOKIE_NAME: "secret"})
    site.get()

    assert site.asked == 2


def test_a_browser_with_only_a_csrf_cookie_may_have_the_kept_page():
    site = Site(html)
    site.get()

    site.get(cookies={settings.CSRF_COOKIE_NAME: "secret"})

    assert site.asked == 1


def sets_a_cookie(request: HttpRequest) -> HttpResponse:
    response = html(request)
    response.set_cookie("any", "thing")
    return response


def needs_a_csrf_cookie(request: HttpRequest) -> HttpResponse:
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    return html(request)


def is_private(request: HttpRequest) -> HttpResponse:
    return HttpResponse("mine", headers={"Cache-Control": "no-cache, private"})


@pytest.mark.parametrize(
    "answer",
    [
        sets_a_cookie,
        needs_a_csrf_cookie,
        is_private,
        lambda request: HttpResponse("gone", status=404),
        lambda request: JsonResponse({}),
        lambda request: HttpResponse("x" * (AnonymousPageCacheMiddleware.LARGEST_PAGE + 1)),
    ],
)
def test_what_is_somebodys_own_or_no_whole_page_is_not_kept(answer):
    site = Site(answer)

    site.get()
    site.get()

    assert site.asked == 2


def test_the_admin_is_never_kept():
    site = Site(html)

    site.get("/admin/login/")
    site.get("/admin/login/")

    assert site.asked == 2


def test_the_store_lets_the_page_used_longest_ago_go_when_it_is_full():
    store = PageStore(most_bytes=10)
    for name in ("a", "b"):
        store.put(name, KeptPage(b"12345", (), until=100))
    store.get("a", at=0)

    store.put("c", KeptPage(b"12345", (), until=100))

    assert [bool(store.get(name, at=0)) for name in ("a", "b", "c")] == [True, False, True]


def test_the_store_forgets_a_page_when_its_time_is_over():
    store = PageStore(most_bytes=10)
    store.put("a", KeptPage(b"12345", (), until=60))

    assert store.get("a", at=59.9)
    assert store.get("a", at=60) is None
