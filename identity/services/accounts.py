"""Opening an account for somebody else: an administrator registers a colleague, who changes the password at once."""

from datetime import datetime

from identity.errors import IdNumberTaken
from identity.models import User
from identity.services.people import create_person


def open_account(
    *, name: str, id_type: str, id_number: str, mobile: str, email: str, password: str, now: datetime
) -> int | None:
    """A new human who must change the password that somebody chose for him; gives his id, None for a known number.

    Both cost the same work: the password is hashed once. Raises IdNumberInvalid. What else can be wrong is told before
    (`identity.rules`, `password_faults`).
    """
    try:
        made = create_person(
            name=name, id_type=id_type, id_number=id_number, password=password, now=now, mobile=mobile, email=email
        )
    except IdNumberTaken:
        return None
    User.objects.filter(pk=made.pk).update(must_change_password=True)
    return made.pk
