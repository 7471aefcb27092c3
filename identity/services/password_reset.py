"""A forgotten password (P6): ID number and e-mail ask for it, a link that works once sets a new one.

Staff ask by their login name.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from core import audit
from identity import captcha, tokens
from identity.acting import STAFF
from identity.backends import key_of, login_key, owner_of
from identity.errors import LinkUsed, WeakPassword
from identity.lockout import account_of, forgive
from identity.models import PasswordReset, User
from identity.services.endings import end_what_runs
from identity.services.login_sessions import end_other_sessions

_LEASE = timedelta(minutes=2)
_AGAIN_AFTER = timedelta(minutes=5)
"""One person isn't mailed more often, however often he, or somebody else, asks."""
_KEPT = timedelta(hours=1)


def ask_reset(
    *, user_type: str, id_type: str, id_number: str, email: str, captcha_key: str, captcha_answer: str, now: datetime
) -> int:
    """Note that somebody asks; gives the row's id. Staff give their login name as `id_number`.

    Nothing is looked up here: the answer, and the work, are the same for a known number and an unknown one. Raises
    CaptchaInvalid.
    """
    captcha.verify(key=captcha_key, answer=captcha_answer, now=now)
    typed = {"username": id_number.strip()}
    account = account_of(None, typed) if user_type == STAFF else login_key(id_type, id_number)
    return PasswordReset.objects.create(account=account, email=email.strip(), asked_at=now).pk


def send_reset(*, reset_id: int, now: datetime) -> bool:
    """Look for the account and mail the link; whether a mail went out. Claimed by a lease, so it is safe twice."""
    if not _waiting(now).filter(pk=reset_id).update(claimed_until=now + _LEASE):
        return False
    row = PasswordReset.objects.get(pk=reset_id)
    lately = PasswordReset.objects.filter(account=row.account, mailed_at__gt=now - _AGAIN_AFTER)
    user = owner_of(row.account)
    is_owners = user is not None and user.is_active and bool(row.email) and user.email.lower() == row.email.lower()
    mails = is_owners and not lately.exists()
    if user is not None and mails:
        _mail(user)
    PasswordReset.objects.filter(pk=reset_id).update(email="", done_at=now, mailed_at=now if mails else None)
    return mails


def waiting_resets(*, now: datetime) -> list[int]:
    """Rows that no worker holds; and the old ones go."""
    PasswordReset.objects.filter(asked_at__lt=now - _KEPT).delete()
    return list(_waiting(now).order_by("pk").values_list("pk", flat=True)[:100])


def _waiting(now: datetime) -> QuerySet[PasswordReset]:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    return PasswordReset.objects.filter(free, done_at__isnull=True)


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


def link_minutes() -> int:
    """How long a link works."""
    return settings.PASSWORD_RESET_TIMEOUT // 60


def _mail(user: User) -> None:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    link = f"{settings.SITE_URL}/password/reset/{uid}/{default_token_generator.make_token(user)}/"
    context = {
        "name": user.name,
        "link": link,
        "site": settings.SITE_NAME,
        "minutes": link_minutes(),
    }
    text = render_to_string("identity/mail/password_reset.txt", context)
    send_mail(_("找回密码"), text, None, [user.email])
