"""The order in which the province is written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from web.population.cases import open_registrations
from web.population.copying import give_back_ids, next_id, without_indexes
from web.population.people import PREFIX, People, generated_before
from web.population.province import Unit, build_province
from web.population.staff import add_administrators

_CHUNK = 20_000
_TABLES = (
    "identity.Organisation",
    "identity.OrganisationGram",
    "identity.User",
    "identity.Membership",
    "people.Profile",
    "approvals.Case",
    "approvals.Step",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything; `password` as it is stored, the same for all."""

    people: int
    units: int
    open_cases: int
    password: str


def populate(plan: Plan, *, now: datetime, say: Callable[[str], object]) -> list[Unit]:
    """Write it all in the caller's transaction; gives the units. People are added to those that stand."""
    with without_indexes(_TABLES):
        units = build_province(units=plan.units, now=now)
        say(f"  {len(units)} 个单位")
        add_administrators(units, password=plan.password, now=now)
        every = plan.people // plan.open_cases if plan.open_cases else 0
        begin = generated_before(PREFIX)
        serials = range(begin, begin + plan.people)
        people = People(
            user_id=next_id("identity.User") - begin,
            membership_id=next_id("identity.Membership") - begin,
            password=plan.password,
            units=units,
            in_review=every,
            now=now,
        )
        for at in range(0, plan.people, _CHUNK):
            people.write(serials[at : at + _CHUNK])
        say(f"  {plan.people} 人")
        open_registrations(people, [serial for serial in serials if people.is_in_review(serial)], now)
    give_back_ids([label for label in _TABLES if label != "people.Profile"])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return units
