"""People and units of the tests: the smallest valid ones, with fixed values. All of them are invented.

Named people: 李雷 is a learner in 示例市第一医院, 韩梅 administers that unit, 王五 works somewhere else.
"""

from datetime import datetime
from typing import Any

from stdnum.cn import ric

from identity import id_numbers
from identity.acting import ActingRole, find_role
from identity.models import Code, Membership, Organisation, Region, User
from identity.services import create_person, create_staff
from identity.services.organisations import index_name
from tests.support.clock import START

PASSWORD = "Xueshi-2026"
HOSPITAL = "示例市第一医院"


def id_number(serial: int = 1, born: str = "19900307", place: str = "110101") -> str:
    """A 身份证 number with the right check digit; odd serials are men, up to 999."""
    body = f"{place}{born}{serial:03}"
    return body + ric.calc_check_digit(f"{body}0")


def region(name: str = "示例市", code: str = "110100", parent: Region | None = None) -> Region:
    """The region of that code, made when first asked for."""
    known = Region.objects.filter(code=code).first()
    fields = {"code": code, "name": name, "gb_code": code}
    return known or (parent.add_child(**fields) if parent else Region.add_root(**fields))


def organisation(
    name: str = HOSPITAL, code: str = "", kind: str = "employer", parent: Organisation | None = None, **fields: Any
) -> Organisation:
    """The unit of that name, made when first asked for, in 示例市 unless said otherwise."""
    known = Organisation.objects.filter(name=name).first()
    if known:
        return known
    fields = {
        "kind": kind,
        "name": name,
        "code": code or f"T{Organisation.objects.count() + 1:05}",
        "phone": "010-5550100",
        **fields,
    }
    fields.setdefault("region", region())
    made = parent.add_child(**fields) if parent else Organisation.add_root(**fields)
    index_name(organisation_id=made.pk, name=name)
    return made


def person(name: str, serial: int, *, password: str | None = PASSWORD, now: datetime = START, **fields: Any) -> User:
    """Somebody who logs in with `id_number(serial)`, with no role yet."""
    number = fields.pop("id_number", id_number(serial))
    id_type = fields.pop("id_type", id_numbers.RESIDENT)
    return create_person(name=name, id_type=id_type, id_number=number, password=password, now=now, **fields)


def membership(user: User, kind: str = "technician", unit: Organisation | None = None, **fields: Any) -> Membership:
    """An active membership in the hospital unless said otherwise."""
    fields = {"state": Membership.State.ACTIVE, "since": START, **fields}
    return Membership.objects.create(user=user, kind=kind, organisation=unit or organisation(), **fields)


def learner(name: str = "李雷", serial: int = 13, unit: Organisation | None = None, **fields: Any) -> User:
    """A technician who may learn: 李雷 of the hospital unless said otherwise."""
    user = person(name, serial, **fields)
    membership(user, unit=unit)
    return user


def administrator(
    name: str = "韩梅", serial: int = 24, unit: Organisation | None = None, kind: str = "employer", **fields: Any
) -> User:
    """The super administrator of a unit: 韩梅 of the hospital unless said otherwise."""
    user = person(name, serial, **fields)
    membership(user, kind, unit, is_super=True)
    return user


def stranger() -> User:
    """王五, a technician of another unit in another region."""
    elsewhere = organisation("外市职业学校", region=region("外市", "120100"))
    return learner("王五", 35, elsewhere)


def staff(username: str = "editor", name: str = "编辑甲", *, is_superuser: bool = False, **fields: Any) -> User:
    """One of the platform's own people."""
    return create_staff(username=username, name=name, password=PASSWORD, now=START, is_superuser=is_superuser, **fields)


def role(user: User, kind: str = "technician") -> ActingRole:
    """The role of this kind as a request of that person would have it."""
    if kind == "staff":
        found = find_role(user, "staff")
    else:
        found = find_role(user, str(Membership.objects.get(user=user, kind=kind).pk))
    assert found is not None
    return found


def code(table: str, value: str, label: str, sort: int = 0) -> Code:
    """A row of a code table, in place of what a fresh site holds under this code."""
    row, _created = Code.objects.update_or_create(
        table=table, code=value, defaults={"label": label, "sort": sort, "is_active": True}
    )
    return row
