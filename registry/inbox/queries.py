"""Reading one's own messages."""

from registry.inbox.models import Message


def unread_count(user_id: int) -> int:
    """How many messages wait to be read."""
    return Message.objects.filter(user_id=user_id, read_at__isnull=True).count()
