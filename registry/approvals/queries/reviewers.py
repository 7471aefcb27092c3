"""Who reviews what is sent to an organisation, and how to reach them."""

from dataclasses import dataclass

from identity import queries as identity


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The organisation that decides. `instead_of`: the unit it stands in for, because nobody administers that one."""

    name: str
    phone: str
    instead_of: str = ""


def reviewer_of(organisation_id: int) -> Reviewer:
    """Who reviews for this unit: itself, or the nearest superior with an administrator. At most four queries."""
    unit = identity.organisation(organisation_id)
    if not identity.is_staffed(organisation_id):
        above = identity.nearest_staffed_above(organisation_id)
        if above is not None:
            superior = identity.organisation(above)
            return Reviewer(superior.name, superior.phone, unit.name)
    return Reviewer(unit.name, unit.phone)
