"""Image captcha (验证码): single use, expiring, and read aloud for who can't see it (P5, security.md).

Wraps django-simple-captcha, whose own views let a key be tried any number of times.
"""

import base64
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta

from captcha.models import CaptchaStore
from captcha.views import captcha_image
from django.conf import settings
from django.http import HttpRequest

from identity.errors import CaptchaInvalid

_CHARS = "2345678ACDEFHJKMNPRTUVWXY"
"""What can't be mistaken for one another, neither seen (0 O, 1 I L, 5 S …) nor much when heard."""
_SPOKEN_SECONDS = 10
DEMO_ANSWER = "demo"


@dataclass(frozen=True, slots=True)
class Captcha:
    """A fresh captcha: `image` is a data URI, `expires_in` seconds."""

    key: str
    image: str
    expires_in: int


def challenge() -> tuple[str, str]:
    """(what is drawn, what is right) for django-simple-captcha."""
    text = "".join(secrets.choice(_CHARS) for _ in range(settings.CAPTCHA_LENGTH))
    return text, text.lower()


def new(now: datetime) -> Captcha:
    """Draw a captcha; those that nobody answered in time are swept away."""
    CaptchaStore.objects.filter(expiration__lte=now).delete()
    drawn, right = challenge()
    expires_in = settings.CAPTCHA_TIMEOUT * 60
    store = CaptchaStore.objects.create(
        challenge=drawn,
        response=right,
        hashkey=secrets.token_hex(20),
        expiration=now + timedelta(seconds=expires_in),
    )
    picture = captcha_image(HttpRequest(), store.hashkey).content
    return Captcha(store.hashkey, f"data:image/png;base64,{base64.b64encode(picture).decode()}", expires_in)


def verify(*, key: str, answer: str, now: datetime) -> None:
    """Use a captcha up. Raises CaptchaInvalid. Whatever was answered, the key is spent: deleting it is the claim.

    With `DEMO`, the answer `demo` is right for any key or none (contract.md).
    """
    given = "".join(answer.split()).lower()
    if settings.DEMO and given == DEMO_ANSWER:
        return
    store = CaptchaStore.objects.filter(hashkey=key).first() if key and "\0" not in key else None
    if store is None:
        raise CaptchaInvalid("captcha")
    claimed, _rows = CaptchaStore.objects.filter(pk=store.pk).delete()
    if not claimed or store.expiration <= now or not secrets.compare_digest(store.response.encode(), given.encode()):
        raise CaptchaInvalid("captcha")


def spoken(key: str, now: datetime) -> bytes | None:
    """The captcha read out slowly as WAV (听验证码); None for an unknown or expired key, or without espeak-ng."""
    program = shutil.which("espeak-ng")
    store = CaptchaStore.objects.filter(hashkey=key, expiration__gt=now).first() if "\0" not in key else None
    if program is None or store is None:
        return None
    words = ". ".join(store.challenge)  # a pause after each
    command = [program, "-v", "cmn", "-s", "110", "-g", "20", "--stdout", words]
    done = subprocess.run(command, capture_output=True, timeout=_SPOKEN_SECONDS, check=False)
    return done.stdout if done.returncode == 0 and done.stdout else None
