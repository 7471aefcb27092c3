"""Permits of units without a credit code (登记凭证, S1): support sees the papers, the unit registers with the number.

So the administrator's password, proof and promise stay his own, and the superior reviews the unit like any other.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import get_random_string

from core import audit
from core.attachments import Attachment
from core.errors import FieldRefusal, FieldRefusals
from identity import rules
from identity.acting import ActingRole
from identity.errors import Missing
from registry.units import credit_codes
from registry.units.errors import PermitUnknown
from registry.units.models import Permit
from registry.units.services.evidence import keep_evidence
from registry.units.services.reasons import stated

HOLDS_FOR = timedelta(days=30)
_PREFIX = "XK"
_LETTERS = "23456789ABCDEFGHJKLMNPQRTUWXY"
"""None that is taken for another one."""
_PLACES = 10
_FREE = Q(used_for__isnull=True) | Q(used_for__state__in=["rejected", "deleted"])


@transaction.atomic
def give_permit(
    *,
    actor: ActingRole,
    unit_name: str,
    reason: str,
    evidence: Attachment,
    now: datetime,
    address: str | None = None,
) -> int:
    """Let the unit of this name register without a credit code, within 30 days; gives the permit's id.

    Raises FieldRefusals, ReasonMissing.
    """
    name = unit_name.strip()
    faults: list[FieldRefusal] = [
        *rules.text_faults({"unit_name": (name, 120)}),
        *([] if name else [Missing("unit_name")]),
    ]
    if faults:
        raise FieldRefusals(faults)
    made = Permit.objects.create(
        number=_PREFIX + get_random_string(_PLACES, _LETTERS),
        unit_name=name,
        reason=stated(reason),
        evidence_id=keep_evidence(attachment=evidence, actor_id=actor.user_id, now=now),
        given_by_id=actor.user_id,
        given_at=now,
        expires_at=now + HOLDS_FOR,
    )
    audit.record(
        act="permit.give",
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        address=address,
        target=("permit", made.pk),
        after={"unit": name, "reason": made.reason, "evidence": made.evidence_id},
    )
    return made.pk


def is_permit_number(text: str) -> bool:
    """Whether somebody wrote a permit's number where a credit code goes."""
    number = credit_codes.normalise(text)
    return len(number) == len(_PREFIX) + _PLACES and number.startswith(_PREFIX)


def require_permit(*, number: str, unit_name: str, unused: bool, now: datetime | None = None) -> None:
    """Raises PermitUnknown (`credit_code`) where there is none of this number for the unit of this name; with `unused`
    also for one that a registration holds, with `now` for one that is out of date.
    """
    known = Permit.objects.filter(number=credit_codes.normalise(number), unit_name=unit_name.strip())
    if unused:
        known = known.filter(_FREE)
    if now is not None:
        known = known.filter(expires_at__gt=now)
    if not known.exists():
        raise PermitUnknown("credit_code")


@transaction.atomic
def use_permit(*, number: str, unit_name: str, organisation_id: int, now: datetime) -> None:
    """The registration that was just written down is the one it was given for. Raises PermitUnknown where another one
    that stands or is in review used it, or it is out of date.
    """
    good = Permit.objects.filter(
        _FREE, number=credit_codes.normalise(number), unit_name=unit_name.strip(), expires_at__gt=now
    )
    ids = list(good.values_list("pk", "used_for_id"))
    used = [Permit.objects.filter(pk=pk, used_for_id=before).update(used_for_id=organisation_id) for pk, before in ids]
    if not any(used):
        raise PermitUnknown("credit_code")
