"""The second factor (两步验证, P5): an authenticator's codes by django-otp, and recovery codes for a lost phone."""

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from core import audit
from identity.acting import ActingRole
from identity.errors import SecondFactorWrong

RECOVERY_CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs: the address in the QR picture, and the secret to type where it can't be read."""

    address: str
    secret: str


def has_second_factor(user_id: int) -> bool:
    """Whether this account asks for codes."""
    return TOTPDevice.objects.filter(user_id=user_id, confirmed=True).exists()


def needs_second_factor(*, is_staff: bool, is_administrator: bool) -> bool:
    """Whether the site's setting makes it compulsory for who acts so (`SECOND_FACTOR_FOR`)."""
    wanted = settings.SECOND_FACTOR_FOR
    return (is_staff and "staff" in wanted) or (is_administrator and "administrators" in wanted)


@transaction.atomic
def begin_setup(*, user_id: int) -> Setup:
    """The secret of an authenticator that isn't confirmed yet; the same until it is: a reload changes nothing."""
    device, _made = TOTPDevice.objects.get_or_create(user_id=user_id, confirmed=False, defaults={"name": "app"})
    return Setup(device.config_url, _readable(device))


@transaction.atomic
def confirm_setup(*, actor: ActingRole, code: str, now: datetime) -> list[str]:
    """Switch it on with a first code; gives the recovery codes, told once. Raises SecondFactorWrong (`code`)."""
    device = TOTPDevice.objects.filter(user_id=actor.user_id, confirmed=False).first()
    if device is None or not device.verify_token(_digits(code)):
        raise SecondFactorWrong("code")
    TOTPDevice.objects.filter(user_id=actor.user_id, confirmed=True).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    codes = _renew_recovery(actor.user_id)
    _note("second_factor.on", actor, now)
    return codes


@transaction.atomic
def switch_off(*, actor: ActingRole, now: datetime) -> None:
    """No more codes. The caller has proven password and code."""
    TOTPDevice.objects.filter(user_id=actor.user_id).delete()
    StaticDevice.objects.filter(user_id=actor.user_id).delete()
    _note("second_factor.off", actor, now)


def verify(*, user_id: int, code: str) -> bool:
    """Whether this is a code of the authenticator, or a recovery code; each works once. Wrong ones slow down."""
    devices: list[Any] = [
        *TOTPDevice.objects.filter(user_id=user_id, confirmed=True),
        *StaticDevice.objects.filter(user_id=user_id, confirmed=True),
    ]
    text = code.strip().lower()
    for device in devices:
        allowed, _why = device.verify_is_allowed()
        token = _digits(text) if isinstance(device, TOTPDevice) else text
        if allowed and token and device.verify_token(token):
            return True
    return False


def recovery_codes_left(user_id: int) -> int:
    """How many recovery codes are unused."""
    return StaticToken.objects.filter(device__user_id=user_id).count()


def _renew_recovery(user_id: int) -> list[str]:
    StaticDevice.objects.filter(user_id=user_id).delete()
    device = StaticDevice.objects.create(user_id=user_id, name="recovery", confirmed=True)
    codes = [get_random_string(10, _LETTERS) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _readable(device: TOTPDevice) -> str:
    """The secret as apps take it by hand: base32 in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _digits(code: str) -> str:
    digits = "".join(code.split())
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 8 else ""


def _note(act: str, actor: ActingRole, now: datetime) -> None:
    audit.record(act=act, now=now, actor_id=actor.user_id, acting_as=actor.acting_as, target=("user", actor.user_id))
