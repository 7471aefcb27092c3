"""What somebody whose unit was turned back had filled in, for the form in which he registers it again."""

from dataclasses import dataclass
from typing import Any

from identity import queries as identity
from registry.approvals import queries as cases


@dataclass(frozen=True, slots=True)
class FormerUnit:
    """A registration that was turned back: who did it and why, and the values of the form by field."""

    kind: str
    reviewer: str
    phone: str
    reason: str
    values: dict[str, Any]


def former_unit_registration(case_id: int, kind: str) -> FormerUnit | None:
    """The registration of this case where it was turned back and nothing was sent since, else None.

    Holds the ID number: only for who gave his password just now (the login keeps the id in his session).
    """
    case = cases.last_rejected(case_id, [f"{kind}_registration"])
    if case is None or case.rejection is None:
        return None
    person = identity.given_before(case.applicant_id)
    rejection = case.rejection
    return FormerUnit(
        kind,
        rejection.reviewed_for or rejection.organisation_name,
        rejection.phone,
        rejection.opinion.rstrip("。"),
        {**case.payload["after"], **person, "name": case.payload["after"]["name"], "administrator": person["name"]},
    )
