"""Technicians of the tests: what they fill in, and what becomes of it. The code tables are what a fresh site holds."""

from datetime import date
from typing import Any

from django.test import RequestFactory

from core import clock
from identity.models import Organisation, User
from registry.approvals.models import Case
from registry.people.models import Profile
from registry.people.services import Registration, Sent, register_technician
from tests.identity import factories as people
from tests.identity.driving import captcha_fields
from tests.support.clock import START

PROFILE: dict[str, Any] = {
    "sex": "M",
    "born_on": date(1990, 3, 7),
    "ethnicity": "01",
    "education": "21",
    "school": "示例医科大学",
    "major": "100201K",
    "graduated_on": date(2013, 6, 30),
    "degree": "4",
    "postdoctoral": False,
    "post": "",
    "rank": "",
    "title_series": "01",
    "title_level": "3",
    "qualification": "01301",
    "effective_on": date(2019, 11, 20),
    "certificate_no": "ZZ2019-0001",
    "professional_qualification": "0",
    "professional_level": "0",
}
"""主治医师, born in 1990."""


def registration_data(serial: int = 1, unit: Organisation | None = None, **overrides: Any) -> dict[str, Any]:
    """What a technician fills in who isn't known yet, for the hospital unless said otherwise; odd serials are men."""
    return {
        "id_type": "resident",
        "id_number": people.id_number(serial),
        "password": people.PASSWORD,
        "existing": False,
        "mobile": f"1380000{serial:04}",
        "email": f"person{serial}@example.org",
        "landline": "",
        "organisation": (unit or people.organisation()).pk,
        "department": None,
        "name": "陈思远",
        **PROFILE,
        "sex": "M" if serial % 2 else "F",
        "promise": True,
        "agreement": True,
        **overrides,
    }


def register(serial: int = 1, unit: Organisation | None = None, **overrides: Any) -> Sent:
    """Registers now with the captcha read rightly; raises what the service refuses."""
    solved = captcha_fields()
    return register_technician(
        request=RequestFactory().post("/"),
        data=Registration(**registration_data(serial, unit, **overrides)),
        captcha_key=solved["captcha_key"],
        captcha_answer=solved["captcha"],
        now=clock.now(),
    )


def registered(serial: int = 1, unit: Organisation | None = None, **overrides: Any) -> Case:
    """The open case of a technician who has just registered."""
    register(serial, unit, **overrides)
    return Case.objects.latest("pk")


def profile(user: User, **overrides: Any) -> Profile:
    """The profile of somebody who is a technician already."""
    return Profile.objects.create(user=user, **{**PROFILE, "updated_at": START, **overrides})
