"""What the browser is told under /admin/, and whole pages kept for anonymous visitors."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from csp.constants import HEADER, SELF, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cms import queries as content
from core import clock

View = Callable[[HttpRequest], HttpResponse]

ADMIN = "/admin/"
# Wagtail's admin: its date widgets and its editor write inline; its preview frames a page of the same site.
ADMIN_POLICY = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
PREVIEW_POLICY = {"frame-ancestors": [SELF]}


class WagtailAdminPolicyMiddleware:
    """Relaxes the content security policy for Wagtail's admin, and for nothing else (security.md)."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(ADMIN):
            return response
        if HEADER in response:
            # A preview: the page went through all middleware by itself. It keeps its strict policy, but may be framed.
            del response[HEADER]
            response._csp_replace = PREVIEW_POLICY
        else:
            response._csp_replace = ADMIN_POLICY | (getattr(response, "_csp_replace", None) or {})
        return response


@dataclass(frozen=True)
class KeptPage:
    """An answer as the inner middleware gave it; the outer ones add their headers to every use of it anew."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    until: float


class PageStore:
    """A bounded store of whole pages within one process, the one used longest ago leaves first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable, at: float) -> KeptPage | None:
        """The page kept under the key, unless its time is over."""
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            if page.until <= at:
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: KeptPage) -> None:
        """Keep a page, and let old ones go until everything fits."""
        with self._lock:
            if key in self._pages:
                self._drop(key)
            self._pages[key] = page
            self._bytes += len(page.body)
            while self._bytes > self.most_bytes:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _drop(self, key: Hashable) -> None:
        self._bytes -= len(self._pages.pop(key).body)


class AnonymousPageCacheMiddleware:
    """Answers a visitor without a session from memory: portal, catalogue, class pages, news.

    What a page shows is the content and the day, so both are in the key; `SECONDS` bounds the age of the rest.
    Kept is only what is the same for everybody: a GET without any cookie, answered 200 as HTML that neither sets a
    cookie nor asks not to be stored. A page with a form of its own sets the CSRF cookie and so is never kept; the
    portal's login card fetches its token when it is used.
    """

    SECONDS = 60
    LARGEST_PAGE = 1024 * 1024
    pages = PageStore(most_bytes=32 * 1024 * 1024)
    _personal = (settings.SESSION_COOKIE_NAME, "messages")
    _unkept = ("/admin/", "/api/", "/static/", "/media/", "/captcha/")

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self._is_anonymous(request):
            return self.get_response(request)
        key = self._key(request)
        page = self.pages.get(key, time.monotonic())
        if page is not None:
            return HttpResponse(page.body, headers=dict(page.headers))
        response = self.get_response(request)
        if self._may_keep(request, response):
            until = time.monotonic() + self.SECONDS
            self.pages.put(key, KeptPage(response.content, tuple(response.items()), until))
        return response

    def _is_anonymous(self, request: HttpRequest) -> bool:
        return (
            request.method == "GET"
            and not getattr(request, "is_dummy", False)  # Wagtail's own request for a preview
            and not any(name in request.COOKIES for name in self._personal)
            and "HTTP_AUTHORIZATION" not in request.META
            and "HTTP_RANGE" not in request.META
            and not request.path_info.startswith(self._unkept)
        )

    def _key(self, request: HttpRequest) -> Hashable:
        # htmx asks for parts of pages under the addresses of whole ones.
        return (
            request.META.get("HTTP_HOST"),
            request.path_info,
            request.META.get("QUERY_STRING", ""),
            request.META.get("HTTP_HX_REQUEST"),
            content.content_version(),
            timezone.localdate(clock.now()),
        )

    def _may_keep(self, request: HttpRequest, response: HttpResponse) -> bool:
        return (
            response.status_code == 200
            and not response.streaming
            and not request.COOKIES
            and not response.cookies
            and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
            and response.get("Content-Type", "").startswith("text/html")
            and not {"private", "no-store"} & set(response.get("Cache-Control", "").replace(",", " ").split())
            and len(response.content) <= self.LARGEST_PAGE
        )
