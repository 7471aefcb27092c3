"""Reading one's own messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator

from registry.inbox.models import Message

PAGE = 20


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as its reader sees it."""

    id: int
    at: datetime
    kind: str
    title: str
    body: str
    link: str
    is_read: bool


def unread_count(user_id: int) -> int:
    """How many messages wait to be read."""
    return Message.objects.filter(user_id=user_id, read_at__isnull=True).count()


def message_of(user_id: int, message_id: int) -> MessageView | None:
    """One's own message, None for any other."""
    found = Message.objects.filter(pk=message_id, user_id=user_id).first()
    return _view(found) if found else None


def messages_of(user_id: int, *, unread: bool = False, page: int = 1, size: int = PAGE) -> Page[MessageView]:
    """A page of one's messages, the newest first; a page beyond the last is the last. Two queries."""
    rows = Message.objects.filter(user_id=user_id).order_by("-at", "-pk")
    if unread:
        rows = rows.filter(read_at__isnull=True)
    found = Paginator(rows, size).get_page(page)
    views: Sequence[MessageView] = [_view(row) for row in found.object_list]
    return Page(views, found.number, found.paginator)  # type: ignore[arg-type]  # the paginator counts rows


def export_messages(user_id: int) -> list[dict[str, object]]:
    """The inbox's part of what is stored on somebody."""
    rows = Message.objects.filter(user_id=user_id).order_by("-at", "-pk")
    return [dict(row) for row in rows.values("at", "kind", "title", "body", "link", "read_at", "mail")]


def _view(row: Message) -> MessageView:
    return MessageView(row.pk, row.at, row.kind, row.title, row.body, row.link, row.read_at is not None)
