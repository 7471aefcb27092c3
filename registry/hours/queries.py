"""Reading the ledger."""

from dataclasses import dataclass
from decimal import Decimal

from registry.hours.models import AnnualRecord, HourEntry, YearTarget

DEFAULT_PUBLIC = Decimal(30)
DEFAULT_PROFESSIONAL = Decimal(60)
_NONE = Decimal(0)


@dataclass(frozen=True)
class YearTotals:
    """A person's year: hours earned against what the year asks. All figures are credit hours (学时)."""

    year: int
    public_hours: Decimal
    professional_hours: Decimal
    public_target: Decimal
    professional_target: Decimal

    @property
    def total_hours(self) -> Decimal:
        return self.public_hours + self.professional_hours

    @property
    def target_hours(self) -> Decimal:
        return self.public_target + self.professional_target

    @property
    def public_missing(self) -> Decimal:
        return max(self.public_target - self.public_hours, _NONE)

    @property
    def professional_missing(self) -> Decimal:
        return max(self.professional_target - self.professional_hours, _NONE)

    @property
    def complete(self) -> bool:
        """Each subject's target is met; too much of one doesn't stand in for the other."""
        return not self.public_missing and not self.professional_missing


def _targets(years: range) -> dict[int, tuple[Decimal, Decimal]]:
    rows = YearTarget.objects.filter(year__in=years).values_list("year", "public_hours", "professional_hours")
    return {year: (public, professional) for year, public, professional in rows}


def years(user_id: int, from_year: int, to_year: int) -> list[YearTotals]:
    """One row a year of the closed range, newest first, also for years without an entry. Two queries."""
    span = range(from_year, to_year + 1)
    targets = _targets(span)
    records = {record.year: record for record in AnnualRecord.objects.filter(user_id=user_id, year__in=span)}
    found = []
    for year in reversed(span):
        record = records.get(year)
        public_target, professional_target = targets.get(year, (DEFAULT_PUBLIC, DEFAULT_PROFESSIONAL))
        found.append(
            YearTotals(
                year=year,
                public_hours=record.public_hours if record else _NONE,
                professional_hours=record.professional_hours if record else _NONE,
                public_target=public_target,
                professional_target=professional_target,
            )
        )
    return found


def totals(user_id: int, year: int) -> YearTotals:
    """The totals of one year."""
    return years(user_id, year, year)[0]


def first_year(user_id: int) -> int | None:
    """The earliest year this person has a record of, or None."""
    return AnnualRecord.objects.filter(user_id=user_id).order_by("year").values_list("year", flat=True).first()


def entries(user_id: int, year: int) -> list[HourEntry]:
    """Every entry of the year, newest first. One query."""
    return list(HourEntry.objects.filter(user_id=user_id, year=year).order_by("-earned_on", "-pk"))


def credited_keys(user_id: int, source_kind: str, source_keys: list[str]) -> dict[str, Decimal]:
    """Of these sources, the ones already in the ledger with their recognised hours. One query."""
    rows = HourEntry.objects.filter(user_id=user_id, source_kind=source_kind, source_key__in=source_keys)
    return dict(rows.values_list("source_key", "recognised"))


def targets(year: int) -> tuple[Decimal, Decimal]:
    """What the year asks of everybody: public and professional hours."""
    return _targets(range(year, year + 1)).get(year, (DEFAULT_PUBLIC, DEFAULT_PROFESSIONAL))


def export_hours(user_id: int) -> dict[str, list[dict[str, object]]]:
    """The ledger's part of what is stored on somebody (X7)."""
    entries = HourEntry.objects.filter(user_id=user_id).order_by("-earned_on", "-pk")
    records = AnnualRecord.objects.filter(user_id=user_id).order_by("-year")
    columns = ("year", "subject", "title", "asked", "recognised", "earned_on", "source_kind", "created_at")
    return {
        "years": list(records.values("year", "public_hours", "professional_hours")),
        "entries": list(entries.values(*columns)),
    }
