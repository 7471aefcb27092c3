"""What a row of the reviewer's queue shows of a person, frozen when his case is opened."""

from datetime import date
from typing import Any

from identity import id_numbers
from identity import queries as identity
from identity.queries import UnitPlace
from registry.people import rules
from registry.people.models import Profile, Sex


def summary_of(
    profile: Profile | None, place: UnitPlace | None, today: date, *, user_id: int = 0, qualification: str = ""
) -> dict[str, Any]:
    """In words, ID number and mobile masked. `qualification`: the one asked for, else the present one."""
    own = identity.own_data(profile.pk if profile else user_id)
    return {
        "sex": str(Sex(profile.sex).label) if profile else "",
        "age": rules.age_on(profile.born_on, today) if profile else None,
        "department": place.department_name if place else "",
        "department_id": place.department_id if place else None,
        "id_masked": own.id_masked,
        "mobile_masked": id_numbers.mask_mobile(own.mobile),
        "title": identity.label("qualification", qualification or (profile.qualification if profile else "")),
    }
