"""Enrolling (L1)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cms.queries import class_terms
from identity.acting import ActingRole
from learning.eligibility import check_may_enrol
from learning.errors import NotALearner, PaymentRequired
from learning.models import Enrolment
from learning.services.paid import restore_enrolment


@transaction.atomic
def enrol(*, actor: ActingRole, class_id: int, now: datetime) -> tuple[Enrolment, bool]:
    """Enrol in a free class; the second answer is False where he is in it already, whatever has changed since.

    Raises what `check_may_enrol` raises, and PaymentRequired for a class that costs something.
    """
    terms = class_terms(class_id)
    if not actor.is_learner:
        raise NotALearner
    found = Enrolment.objects.filter(
        user_id=actor.user_id, class_page_id=class_id, state=Enrolment.State.ACTIVE
    ).first()
    if found:
        return found, False
    check_may_enrol(actor, terms, timezone.localdate(now))
    if terms.price_fen:
        raise PaymentRequired
    enrolment, created = Enrolment.objects.get_or_create(
        user_id=actor.user_id,
        class_page_id=class_id,
        defaults={"syllabus_version": terms.version, "enrolled_at": now},
    )
    # Whose money was given back may come again when the class costs nothing: to where he was.
    restored = not created and restore_enrolment(enrolment_id=enrolment.pk, now=now)
    return (Enrolment.objects.get(pk=enrolment.pk) if restored else enrolment), created or restored
