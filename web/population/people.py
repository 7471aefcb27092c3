"""The people: numbers with valid check digits that are nobody's, invented names, profiles, memberships."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from operator import mul
from typing import Any

from django.apps import apps
from django.db.models import Max

from core import crypto
from identity import id_numbers
from web.population import words
from web.population.copying import Table, write
from web.population.province import Unit

_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECKS = "10X98765432"
_FIRST_DAY = date(1966, 1, 1)
_DAYS = 36 * 365
PREFIX = "g-"
"""Of the login names of generated people."""
_USERS = Table(
    "identity.User",
    [
        "id",
        "username",
        "password",
        "name",
        "id_type",
        "id_number",
        "id_digest",
        "mobile",
        "mobile_digest",
        "email",
        "date_joined",
    ],
)
_MEMBERSHIPS = Table("identity.Membership", ["id", "user_id", "kind", "organisation_id", "state", "is_super", "since"])
_STATED = (
    *("sex", "born_on", "ethnicity", "education", "school", "major", "graduated_on", "degree"),
    *("title_series", "title_level", "qualification", "professional_qualification", "professional_level"),
)
_PROFILES = Table("people.Profile", ["user_id", *_STATED, "updated_at"])


def generated_before(prefix: str) -> int:
    """How many have been generated with login names of this prefix; the next serial."""
    users = apps.get_model("identity.User").objects.filter(username__startswith=prefix)
    last = users.aggregate(last=Max("username"))["last"]
    return int(last.removeprefix(prefix)) + 1 if last else 0


def numbered(serial: int) -> tuple[str, date]:
    """The ID number of the person of this serial and the birth date in it; up to 600 million are all different."""
    day, rest = serial % _DAYS, serial // _DAYS
    area, order = words.AREAS[rest % len(words.AREAS)], rest // len(words.AREAS) % 1000
    born = _FIRST_DAY + timedelta(days=day)
    body = f"{area}{born:%Y%m%d}{order:03}"
    return body + check_digit(body), born


def check_digit(body: str) -> str:
    """The last place of an ID number (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(map(mul, map(int, body), _WEIGHTS)) % 11]


def named(serial: int) -> str:
    """An invented name of two or three characters."""
    surname = words.SURNAMES[serial % len(words.SURNAMES)]
    first = words.GIVEN[serial // 7 % len(words.GIVEN)]
    return surname + first + (words.GIVEN[serial // 131 % len(words.GIVEN)] if serial % 4 else "")


class People:
    """Writes people in chunks. `password` is the stored form of the one that all share, or unusable;
    `user_id` and `membership_id` are those that serial 0 would have."""

    def __init__(
        self, *, user_id: int, membership_id: int, password: str, units: list[Unit], in_review: int, now: datetime
    ) -> None:
        self.user_id, self.membership_id = user_id, membership_id
        self._password, self._units, self._now = password, units, now
        self._in_review = in_review
        """Every so-manieth person's registration is still in review."""

    def write(self, serials: range) -> None:
        """People of these serials: user, profile, membership. The ids count with the serials."""
        born: dict[int, tuple[str, date]] = {}

        def users() -> Iterator[tuple[object, ...]]:
            for serial in serials:
                number, day = numbered(serial)
                born[serial] = (id_numbers.sex(number), day)
                mobile = f"1990{serial % 10_000_000:07}"
                yield (
                    self.user_id + serial,
                    f"{PREFIX}{serial:010}",
                    self._password,
                    named(serial),
                    id_numbers.RESIDENT,
                    crypto.encrypt(number),
                    id_numbers.digest(id_numbers.RESIDENT, number),
                    crypto.encrypt(mobile),
                    id_numbers.mobile_digest(mobile),
                    "",
                    self._now,
                )

        write(_USERS, users())
        write(_MEMBERSHIPS, self._memberships(serials))
        write(_PROFILES, self._profiles(born))

    def unit_of(self, serial: int) -> Unit:
        """Where the person works: a few big units and many small ones, as in life."""
        place = (serial * 2_654_435_761 % 4_294_967_296 / 4_294_967_296) ** 2
        return self._units[int(place * len(self._units))]

    def is_in_review(self, serial: int) -> bool:
        return self._in_review > 0 and serial % self._in_review == 0

    def _memberships(self, serials: range) -> Iterator[tuple[object, ...]]:
        for serial in serials:
            state = "in_review" if self.is_in_review(serial) else "active"
            yield (
                self.membership_id + serial,
                self.user_id + serial,
                "technician",
                self.unit_of(serial).id,
                state,
                False,
                self._now,
            )

    def _profiles(self, born: dict[int, tuple[str, date]]) -> Iterator[tuple[object, ...]]:
        for serial, (sex, day) in born.items():
            columns = stated(serial, sex, day)
            yield (self.user_id + serial, *(columns[name] for name in _STATED), self._now)


def stated(serial: int, sex: str, born_on: date) -> dict[str, Any]:
    """What the person of this serial says of himself: a column of `Profile` each, in codes of the national tables."""
    title = words.TITLES[serial % len(words.TITLES)]
    return {
        "sex": sex,
        "born_on": born_on,
        "ethnicity": "01" if serial % 20 else "03",
        "education": words.EDUCATIONS[serial % len(words.EDUCATIONS)],
        "school": "示例大学",
        "major": words.MAJORS[serial % len(words.MAJORS)],
        "graduated_on": date(min(born_on.year + 22, 2025), 6, 30),
        "degree": "4",
        "title_series": title[0],
        "title_level": title[1],
        "qualification": title[2],
        "professional_qualification": "0",
        "professional_level": "0",
    }
