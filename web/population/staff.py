"""A super administrator for every unit of the province."""

from datetime import date, datetime, timedelta

from core import crypto
from identity import id_numbers
from web.population.copying import Table, next_id, write
from web.population.people import check_digit, generated_before, named
from web.population.province import Unit

_FIRST_DAY = date(1980, 1, 1)
PREFIX = "ga-"
_USERS = Table(
    "identity.User",
    ["id", "username", "password", "name", "id_type", "id_number", "id_digest", "mobile", "date_joined"],
)
_MEMBERSHIPS = Table("identity.Membership", ["id", "user_id", "kind", "organisation_id", "state", "is_super", "since"])


def administrator_number(serial: int) -> str:
    """The ID number of the administrator of the unit of this serial: area 999999 is theirs."""
    day = _FIRST_DAY + timedelta(days=serial // 1000)
    body = f"999999{day:%Y%m%d}{serial % 1000:03}"
    return body + check_digit(body)


def add_administrators(units: list[Unit], *, password: str, now: datetime) -> None:
    """One for each of the units, in their order."""
    user, membership = next_id("identity.User"), next_id("identity.Membership")
    begin = generated_before(PREFIX)
    write(_USERS, (_user(user + at, begin + at, password, now) for at in range(len(units))))
    write(
        _MEMBERSHIPS,
        ((membership + at, user + at, "employer", unit.id, "active", True, now) for at, unit in enumerate(units)),
    )


def _user(pk: int, serial: int, password: str, now: datetime) -> tuple[object, ...]:
    number = administrator_number(serial)
    return (
        pk,
        f"{PREFIX}{serial:010}",
        password,
        named(serial * 3 + 1),
        id_numbers.RESIDENT,
        crypto.encrypt(number),
        id_numbers.digest(id_numbers.RESIDENT, number),
        "",
        now,
    )
