"""Reading one's own messages."""

from registry.inbox.queries.reading import MessageView, message_of, messages_of, unread_count

__all__ = ["MessageView", "message_of", "messages_of", "unread_count"]
