"""How an enrolment stands, as whoever handles its money asks (F3, F4)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cms.queries import syllabi_of, terms_of
from learning.models import Enrolment, LessonProgress
from registry.hours.queries import credited_keys


@dataclass(frozen=True)
class Standing:
    """Whether somebody has begun and finished, and the hours (学时) that the class has brought him."""

    enrolment_id: int
    is_active: bool
    has_begun: bool
    is_finished: bool
    hours: Decimal


def standing_of(enrolment_id: int) -> Standing:
    """How one enrolment stands. Raises Enrolment.DoesNotExist."""
    found = standings_of([enrolment_id])
    if enrolment_id not in found:
        raise Enrolment.DoesNotExist
    return found[enrolment_id]


def standings_of(enrolment_ids: Collection[int]) -> dict[int, Standing]:
    """How these enrolments stand, by id. A constant number of queries for those of one learner."""
    enrolments = list(Enrolment.objects.filter(pk__in=enrolment_ids).order_by("pk"))
    have_begun = begun([enrolment.pk for enrolment in enrolments])
    keys = _credit_keys(enrolments)
    credited: dict[tuple[int, str], dict[str, Decimal]] = {}
    for user_id, kind in {(enrolment.user_id, keys[enrolment.pk][0]) for enrolment in enrolments}:
        asked = [
            key
            for enrolment in enrolments
            if enrolment.user_id == user_id and keys[enrolment.pk][0] == kind
            for key in keys[enrolment.pk][1]
        ]
        credited[user_id, kind] = credited_keys(user_id, kind, asked)
    return {
        enrolment.pk: Standing(
            enrolment_id=enrolment.pk,
            is_active=enrolment.state == Enrolment.State.ACTIVE,
            has_begun=enrolment.pk in have_begun,
            is_finished=enrolment.completed_at is not None,
            hours=_sum(credited[enrolment.user_id, keys[enrolment.pk][0]], keys[enrolment.pk][1]),
        )
        for enrolment in enrolments
    }


def _credit_keys(enrolments: Sequence[Enrolment]) -> dict[int, tuple[str, list[str]]]:
    """By enrolment: the kind of its entries in the ledger, and the keys that they have there."""
    terms = terms_of(enrolment.class_page_id for enrolment in enrolments)
    by_course = [enrolment for enrolment in enrolments if terms[enrolment.class_page_id].subject != "public"]
    syllabi = syllabi_of((enrolment.class_page_id, enrolment.syllabus_version) for enrolment in by_course)
    keys = {enrolment.pk: ("class", [str(enrolment.class_page_id)]) for enrolment in enrolments}
    for enrolment in by_course:
        courses = syllabi[enrolment.class_page_id, enrolment.syllabus_version].courses
        keys[enrolment.pk] = ("course", [f"{enrolment.class_page_id}:{course.block_id}" for course in courses])
    return keys


def _sum(credited: Mapping[str, Decimal], keys: Iterable[str]) -> Decimal:
    return sum((credited[key] for key in keys if key in credited), start=Decimal(0))


def begun(enrolment_ids: Collection[int]) -> frozenset[int]:
    """Those of these enrolments in which something was watched. One query."""
    rows = LessonProgress.objects.filter(enrolment_id__in=enrolment_ids, frontier_ms__gt=0)
    return frozenset(rows.values_list("enrolment_id", flat=True).distinct())


def finished(enrolment_ids: Collection[int]) -> frozenset[int]:
    """Those of these enrolments that are completed. One query."""
    rows = Enrolment.objects.filter(pk__in=enrolment_ids, completed_at__isnull=False)
    return frozenset(rows.values_list("pk", flat=True))


def learning_in(class_id: int, user_ids: Collection[int]) -> frozenset[int]:
    """Those of these people who are in this class. One query."""
    rows = Enrolment.objects.filter(class_page_id=class_id, user_id__in=user_ids, state=Enrolment.State.ACTIVE)
    return frozenset(rows.values_list("user_id", flat=True))
