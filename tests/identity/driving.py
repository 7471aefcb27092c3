"""People at the doors of identity: a program at the API, a browser with cookies."""

from typing import Any

from captcha.models import CaptchaStore
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from core import clock
from identity import captcha, id_numbers
from identity.acting import ActingRole
from identity.models import User
from identity.services import start_session
from tests.identity.factories import PASSWORD


def code_of(response: HttpResponse) -> str:
    """The code of the one error in an answer."""
    (error,) = response.json()["errors"]
    return error["code"]


def captcha_fields() -> dict[str, str]:
    """A fresh captcha, read by an honest eye."""
    key = captcha.new(clock.now()).key
    return {"captcha_key": key, "captcha": CaptchaStore.objects.get(hashkey=key).challenge}


def credentials(user: User, **changed: str) -> dict[str, str]:
    """What this person types, the captcha aside."""
    if user.is_staff:
        known = {"user_type": "staff", "id_number": user.username}
    else:
        known = {"user_type": "technician", "id_type": user.id_type, "id_number": user.id_number}
    return {**known, "password": PASSWORD, **changed}


class Program:
    """A client of the REST API that keeps its token, and its cookies as an HTTP library would."""

    def __init__(self) -> None:
        self.client = Client()
        self.token = ""

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def post(self, path: str, body: dict[str, Any] | None = None, **extra: Any) -> HttpResponse:
        return self.client.post(
            f"/api/v1/{path}", body or {}, content_type="application/json", headers=self._headers(), **extra
        )

    def get(self, path: str) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", headers=self._headers())

    def tries(self, user: User, **changed: Any) -> HttpResponse:
        """Logs in with a fresh, right captcha; what is `changed` is typed otherwise."""
        extra = {name: changed.pop(name) for name in list(changed) if name.isupper()}
        return self.post("auth/login", captcha_fields() | credentials(user) | changed, **extra)

    def logs_in(self, user: User, **changed: Any) -> dict[str, Any]:
        answer = self.tries(user, **changed)
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["token"]
        return answer.json()


class Browser:
    """A browser with a session, as the pages' login leaves it; the API is called with its cookie."""

    def __init__(self) -> None:
        self.client = Client()

    def logs_in(self, user: User, role: ActingRole | None = None, *, remember: bool = False) -> None:
        request = plain_request()
        start_session(request=request, user=user, role=role, remember=remember, now=clock.now())
        request.session.save()
        self.client.cookies["sessionid"] = request.session.session_key

    def get(self, path: str) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}")

    def post(self, path: str, body: dict[str, Any] | None = None) -> HttpResponse:
        return self.client.post(f"/api/v1/{path}", body or {}, content_type="application/json")

    @property
    def is_logged_in(self) -> bool:
        return SESSION_KEY in self.client.session


def plain_request(address: str = "127.0.0.1") -> HttpRequest:
    """A request as a view gets it from a visitor."""
    request = RequestFactory().post("/login/", REMOTE_ADDR=address)
    request.session = SessionStore()
    request.user = AnonymousUser()
    return request


def upper_width(text: str) -> str:
    """The text as a Chinese input method may type it: full-width."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def masked(user: User) -> str:
    return id_numbers.mask(user.id_number)
