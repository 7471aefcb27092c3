"""Units of the tests: a small tree, what a unit fills in, and what becomes of it."""

from dataclasses import dataclass
from typing import Any

from django.test import RequestFactory
from stdnum.cn import uscc

from core import clock
from core.errors import FieldRefusals
from identity.models import Membership, Organisation
from registry.approvals.models import Case
from registry.approvals.services import PASS, decide_case
from registry.units.services import UnitRegistration, UnitSent, register_unit
from tests.identity import factories as people
from tests.identity.driving import captcha_fields

LEVELS = {"department": "1", "base": "1", "bureau": "1"}


def credit_code(serial: int = 1) -> str:
    """A credit code with the right check place that nobody has."""
    body = f"12990000{serial:08}X"
    return body + uscc.calc_check_digit(body)


@dataclass(frozen=True)
class Tree:
    """The city's bureau, a district's below it, a department, an employer below that, its branch."""

    city: Organisation
    district: Organisation
    department: Organisation
    employer: Organisation
    branch: Organisation


def tree() -> Tree:
    """The tree of the tests; made when first asked for."""
    top = people.region()
    below = people.region("临河区", "110101", top)
    city = people.organisation("示例市人社局", kind="bureau", phone="010-5550001")
    district = people.organisation("临河区人社局", kind="bureau", parent=city, region=below)
    city = Organisation.objects.get(pk=city.pk)
    department = people.organisation("示例市卫健委", kind="department", parent=city, phone="010-5550002")
    employer = people.organisation(parent=department)
    branch = people.organisation("第一医院江北分院", parent=Organisation.objects.get(pk=employer.pk))
    return Tree(city, district, department, employer, branch)


def unit_data(kind: str = "employer", serial: int = 1, **overrides: Any) -> dict[str, Any]:
    """What somebody fills in for a unit that isn't known yet, without a department above it."""
    return {
        "kind": kind,
        "name": f"示例市第{serial}中学",
        "region": "110100",
        "nature": "2",
        "industry": "P",
        "level": LEVELS.get(kind, ""),
        "phone": "010-5550300",
        "address": "示例路 1 号",
        "department": None,
        "parent": None,
        "credit_code": credit_code(serial),
        "administrator": "周敏",
        "id_type": "resident",
        "id_number": people.id_number(200 + serial),
        "password": people.PASSWORD,
        "mobile": f"1390000{serial:04}",
        "email": f"unit{serial}@example.org",
        "existing": False,
        "promise": True,
        "agreement": True,
        **overrides,
    }


def register(kind: str = "employer", serial: int = 1, **overrides: Any) -> UnitSent:
    """Registers now with the captcha read rightly; raises what the service refuses."""
    solved = captcha_fields()
    return register_unit(
        request=RequestFactory().post("/"),
        data=UnitRegistration(**unit_data(kind, serial, **overrides)),
        captcha_key=solved["captcha_key"],
        captcha_answer=solved["captcha"],
        now=clock.now(),
    )


def faults_of(kind: str = "employer", serial: int = 1, **overrides: Any) -> dict[str, str]:
    """What is told at which field when this is sent."""
    try:
        register(kind, serial, **overrides)
    except FieldRefusals as refused:
        return {fault.attr: str(fault) for fault in refused.faults}
    raise AssertionError("nothing was refused")


def registered_unit(kind: str = "employer", serial: int = 1, **overrides: Any) -> Organisation:
    """A unit that has registered and was passed by who reviews it, with its super administrator."""
    case = registered(kind, serial, **overrides)
    above = case.steps.get().organisation
    own = Membership.objects.filter(organisation=above, is_super=True).first()
    serial = 700 + Membership.objects.count() * 2
    reviewer = own.user if own else people.administrator(f"{above.name}管理员", serial, above, above.kind)
    decide_case(actor=people.role(reviewer, above.kind), case_id=case.pk, decision=PASS, now=clock.now())
    return Organisation.objects.get(pk=case.subject_id)


def registered(kind: str = "employer", serial: int = 1, **overrides: Any) -> Case:
    """The open case of a unit that has just registered."""
    register(kind, serial, **overrides)
    return Case.objects.latest("pk")
