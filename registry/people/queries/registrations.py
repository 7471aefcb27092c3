"""What somebody whose registration was turned back had filled in, for the form in which he does it again."""

from dataclasses import dataclass
from typing import Any

from registry.approvals import queries as cases
from registry.people.models import Profile


@dataclass(frozen=True, slots=True)
class Former:
    """A registration that was turned back: who did it and why, and the values of the form by field."""

    unit: str
    phone: str
    reason: str
    values: dict[str, Any]


def former_registration(case_id: int) -> Former | None:
    """The registration of this case where it was turned back and nothing was sent since, else None.

    Holds the ID number: only for who gave its password just now (the login keeps the id in his session).
    """
    rows = Profile.objects.select_related("user").filter(user__cases__pk=case_id)
    profile = rows.filter(user__cases__kind="technician_registration").first()
    if profile is None:
        return None
    user = profile.user
    latest = cases.latest_case(user.pk, ["technician_registration"])
    if latest is None or latest.id != case_id or latest.rejection is None:
        return None
    person = {
        "id_type": user.id_type,
        "id_number": user.id_number,
        "mobile": user.mobile,
        "email": user.email,
        "landline": user.landline,
    }
    rejection = latest.rejection
    return Former(
        rejection.reviewed_for or rejection.organisation_name,
        rejection.phone,
        rejection.opinion,
        latest.payload["after"] | person,
    )
