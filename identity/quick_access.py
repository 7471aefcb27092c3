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
from django.db import connection
from django.utils.crypto import constant_time_compare
from knox.crypto import hash_token

from core.conditions import Condition
from identity import tokens
from identity.acting import SESSION_ROLE
from identity.models import Membership, User
from identity.models.user import session_hash
from identity.services.login_sessions import REFRESH_SECONDS, keep_awake
from identity.sessions import SEEN_AT

MOST = 16_384
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
_FIND = {
    "sqlite": """SELECT p.session_data, u.id, u.password, u.id_digest, m.id
FROM django_session p, identity_loginsession l, identity_user u, identity_membership m
WHERE p.session_key = %(who_session)s AND p.expire_date > %(who_now)s AND l.session_key = p.session_key
AND u.id = l.user_id AND u.is_active AND NOT u.is_staff AND NOT u.must_change_password
AND m.user_id = u.id AND m.kind = 'technician' AND m.state = 'active'""",
    "postgresql": "SELECT * FROM identity_learner_of_session(%(who_session)s, %(who_now)s)",
}
"""Who has logged in with a session, if he is a learner; nobody is a technician twice."""


@dataclass(frozen=True, slots=True)
class _Learner:
    """What a proof rests on."""

    user_id: int
    password: str
    id_digest: bytes | None
    membership_id: int


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
    mine = token.membership if token else None
    if token is None or mine is None or not _may_act(token.user, mine):
        return None
    until = min(now + timedelta(seconds=REFRESH_SECONDS), token.expiry)
    learner = _Learner(token.user_id, token.user.password, _bytes(token.user.id_digest), mine.pk)
    proof = _proof("token", learner, until, {"who_token": hash_token(text)})
    _remember(f"t:{text}", proof)
    return proof


def _may_act(user: User, mine: Membership) -> bool:
    """As `_LEARNER`. Staff may need a second factor, which isn't asked here: they go the ordinary way."""
    is_plain = user.is_active and not user.is_staff and not user.must_change_password
    return is_plain and mine.kind == Membership.Kind.TECHNICIAN and mine.state == Membership.State.ACTIVE


def prove_session(key: str, now: datetime) -> tuple[Proof, SessionBase] | None:
    """Look up whose session this is; None for anything but a learner who may act now. One query beside the session.

    Where its use was noted the session is `modified` and whoever asks stores it, as `keep_awake` says.
    """
    values = {"who_session": key, "who_now": connection.ops.adapt_datetimefield_value(now)}
    with connection.cursor() as cursor:
        cursor.execute(_FIND[connection.vendor], values)
        row = cursor.fetchone()
    if row is None:
        return None
    text, learner = row[0], _Learner(row[1], row[2], _bytes(row[3]), row[4])
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if not _is_his(session.decode(text), learner) or session.get(SESSION_KEY) != str(learner.user_id):
        return None
    if not keep_awake(session=session, now=now):
        return None
    seconds = min(REFRESH_SECONDS, session.get_expiry_age())
    until = datetime.fromtimestamp(session[SEEN_AT] + seconds, now.tzinfo)
    proof = _proof("session", learner, until, {"who_session": key, "who_data": text})
    if not session.modified:
        _remember(f"s:{key}", proof)
    return proof, session


def _is_his(found: dict[str, Any], learner: _Learner) -> bool:
    """Whether all that a session says of its user is so."""
    same = constant_time_compare(
        str(found.get(HASH_SESSION_KEY, "")), session_hash(learner.password, learner.id_digest)
    )
    says = (found.get(SESSION_KEY), found.get(SESSION_ROLE))
    is_known = found.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    return same and is_known and says == (str(learner.user_id), str(learner.membership_id))


def _bytes(digest: Any) -> bytes | None:
    return None if digest is None else bytes(digest)


def _proof(of: str, learner: _Learner, until: datetime, values: dict[str, Any]) -> Proof:
    values |= {
        "who_user": learner.user_id,
        "who_password": learner.password,
        "who_digest": learner.id_digest,
        "who_membership": learner.membership_id,
    }
    return Proof(learner.user_id, until, Condition(_HOLDS[connection.vendor, of].format(learner=_LEARNER), values))


def _remember(bearer: str, proof: Proof) -> None:
    if len(_remembered) >= MOST:
        _remembered.clear()  # all are found again, a query each
    _remembered[bearer] = proof


def forget_proofs() -> None:
    """Let go of what is remembered: in tests the next rows may have the same ids."""
    _remembered.clear()
