"""Keeping what shows that an act of support was right (S1)."""

from datetime import datetime

from core.attachments import Attachment, keep
from registry.units.models import Evidence


def keep_evidence(*, attachment: Attachment, actor_id: int, now: datetime) -> int:
    """Store a checked file (`core.attachments.checked`); gives its id. In the transaction of the act it belongs to."""
    made = Evidence.objects.create(
        name=attachment.name,
        kind=attachment.kind,
        stored=keep(attachment),
        size=len(attachment.content),
        digest=attachment.digest,
        kept_by_id=actor_id,
        kept_at=now,
    )
    return made.pk
