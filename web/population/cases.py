"""Open registrations of people whose membership is in review, as their rows would stand."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from identity import id_numbers
from web.population.copying import Table, next_id, write
from web.population.people import People, named, numbered, stated

KIND, MODULE = "technician_registration", "registrations"
_CASES = Table(
    "approvals.Case",
    [
        "id",
        "kind",
        "state",
        "applicant_id",
        "organisation_id",
        "subject_kind",
        "subject_id",
        "title",
        "summary",
        "payload",
        "marks",
        "opened_at",
    ],
)
_STEPS = Table(
    "approvals.Step",
    [
        "case_id",
        "number",
        "organisation_id",
        "module",
        "kind",
        "is_odd",
        "submitted_at",
        "state",
        "opened_at",
        "due_at",
        "rises_at",
    ],
)


def open_registrations(people: People, serials: list[int], now: datetime) -> None:
    """A case with its open step for each of these people, the older ones first."""
    first = next_id("approvals.Case")
    write(_CASES, _cases(people, serials, first, now))
    write(_STEPS, _steps(people, serials, first, now))


def _opened(at: int, now: datetime) -> datetime:
    return now - timedelta(minutes=3 * (at % 4_000))


def _is_odd(at: int) -> bool:
    return at % 25 == 0


def _cases(people: People, serials: list[int], first: int, now: datetime) -> Iterator[tuple[object, ...]]:
    for at, serial in enumerate(serials):
        number, born = numbered(serial)
        summary = {
            "sex": "男" if id_numbers.sex(number) == "M" else "女",
            "age": now.year - born.year,
            "department": "",
            "department_id": None,
            "id_masked": id_numbers.mask(number),
            "mobile_masked": id_numbers.mask_mobile(f"1990{serial % 10_000_000:07}"),
            "title": "无",
        }
        marks = [{"code": "mobile_shared", "text": "同一手机号 3 人在用"}] if _is_odd(at) else []
        user = people.user_id + serial
        yield (
            first + at,
            KIND,
            "open",
            user,
            people.unit_of(serial).id,
            "user",
            user,
            named(serial),
            json.dumps(summary, ensure_ascii=False),
            json.dumps({"before": {}, "after": _asked(people, serial, number, born)}, ensure_ascii=False),
            json.dumps(marks, ensure_ascii=False),
            _opened(at, now),
        )


def _asked(people: People, serial: int, number: str, born: date) -> dict[str, object]:
    """The payload of a registration, as the page would have sent it."""
    profile = stated(serial, id_numbers.sex(number), born)
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in profile.items()}
    missing = {"postdoctoral": False, "post": "", "rank": "", "effective_on": "", "certificate_no": ""}
    own = {"organisation": people.unit_of(serial).id, "department": None, "name": named(serial)}
    return {**own, **missing, **plain}


def _steps(people: People, serials: list[int], first: int, now: datetime) -> Iterator[tuple[object, ...]]:
    for at, serial in enumerate(serials):
        opened = _opened(at, now)
        due = opened + timedelta(days=2)
        yield (
            first + at,
            1,
            people.unit_of(serial).id,
            MODULE,
            KIND,
            _is_odd(at),
            opened,
            "open",
            opened,
            due,
            due,
        )
