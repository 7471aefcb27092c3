"""Correcting who somebody is, by evidence (S1). Who may, and who confirms it, is said by `registry.people`."""

from datetime import datetime

from django.db import IntegrityError, transaction

from identity import id_numbers
from identity.errors import IdNumberTaken
from identity.models import AccessToken, User
from identity.services.endings import end_what_runs
from identity.services.login_sessions import end_other_sessions


def correct_name(*, user_id: int, name: str) -> None:
    """The name on his papers; records already frozen keep the one they were written with."""
    User.objects.filter(pk=user_id).update(name=name)


@transaction.atomic
def correct_id_number(*, user_id: int, id_type: str, id_number: str, now: datetime) -> None:
    """Another ID number: from now on he logs in with it. Sessions, tokens and what runs end.

    Raises IdNumberInvalid, IdNumberTaken.
    """
    number = id_numbers.validate(id_type, id_number)
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    user.id_type, user.id_number = id_type, number
    user.id_digest = id_numbers.digest(id_type, number)
    try:
        with transaction.atomic():
            user.save(update_fields=["id_type", "id_number", "id_digest"])
    except IntegrityError:
        raise IdNumberTaken("id_number") from None
    AccessToken.objects.filter(user_id=user_id).delete()
    end_other_sessions(user_id=user_id, session_key=None)
    end_what_runs(user_id=user_id, reason="password", now=now)
