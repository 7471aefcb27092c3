"""The second factor (两步验证, P5): an authenticator's codes by django-otp, and recovery codes for a lost phone.

Django-otp keeps the devices and computes the codes. Using a code up is ours: its own way reads, then saves, so that one
code sent twice at once would pass twice.
"""

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from core import audit, crypto
from identity.acting import ActingRole
from identity.errors import Locked, SecondFactorOn, SecondFactorWrong
from identity.lockout import claim_try, forgive, minutes
from identity.models import User

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
    user = _hold(user_id)
    device, _made = TOTPDevice.objects.get_or_create(user_id=user_id, confirmed=False, defaults={"name": "app"})
    secret = b32encode(device.bin_key).decode().rstrip("=")
    shown = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return Setup(_address(user, secret), shown)


@transaction.atomic
def confirm_setup(*, actor: ActingRole, code: str, now: datetime) -> list[str]:
    """Switch it on with a first code; gives the recovery codes, told once.

    Raises SecondFactorWrong (`code`); SecondFactorOn: who found a browser open doesn't put his own phone in.
    """
    _hold(actor.user_id)
    if has_second_factor(actor.user_id):
        raise SecondFactorOn
    device = TOTPDevice.objects.filter(user_id=actor.user_id, confirmed=False).first()
    if device is None or not _spend_code(device, _digits(code), now):
        raise SecondFactorWrong("code")
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    codes = _renew_recovery(actor.user_id)
    _note("second_factor.on", actor, now)
    return codes


@transaction.atomic
def switch_off(*, actor: ActingRole, now: datetime) -> None:
    """No more codes. The caller has proven password and code."""
    TOTPDevice.objects.filter(user_id=actor.user_id).delete()
    StaticDevice.objects.filter(user_id=actor.user_id).delete()
    _note("second_factor.off", actor, now)


@transaction.atomic
def remove_second_factor(*, user_id: int, now: datetime) -> bool:
    """For who lost phone and recovery codes, once his papers were looked at; whether there was one."""
    removed, _per_model = TOTPDevice.objects.filter(user_id=user_id).delete()
    StaticDevice.objects.filter(user_id=user_id).delete()
    forgive(_tries(user_id))
    if removed:
        audit.record(act="second_factor.remove", now=now, actor_id=None, target=("user", user_id))
    return bool(removed)


def verify(*, user_id: int, code: str, now: datetime) -> bool:
    """Whether this is a code of the authenticator, or a recovery code; each works once.

    Raises Locked: tries count as those of a password do. Call it outside a transaction that a refusal would roll back.
    """
    wait = claim_try(_tries(user_id), now)
    if wait:
        audit.record(act="second_factor.locked", now=now, actor_id=None, target=("user", user_id))
        raise Locked(minutes=minutes(wait))
    right = _is_right(user_id, code, now)
    if right:
        forgive(_tries(user_id))
    return right


def _tries(user_id: int) -> str:
    """Under which name tries of codes are counted."""
    return f"code:{user_id}"


def _is_right(user_id: int, code: str, now: datetime) -> bool:
    digits = _digits(code)
    devices = TOTPDevice.objects.filter(user_id=user_id, confirmed=True) if digits else []
    return any(_spend_code(device, digits, now) for device in devices) or _spend_recovery(user_id, code)


def _spend_code(device: TOTPDevice, digits: str, now: datetime) -> bool:
    """Use a code up: its period and all before it are over, by one conditional statement."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = now.timestamp()
    if not digits or not totp.verify(int(digits), device.tolerance):
        return False
    unused = TOTPDevice.objects.filter(pk=device.pk, last_t__lt=totp.t())
    return bool(unused.update(last_t=totp.t(), drift=totp.drift, last_used_at=now))


def _spend_recovery(user_id: int, code: str) -> bool:
    """Use a recovery code up: who deletes it has it."""
    kept = _kept(code)
    count, _per_model = StaticToken.objects.filter(device__user_id=user_id, device__confirmed=True, token=kept).delete()
    return bool(count)


def recovery_codes_left(user_id: int) -> int:
    """How many recovery codes are unused."""
    return StaticToken.objects.filter(device__user_id=user_id).count()


def _renew_recovery(user_id: int) -> list[str]:
    StaticDevice.objects.filter(user_id=user_id).delete()
    device = StaticDevice.objects.create(user_id=user_id, name="recovery", confirmed=True)
    codes = [get_random_string(10, _LETTERS) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_kept(code)) for code in codes)
    return codes


def _kept(code: str) -> str:
    """What the database keeps of a recovery code: 16 digits of a keyed digest."""
    return crypto.digest("".join(code.split()).lower(), "recovery-code").hex()[:16]


def _hold(user_id: int) -> User:
    """Two setups of one person at once come one after the other."""
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def _address(user: User, secret: str) -> str:
    """What the QR picture says. The app shows site and name: whose login name is opaque would not know it."""
    site = settings.SITE_NAME.replace(":", "")
    label = quote(f"{site}:{user.name if user.id_digest else user.username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': site}, quote_via=quote)}"


def _digits(code: str) -> str:
    digits = "".join(code.split())
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 8 else ""


def _note(act: str, actor: ActingRole, now: datetime) -> None:
    audit.record(act=act, now=now, actor_id=actor.user_id, acting_as=actor.acting_as, target=("user", actor.user_id))
