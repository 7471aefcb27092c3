"""A forgotten password (P6): ID number and e-mail ask for it, a link that works once sets a new one."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from core import audit
from identity import captcha, id_numbers, tokens
from identity.backends import key_of
from identity.errors import LinkUsed, WeakPassword
from identity.lockout import forgive
from identity.models import PasswordReset, User
from identity.services.login_sessions import end_other_sessions
from identity.services.sessions import end_what_runs

_LEASE = timedelta(minutes=2)
_AGAIN_AFTER = timedelta(minutes=5)


def ask_reset(
    *, id_type: str, id_number: str, email: str, captcha_key: str, captcha_answer: str, now: datetime
) -> int | None:
    """Note that somebody asks; gives the row's id, None where the same was asked a moment ago.

    Nothing is looked up here: the answer, and the work, are the same for a known number and an unknown one. Raises
    CaptchaInvalid.
    """
    captcha.verify(key=captcha_key, answer=captcha_answer, now=now)
    digest = id_numbers.digest(id_type, id_number)
    if PasswordReset.objects.filter(id_digest=digest, asked_at__gt=now - _AGAIN_AFTER).exists():
        return None
    return PasswordReset.objects.create(id_digest=digest, email=email.strip(), asked_at=now).pk


def send_reset(*, reset_id: int, now: datetime) -> bool:
    """Look for the account and mail the link; whether a mail went out. Claimed by a lease, so it is safe twice.

    The row stays five minutes, so that the same number isn't mailed again and again, and goes with the sweep.
    """
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    if not PasswordReset.objects.filter(free, pk=reset_id).update(claimed_until=now + _LEASE):
        return False
    row = PasswordReset.objects.get(pk=reset_id)
    user = User.objects.filter(id_digest=bytes(row.id_digest), is_active=True, email__iexact=row.email).first()
    if user is not None and row.email:
        _mail(user)
    PasswordReset.objects.filter(pk=reset_id).update(email="", claimed_until=now + timedelta(days=1))
    return user is not None


def waiting_resets(*, now: datetime) -> list[int]:
    """Rows that no worker holds; and the old ones go."""
    PasswordReset.objects.filter(asked_at__lt=now - timedelta(hours=1)).delete()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    return list(PasswordReset.objects.filter(free).order_by("pk").values_list("pk", flat=True)[:100])


def user_of_link(uid: str, token: str) -> User | None:
    """Whose link this is, if it still works."""
    try:
        pk = int(urlsafe_base64_decode(uid))
    except (ValueError, OverflowError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first() if pk < 2**63 else None
    return user if user is not None and default_token_generator.check_token(user, token) else None


def reset_password(*, uid: str, token: str, new_password: str, address: str | None, now: datetime) -> None:
    """Set the new password; all sessions and tokens end, and what runs. Raises LinkUsed, WeakPassword."""
    user = user_of_link(uid, token)
    if user is None:
        raise LinkUsed
    try:
        validate_password(new_password, user)
    except ValidationError as weak:
        raise WeakPassword("new_password", reasons="；".join(text.rstrip("。") for text in weak.messages)) from weak
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not default_token_generator.check_token(locked, token):
            raise LinkUsed
        locked.set_password(new_password)
        locked.password_changed_at, locked.must_change_password = now, False
        locked.save(update_fields=["password", "password_changed_at", "must_change_password"])
        tokens.keep_only(user=locked, kept=None)
        end_other_sessions(user_id=locked.pk, session_key=None)
        end_what_runs(user_id=locked.pk, reason="password", now=now)
        audit.record(act="password.reset", now=now, actor_id=locked.pk, address=address, target=("user", locked.pk))
    forgive(key_of(user))


def _mail(user: User) -> None:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    link = f"{settings.SITE_URL}/password/reset/{uid}/{default_token_generator.make_token(user)}/"
    context = {
        "name": user.name,
        "link": link,
        "site": settings.SITE_NAME,
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    text = render_to_string("identity/mail/password_reset.txt", context)
    send_mail(_("找回密码"), text, None, [user.email])
