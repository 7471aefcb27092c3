"""Writing down who registers (P2–P4): whether his ID number is known is never told, and costs the same work."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from identity import id_numbers
from identity.models import Membership, User


@dataclass(frozen=True, slots=True)
class Registrant:
    """Who a registration was written down for.

    `known`: a role of this human was approved once, or is asked for elsewhere, so nothing of his was touched. `again`:
    he was known but never approved, so what was written replaces what was; `former_name` and `mobile_changed` compare.
    `mobile` is the one he has now.
    """

    user_id: int
    outcome: Literal["new", "again", "known"]
    mobile: str
    former_name: str = ""
    mobile_changed: bool = False


def password_faults(*, password: str, name: str, id_type: str, id_number: str, mobile: str, email: str) -> str:
    """Why this person can't have this password, as one text; empty where he can."""
    stranger = User(name=name, id_type=id_type, id_number=id_number, mobile=mobile, email=email)
    try:
        validate_password(password, stranger)
    except ValidationError as weak:
        return "；".join(text.rstrip("。") for text in weak.messages)
    return ""


@transaction.atomic
def enter_registrant(
    *,
    kind: str,
    name: str,
    id_type: str,
    id_number: str,
    password: str,
    mobile: str,
    email: str,
    landline: str,
    now: datetime,
) -> Registrant:
    """Make the human who asks to become a `kind`, or write over one of whom nothing was ever approved.

    The password is hashed once whatever is known. The row is locked until the transaction ends, so of two registrations
    with one ID number the later one waits and replaces the earlier. Raises IdNumberInvalid.
    """
    number = id_numbers.validate(id_type, id_number)
    digest = id_numbers.digest(id_type, number)
    fields = {
        "name": name,
        "password": make_password(password),
        "mobile": mobile,
        "mobile_digest": id_numbers.mobile_digest(mobile),
        "email": email,
        "landline": landline,
    }
    found = _locked().filter(id_digest=digest).first()
    if found is None:
        try:
            with transaction.atomic():
                made = User(id_type=id_type, id_number=number, id_digest=digest, date_joined=now, **fields)
                made.save(force_insert=True)
                return Registrant(made.pk, "new", mobile)
        except IntegrityError:  # somebody was quicker
            found = _locked().get(id_digest=digest)
    if not _is_free(found, kind):
        return Registrant(found.pk, "known", "")
    User.objects.filter(pk=found.pk).update(**fields)
    mobile_changed = found.mobile_digest is not None and bytes(found.mobile_digest) != fields["mobile_digest"]
    return Registrant(found.pk, "again", mobile, found.name, mobile_changed)


@transaction.atomic
def renew_contacts(*, user_id: int, mobile: str, email: str, landline: str) -> Registrant:
    """Somebody who proved who he is registers: what he gives anew is kept, what he leaves empty stays.

    Locks the row."""
    user = _locked().get(pk=user_id)
    user.email, user.landline = email or user.email, landline or user.landline
    if mobile:
        user.mobile, user.mobile_digest = mobile, id_numbers.mobile_digest(mobile)
    user.save(update_fields=["email", "landline", "mobile", "mobile_digest"])
    return Registrant(user.pk, "again", user.mobile, user.name)


@transaction.atomic
def drop_what_waits(*, user_id: int, kind: str) -> None:
    """Turn back what this human asked to become and nobody decided: he asks anew."""
    waiting = Membership.objects.filter(user_id=user_id, kind=kind, state=Membership.State.IN_REVIEW)
    waiting.update(state=Membership.State.REJECTED)


def _locked() -> QuerySet[User]:
    return User.objects.select_for_update(no_key=True)


def _is_free(user: User, kind: str) -> bool:
    """Whether nothing of this human was ever approved, nor waits to be under another kind."""
    if user.is_staff or not user.is_active or user.closed_at is not None:
        return False
    own = Membership.objects.filter(user_id=user.pk).exclude(state=Membership.State.REJECTED)
    return not own.exclude(state=Membership.State.IN_REVIEW, kind=kind).exists()
