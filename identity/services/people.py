"""Making people and staff. Registration (P2) and imports stand above; here is what they share."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from identity import id_numbers
from identity.errors import IdNumberTaken
from identity.models import User


def create_person(
    *, name: str, id_type: str, id_number: str, password: str | None, now: datetime, mobile: str = "", email: str = ""
) -> User:
    """A human who logs in by ID number (P2). Raises IdNumberInvalid, IdNumberTaken."""
    number = id_numbers.validate(id_type, id_number)
    user = User(
        name=name,
        id_type=id_type,
        id_number=number,
        id_digest=id_numbers.digest(id_type, number),
        mobile=mobile,
        mobile_digest=id_numbers.mobile_digest(mobile),
        email=email,
        date_joined=now,
    )
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise IdNumberTaken("id_number") from None
    return user


@transaction.atomic
def create_staff(
    *,
    username: str,
    name: str,
    password: str | None,
    now: datetime,
    groups: tuple[str, ...] = (),
    is_superuser: bool = False,
) -> User:
    """One of the platform's own people, who logs in by name at /admin/; Wagtail's `groups` by name, made if new."""
    user = User(username=username, name=name, is_staff=True, is_superuser=is_superuser, date_joined=now)
    user.set_password(password)
    user.save(force_insert=True)
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return user
