"""Whose request it is, for the fast lane, where nothing about it is unusual.

A proof is looked up once and remembered by this process for as long as the session or token needn't be noted to be in
use, a few minutes. It comes with the condition under which it still holds, which the caller puts into the statement
that writes: a session ended, a password changed, a role that is gone, something to be done first, and nothing is
written. So a remembered proof is as good as one just looked up, and costs no query.

It says yes or it says nothing. Whatever is unusual goes the ordinary way, which knows what to say and what to note.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.crypto import constant_time_compare
from knox.crypto import hash_token

from core.conditions import Condition
from identity import tokens
from identity.acting import SESSION_ROLE
from identity.models import Membership, User
from identity.services.login_sessions import REFRESH_SECONDS, keep_awake
from identity.sessions import SEEN_AT

MOST = 8192
"""Proofs that a process remembers, about a kilobyte each."""

_LEARNER = """u.id = %(who_user)s AND u.password = %(who_password)s AND u.id_digest IS %(who_digest)s
AND u.is_active AND NOT u.is_staff AND NOT u.must_change_password
AND m.id = %(who_membership)s AND m.user_id = u.id AND m.kind = 'technician' AND m.state = 'active'"""
_HOLDS = {
    ("sqlite", "session"): """EXISTS (SELECT 1 FROM django_session p, identity_user u, identity_membership m
WHERE p.session_key = %(who_session)s AND p.session_data = %(who_data)s AND {learner})""",
    ("sqlite", "token"): """EXISTS (SELECT 1 FROM identity_accesstoken p, identity_user u, identity_membership m
WHERE p.digest = %(who_token)s AND p.user_id = u.id AND p.membership_id = m.id AND {learner})""",
    # The same as functions, whose plans the server keeps: migration 0009.
    ("postgresql", "session"): """identity_session_holds(%(who_session)s, %(who_data)s, %(who_user)s,
%(who_password)s, %(who_digest)s, %(who_membership)s)""",
    ("postgresql", "token"): """identity_token_holds(%(who_token)s, %(who_user)s, %(who_password)s,
%(who_digest)s, %(who_membership)s)""",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """This learner sends it, as long as `holds` does and until `until`, when it is to be looked up anew."""

    user_id: int
    until: datetime
    holds: Condition


_remembered: dict[str, Proof] = {}


def remembered(bearer: str, now: datetime) -> Proof | None:
    """What this process knows of a session (`s:…`) or token (`t:…`). No query; good only together with `holds`."""
    proof = _remembered.get(bearer)
    return proof if proof is not None and now < proof.until else None


def prove_token(text: str, now: datetime) -> Proof | None:
    """Look up whose token this is; None for anything but a learner who may act now. One query."""
    token = tokens.find(text, now)
    if token is None or token.membership is None or not _may_act(token.membership):
        return None
    until = min(now + timedelta(seconds=REFRESH_SECONDS), token.expiry)
    proof = _proof("token", token.membership, until, {"who_token": hash_token(text)})
    _remember(f"t:{text}", proof)
    return proof


def prove_session(key: str, now: datetime) -> tuple[Proof, SessionBase] | None:
    """Look up whose session this is; None for anything but a learner who may act now. Two queries.

    Where its use was noted the session is `modified` and whoever asks stores it, as `keep_awake` says.
    """
    text = Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data", flat=True).first()
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore(key)
    found = session.decode(text) if text else {}
    mine = _membership(found) if found and session.get(SESSION_KEY) == found.get(SESSION_KEY) else None
    if mine is None or not keep_awake(session=session, now=now):
        return None
    seconds = min(REFRESH_SECONDS, session.get_expiry_age())
    until = datetime.fromtimestamp(session[SEEN_AT] + seconds, now.tzinfo)
    proof = _proof("session", mine, until, {"who_session": key, "who_data": text})
    if not session.modified:
        _remember(f"s:{key}", proof)
    return proof, session


def _membership(found: dict[str, Any]) -> Membership | None:
    """The membership that a session acts in, where all that the session says of its user is so."""
    role_id = str(found.get(SESSION_ROLE, ""))
    if not role_id.isdigit() or found.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user_id: Any = found.get(SESSION_KEY)
    rows = Membership.objects.filter(pk=int(role_id), user_id=user_id).select_related("user")
    mine = rows.first()
    if mine is None or not _may_act(mine):
        return None
    same = constant_time_compare(found.get(HASH_SESSION_KEY, ""), mine.user.get_session_auth_hash())
    return mine if same else None


def _may_act(mine: Membership) -> bool:
    """As `_LEARNER`. Staff may need a second factor, which isn't asked here: they go the ordinary way."""
    user = mine.user
    is_plain = user.is_active and not user.is_staff and not user.must_change_password
    return is_plain and mine.kind == Membership.Kind.TECHNICIAN and mine.state == Membership.State.ACTIVE


def _proof(of: str, mine: Membership, until: datetime, values: dict[str, Any]) -> Proof:
    user: User = mine.user
    values |= {
        "who_user": user.pk,
        "who_password": user.password,
        "who_digest": user.id_digest and bytes(user.id_digest),
        "who_membership": mine.pk,
    }
    return Proof(user.pk, until, Condition(_HOLDS[connection.vendor, of].format(learner=_LEARNER), values))


def _remember(bearer: str, proof: Proof) -> None:
    if len(_remembered) >= MOST:
        _remembered.clear()  # all are found again, a query each
    _remembered[bearer] = proof


def forget_proofs() -> None:
    """Let go of what is remembered: in tests the next rows may have the same ids."""
    _remembered.clear()
