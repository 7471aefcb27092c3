"""Who stands in for whom."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from identity.acting import ActingRole
from registry.approvals.models import Deputy


@dataclass(frozen=True, slots=True)
class DeputyView:
    """One's own deputy, present or to come."""

    id: int
    name: str
    starts_on: date
    ends_on: date
    is_now: bool


def deputies_of(role: ActingRole, *, now: datetime) -> tuple[DeputyView, ...]:
    """The deputies this administrator has named and not recalled, whose time isn't over. One query."""
    today = timezone.localdate(now)
    rows = (
        Deputy.objects.filter(absent_id=role.membership_id, recalled_at__isnull=True, ends_on__gte=today)
        .select_related("deputy__user")
        .order_by("starts_on", "pk")
    )
    return tuple(
        DeputyView(row.pk, row.deputy.user.name, row.starts_on, row.ends_on, row.starts_on <= today) for row in rows
    )
