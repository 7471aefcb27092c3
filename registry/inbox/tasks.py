"""What the clock does to messages."""

from celery import shared_task

from core import clock
from registry.inbox import services


@shared_task(name="inbox.send_mails")
def send_mails() -> int:
    """Every half minute: mails that wait, and those that a lost worker had claimed."""
    return services.send_waiting_mails(now=clock.now())


@shared_task(name="inbox.drop_old")
def drop_old() -> int:
    """Every hour: messages older than a year."""
    return services.drop_old(now=clock.now())
