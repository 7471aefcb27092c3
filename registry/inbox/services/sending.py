"""Telling people something (S2)."""

from datetime import datetime

from registry.inbox.models import Message

_TITLE, _LINK = 120, 200


def send(
    *, user_id: int, kind: str, title: str, body: str = "", link: str = "", now: datetime, by_mail: bool = True
) -> int:
    """Put a message into a human's inbox, and by mail where he wants it; gives its id.

    Call it in the transaction of what it tells of. `kind` is a short machine word (`case_passed`), `link` an address of
    this site. Never put ID numbers, mobiles or passwords in.
    """
    mail = Message.Mail.WAITING if by_mail else Message.Mail.NONE
    message = Message.objects.create(
        user_id=user_id,
        at=now,
        kind=kind,
        title=title[:_TITLE],
        body=body,
        link=link if len(link) <= _LINK else "",
        mail=mail,
        mail_after=now,
    )
    return message.pk
