"""Writing the audit trail. Call it in the transaction of the act it tells of."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.models import AuditEntry


def record(
    *,
    act: str,
    now: datetime,
    actor_id: int | None,
    acting_as: str = "",
    address: str | None = None,
    target: tuple[str, object] = ("", ""),
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry (security.md: someone is accountable). Never pass a full ID number, mobile or password."""
    kind, key = target
    return AuditEntry.objects.create(
        at=now,
        actor_id=actor_id,
        acting_as=acting_as,
        address=address,
        act=act,
        target_kind=kind,
        target_id=str(key),
        before=before or {},
        after=after or {},
    )


def entries_of(kind: str, key: object) -> QuerySet[AuditEntry]:
    """What was written of one target, the newest first."""
    return AuditEntry.objects.filter(target_kind=kind, target_id=str(key)).order_by("-at", "-pk")
