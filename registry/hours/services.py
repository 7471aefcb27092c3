"""Writing the ledger: crediting, and nothing else writes `HourEntry` or `AnnualRecord`."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registry.hours.errors import NothingToCredit
from registry.hours.models import AnnualRecord, HourEntry, Subject, YearTarget


@transaction.atomic
def credit(
    *,
    user_id: int,
    subject: str,
    hours: Decimal,
    title: str,
    source_kind: str,
    source_key: str,
    now: datetime,
    year: int | None = None,
) -> bool:
    """Enter `hours` once for this source and add them to the year's record (L7, mechanism 3).

    `source_kind` + `source_key` name what was learned (a class, a course of it); a second call for the same source
    changes nothing and answers False. `year` is the class's own year, else the local year of `now`.
    Raises NothingToCredit for hours that aren't positive.
    """
    if hours <= 0:
        raise NothingToCredit
    today = timezone.localdate(now)
    entry, created = HourEntry.objects.get_or_create(
        user_id=user_id,
        source_kind=source_kind,
        source_key=source_key,
        defaults={
            "year": year or today.year,
            "subject": Subject(subject),
            "title": title,
            "asked": hours,
            "recognised": hours,
            "earned_on": today,
            "created_at": now,
        },
    )
    if created:
        _add_to_record(entry)
    return created


def _add_to_record(entry: HourEntry) -> None:
    """Keep the totals in the entry's own transaction; F() so that two entries at once both count."""
    column = "public_hours" if entry.subject == Subject.PUBLIC else "professional_hours"
    AnnualRecord.objects.get_or_create(user_id=entry.user_id, year=entry.year)
    AnnualRecord.objects.filter(user_id=entry.user_id, year=entry.year).update(**{column: F(column) + entry.recognised})


@transaction.atomic
def set_target(*, year: int, public_hours: Decimal, professional_hours: Decimal) -> None:
    """Say what a year asks of everybody."""
    YearTarget.objects.update_or_create(
        year=year, defaults={"public_hours": public_hours, "professional_hours": professional_hours}
    )
