"""API tokens: opaque to the client, kept as a hash, expiring, revocable. Made and hashed by knox."""

from datetime import datetime, timedelta
from typing import cast

from django.utils.crypto import constant_time_compare
from knox.crypto import hash_token
from knox.models import get_digest_token
from knox.settings import CONSTANTS, knox_settings

from identity.models import AccessToken, User

REFRESH = timedelta(minutes=5)
"""How often at most a token in use is noted to be so."""


def find(text: str, now: datetime) -> AccessToken | None:
    """The token of that text that holds now, of a user who may log in. One query, with all a role needs; now and then
    one more that notes its use.
    """
    token = (
        AccessToken.objects.filter(digest=hash_token(text), expiry__gt=now, user__is_active=True)
        .select_related("user", "membership__organisation__region")
        .first()
    )
    same = token is not None and constant_time_compare(token.auth_hash, token.user.get_session_auth_hash())
    if token is None or not same:
        return None
    if token.seen_at is None or now - token.seen_at > REFRESH:
        AccessToken.objects.filter(pk=token.pk).update(seen_at=now)
    return token


def issue(
    *, user: User, membership_id: int | None, device: str, address: str | None, now: datetime
) -> tuple[AccessToken, str]:
    """A new token and its text, which is told once. Expired ones of this user are swept away."""
    AccessToken.objects.filter(user=user, expiry__lte=now).delete()
    digest, text = get_digest_token()
    token = AccessToken(
        user=user,
        membership_id=membership_id,
        digest=digest,
        token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH],
        expiry=now + cast(timedelta, knox_settings.TOKEN_TTL),
        auth_hash=user.get_session_auth_hash(),
        device=device,
        address=address,
        seen_at=now,
    )
    token.save(force_insert=True)
    return token, text


def keep_only(*, user: User, kept: AccessToken | None) -> None:
    """After a password change: the token that asked for it goes on, all others go."""
    AccessToken.objects.filter(user=user).exclude(pk=kept.pk if kept else "").delete()
    if kept:
        AccessToken.objects.filter(pk=kept.pk).update(auth_hash=user.get_session_auth_hash())
