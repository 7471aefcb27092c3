"""Telling people something, and what they do with it (S2)."""

from registry.inbox.services.keeping import drop_old, forget, mark_all_read, mark_read
from registry.inbox.services.mailing import send_waiting_mails
from registry.inbox.services.sending import send

__all__ = ["drop_old", "forget", "mark_all_read", "mark_read", "send", "send_waiting_mails"]
