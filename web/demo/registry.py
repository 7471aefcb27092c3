"""What waits in the demo's offices: departments, roles, registrations, a title change, a transfer, a new unit."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.test import RequestFactory
from django.utils import timezone
from stdnum.cn import ric, uscc

from identity import captcha, id_numbers
from identity import queries as identity
from identity.acting import ActingRole, roles_of
from registry.approvals.services import raise_overdue
from registry.people import services as technicians
from registry.units import services as units
from web.demo import people

_HOSPITAL = "U0001"
_DEPARTMENTS: dict[str, tuple[str, ...]] = {
    "临床科室": ("急诊科", "心血管内科", "普外科", "儿科"),
    "医技科室": ("检验科", "影像科", "药剂科"),
    "护理部": (),
}
_ROLES = (
    ("人事审核员", "审核人员注册、职称变更和调转", ("registrations", "title_changes", "transfers", "people")),
    ("只看统计", "看完成情况，不能改", ("statistics",)),
)
_PROFILE: dict[str, Any] = {
    "ethnicity": "01",
    "education": "21",
    "school": "示例医科大学",
    "major": "100201K",
    "graduated_on": date(2013, 6, 30),
    "degree": "4",
    "title_series": "01",
    "title_level": "3",
    "qualification": "01301",
    "effective_on": date(2019, 11, 20),
    "certificate_no": "ZZ2019-00417",
    "professional_qualification": "0",
    "professional_level": "0",
}
_NEWCOMERS = ("吴佳宁", "孙立国", "马晨", "林晓雯", "赵启明", "何雨桐", "许静怡")
_SHARED_MOBILE = "13800002207"


def load_offices(now: datetime) -> None:
    """Fill the offices once; what somebody has decided since stays decided."""
    hospital = identity.organisation_by_code(_HOSPITAL)
    boss = _role_of("110101198509210136", "employer")
    if hospital is None or boss is None or identity.work_departments(hospital.id):
        return
    _departments_and_roles(boss, now)
    _profiles(now)
    choices = identity.department_choices(hospital.id)
    emergency = next(pk for pk, name in choices if name.strip("　") == "急诊科")
    for at, name in enumerate(_NEWCOMERS):
        department = emergency if at % 2 == 0 else None
        _register(hospital.id, _number("19930112", 601 + 2 * at), name, department, now - timedelta(days=4 - at / 2))
    _register(hospital.id, "110101199608250082", "唐宁", None, now, sex="F", born_on=None)
    _ask_for_changes(hospital.id, now)
    _register_unit(now - timedelta(days=1))
    raise_overdue(now=now)


def _role_of(id_number: str, kind: str) -> ActingRole | None:
    """The role of this kind of one of the demo's people."""
    user_id = identity.find_person(id_numbers.RESIDENT, id_number)
    user = get_user_model().objects.filter(pk=user_id or 0).first()
    return next((role for role in roles_of(user) if role.kind == kind), None) if user else None


def _number(born: str, serial: int) -> str:
    """An invented ID number with the right check digit; odd serials are men."""
    body = f"110101{born}{serial:03}"
    return body + str(ric.calc_check_digit(f"{body}0"))


def _departments_and_roles(boss: ActingRole, now: datetime) -> None:
    for name, below in _DEPARTMENTS.items():
        above = units.add_department(actor=boss, name=name, parent_id=None, now=now)
        for child in below:
            units.add_department(actor=boss, name=child, parent_id=above, now=now)
    for name, note, modules in _ROLES:
        units.create_role(actor=boss, name=name, note=note, modules=modules, now=now)


def _profiles(now: datetime) -> None:
    """The technicians that stand from the start."""
    for person in people.PEOPLE:
        user_id = identity.find_person(id_numbers.RESIDENT, person.id_number)
        if user_id is not None and any(role.kind == "technician" for role in person.roles):
            technicians.put_profile(
                user_id=user_id,
                now=now,
                sex=id_numbers.sex(person.id_number),
                born_on=id_numbers.birth_date(person.id_number),
                **_PROFILE,
            )


def _register(unit: int, number: str, name: str, department: int | None, at: datetime, **more: Any) -> None:
    """As the page does; a number whose owner was approved since changes nothing."""
    data = technicians.Registration(
        id_type=id_numbers.RESIDENT,
        id_number=number,
        password=people.PASSWORD,
        mobile=_SHARED_MOBILE if name in _NEWCOMERS[:3] else f"138{number[-9:-1]}",
        email=f"{number[-6:-1]}@xueshi.example",
        organisation=unit,
        department=department,
        name=name,
        promise=True,
        agreement=True,
        **{**_PROFILE, "title_level": "2" if name == _NEWCOMERS[1] else "3", **more},
    )
    technicians.register_technician(
        request=RequestFactory().post("/register/technician/"),
        data=data,
        captcha_key=captcha.new(at).key,
        captcha_answer="demo",
        now=at,
    )


def _ask_for_changes(hospital: int, now: datetime) -> None:
    """林晓 asks for a higher title, 孙悦 for a transfer to the hospital."""
    learner, mover = _role_of("11010119920615002X", "technician"), _role_of("110101199505090143", "technician")
    if learner:
        higher = technicians.AskedTitle(
            title_series="01",
            title_level="2",
            qualification="01201",
            effective_on=date(2025, 9, 28),
            certificate_no="FG2025-01385",
        )
        technicians.ask_title_change(actor=learner, asked=higher, now=now - timedelta(days=1))
    if mover:
        wanted = technicians.AskedTransfer(organisation=hospital, starts_on=timezone.localdate(now), phone="000-56003")
        technicians.ask_transfer(actor=mover, asked=wanted, now=now - timedelta(hours=5))


def _register_unit(at: datetime) -> None:
    """A unit that waits for its department."""
    above = identity.organisation_by_code("D0001")
    body = "12370000700000001"
    data = units.UnitRegistration(
        kind="employer",
        name="示例市城南社区卫生服务中心",
        region="370002",
        nature="2",
        industry="Q",
        phone="000-56010",
        address="东城区城南路 10 号",
        department=above.id if above else None,
        credit_code=body + uscc.calc_check_digit(body),
        administrator="姚建国",
        id_type=id_numbers.RESIDENT,
        id_number=_number("19790420", 711),
        password=people.PASSWORD,
        mobile="13800003301",
        email="yao@xueshi.example",
        promise=True,
        agreement=True,
    )
    units.register_unit(
        request=RequestFactory().post("/register/employer/"),
        data=data,
        captcha_key=captcha.new(at).key,
        captcha_answer="demo",
        now=at,
    )
