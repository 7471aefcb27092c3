"""Reading messages, and letting them go."""

from datetime import datetime, timedelta

from registry.inbox.models import Message

KEPT = timedelta(days=365)
_DROPPED_AT_ONCE = 5000


def mark_read(*, user_id: int, message_id: int, now: datetime) -> None:
    """One's own message is read; a second time changes nothing. Raises Message.DoesNotExist for others'."""
    Message.objects.only("pk").get(pk=message_id, user_id=user_id)
    Message.objects.filter(pk=message_id, read_at__isnull=True).update(read_at=now)


def mark_all_read(*, user_id: int, now: datetime) -> int:
    """All of one's messages are read; gives how many weren't yet."""
    return Message.objects.filter(user_id=user_id, read_at__isnull=True).update(read_at=now)


def drop_old(*, now: datetime) -> int:
    """Messages are kept for a year; gives how many went. Runs in parts, so that it never holds the table long."""
    ids = Message.objects.filter(at__lt=now - KEPT).order_by("at").values_list("pk", flat=True)[:_DROPPED_AT_ONCE]
    return Message.objects.filter(pk__in=list(ids)).delete()[0]


def forget(*, user_id: int) -> int:
    """All of somebody's messages go, with his account (X7)."""
    return Message.objects.filter(user_id=user_id).delete()[0]
