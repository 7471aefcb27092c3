"""Whose request it is, for the fast lane: found in one query, and only where nothing about it is unusual.

It says yes or it says nothing. A session that has idled, a role that is gone, a password that was changed, something
that must be done first: for each of them the answer is None, and the request goes the ordinary way, which knows what to
say and what to note.
"""

from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from identity import tokens
from identity.acting import SESSION_ROLE, role_for_token, role_of
from identity.first_things import first_thing
from identity.middleware import REFRESH_SECONDS
from identity.models import Membership
from identity.sessions import SEEN_AT

_LEARNER = {"kind": Membership.Kind.TECHNICIAN, "state": Membership.State.ACTIVE, "user__is_active": True}


def learner_of_token(text: str, now: datetime) -> int | None:
    """The user id of the learner whose token this is and who may act now; None for anything else."""
    token = tokens.find(text, now)
    role = role_for_token(token) if token else None
    if token is None or role is None or not role.is_learner or first_thing(token.user, role):
        return None
    return role.user_id


def learner_of_session(key: str, now: datetime) -> int | None:
    """The user id of the learner whose session this is, in use within the last minutes; None for anything else.

    One query, and one that reads the session where there is no cache for it.
    """
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore(key)
    role_id, seen = str(session.get(SESSION_ROLE, "")), session.get(SEEN_AT)
    if (
        not role_id.isdigit()
        or seen is None
        or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS
    ):
        return None
    if now.timestamp() - seen > min(REFRESH_SECONDS, session.get_expiry_age()):
        return None
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    mine = Membership.objects.filter(pk=int(role_id), user_id=session.get(SESSION_KEY), **_LEARNER)
    found = mine.select_related("user", "organisation__region").first()
    if found is None or first_thing(found.user, role_of(found)):
        return None
    same = constant_time_compare(session.get(HASH_SESSION_KEY, ""), found.user.get_session_auth_hash())
    return found.user_id if same else None
