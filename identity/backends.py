"""Password login by login key: the name of a staff account, or `id:<type>:<digest>` for everybody else.

The key never holds an ID number, so whatever keeps it (locks, failure logs) keeps none either.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

from identity import id_numbers
from identity.models import User

_PREFIX = "id:"


def login_key(id_type: str, id_number: str) -> str:
    """The login key of somebody who logs in by ID number, however it was typed."""
    return f"{_PREFIX}{id_type}:{id_numbers.digest(id_type, id_number).hex()}"


def key_of(user: User) -> str:
    """The login key that this user logs in with."""
    return f"{_PREFIX}{user.id_type}:{bytes(user.id_digest).hex()}" if user.id_digest else user.username


def owner_of(key: str) -> User | None:
    """Whose login key this is; closed accounts too."""
    if not key.startswith(_PREFIX):
        return User.objects.filter(username=key, is_staff=True).first()
    id_type, _, encoded = key.removeprefix(_PREFIX).partition(":")
    try:
        digest = bytes.fromhex(encoded)
    except ValueError:
        return None
    return User.objects.filter(Q(id_digest=digest), id_type=id_type).first()


class LoginKeyBackend(ModelBackend):
    """Answers the same, and hashes once, for a wrong password, an unknown account and a closed one (P5)."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if username is None or password is None or "\0" in username:
            return None
        user = owner_of(username)
        if user is None:
            User().set_password(password)
            return None
        right = user.check_password(password)
        return user if right and self.user_can_authenticate(user) else None
