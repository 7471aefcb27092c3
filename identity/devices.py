"""The device cookie: whoever passed a captcha and logged in lately needs none for the same account (contract.md).

A captcha keeps programs from guessing at scale. The cookie is signed, lives half an hour and names the account it was
earned with, so it opens no door to trying others, and the account's own lock stays. Pages and API clients that keep
cookies have it; all others solve a captcha.
"""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "device"
SECONDS = 30 * 60
_SIGNER = TimestampSigner(salt="identity.device")


def remember(response: HttpResponseBase, account: str) -> None:
    """Let this device log in to `account` again without captcha for a while."""
    response.set_cookie(
        COOKIE,
        _SIGNER.sign(account),
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_known(request: HttpRequest, account: str) -> bool:
    """Whether this device logged in to `account` lately."""
    try:
        return _SIGNER.unsign(request.COOKIES.get(COOKIE, ""), max_age=timedelta(seconds=SECONDS)) == account
    except BadSignature:
        return False
