"""Resolving a difference of a day's bill: somebody says how it was dealt with."""

from datetime import datetime

from django.db import transaction

from core import audit
from payments.errors import DifferenceGone, NoteMissing
from payments.models import BillDifference
from payments.services.matching import hold_bill, settle


@transaction.atomic
def resolve_difference(
    *, difference_id: int, note: str, actor_id: int, acting_as: str, now: datetime
) -> BillDifference:
    """Say how a difference was dealt with; the last one makes its day matched. Logged.

    Raises NoteMissing, DifferenceGone where somebody was faster or a new run hasn't found it again.
    """
    if not note.strip():
        raise NoteMissing("note")
    bill_id = BillDifference.objects.filter(pk=difference_id).values_list("bill_id", flat=True).first()
    if bill_id is None:
        raise DifferenceGone
    hold_bill(bill_id)  # of two who resolve the last two at once the second sees the first
    open_one = BillDifference.objects.filter(pk=difference_id, resolved_at__isnull=True)
    if not open_one.update(resolved_at=now, resolved_by_id=actor_id, note=note.strip()):
        raise DifferenceGone
    difference = BillDifference.objects.get(pk=difference_id)
    settle(bill_id)
    audit.record(
        act="bill.difference_resolved",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("payments.billdifference", difference.pk),
        before={"kind": difference.kind, "ours_fen": difference.ours_fen, "theirs_fen": difference.theirs_fen},
        after={"note": difference.note},
    )
    return difference
