"""Sending messages by mail. The waiting row is the job, claimed with a lease: a killed worker loses nothing."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from registry.inbox.models import Message

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (2, 10, 60, 360, 1440))
"""How long to wait after the first, second … failure; after the last one it is given up."""
_AT_ONCE = 100


def send_waiting_mails(*, now: datetime) -> int:
    """Send what is due, the oldest first; gives how many went out. Any number may run at once: each row is claimed."""
    due = Message.objects.filter(mail=Message.Mail.WAITING, mail_after__lte=now).order_by("mail_after", "pk")
    connection = get_connection()
    return sum(_send(message, connection, now) for message in due.select_related("user")[:_AT_ONCE])


def _send(message: Message, connection: BaseEmailBackend, now: datetime) -> bool:
    claim = now + LEASE
    waiting = Message.objects.filter(pk=message.pk, mail=Message.Mail.WAITING, mail_after=message.mail_after)
    if not waiting.update(mail_after=claim, mail_tries=message.mail_tries + 1):
        return False
    claimed = Message.objects.filter(pk=message.pk, mail=Message.Mail.WAITING, mail_after=claim)
    user = message.user
    if not (user.wants_mail and user.email and user.is_active):
        claimed.update(mail=Message.Mail.NONE, mail_after=None)
        return False
    try:
        _letter(message, user.email, connection).send()
    except (OSError, ValueError) as failure:
        # OSError: the server can't be reached or refuses (smtplib's are OSErrors); ValueError: no valid address.
        logger.warning(
            "mail %s failed for the %s. time: %s", message.pk, message.mail_tries + 1, type(failure).__name__
        )
        _try_later(message, claim, now)
        return False
    claimed.update(mail=Message.Mail.SENT, mail_after=None)
    return True


def _try_later(message: Message, claim: datetime, now: datetime) -> None:
    claimed = Message.objects.filter(pk=message.pk, mail=Message.Mail.WAITING, mail_after=claim)
    if message.mail_tries < len(DELAYS):
        claimed.update(mail_after=now + DELAYS[message.mail_tries])
    else:
        claimed.update(mail=Message.Mail.FAILED, mail_after=None)


def _letter(message: Message, address: str, connection: BaseEmailBackend) -> EmailMessage:
    parts = [_("%(name)s，你好：") % {"name": message.user.name}, message.title]
    parts += [message.body] if message.body else []
    parts += [settings.SITE_URL + message.link] if message.link else []
    parts.append(_("不想再收邮件，可以在“消息”里关掉：%(address)s") % {"address": f"{settings.SITE_URL}/me/messages/"})
    return EmailMessage(
        subject=f"[{settings.SITE_NAME}] {' '.join(message.title.split())}",
        body="\n\n".join(parts),
        to=[address],
        connection=connection,
    )
