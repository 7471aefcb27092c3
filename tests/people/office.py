"""A technician in his office: what he asks for, and who decides it."""

from datetime import date, datetime
from typing import Any

from core import clock
from identity.acting import ActingRole, roles_of
from identity.models import Membership, Organisation, User
from registry.approvals.models import Case, Step
from registry.approvals.services import decide_case
from registry.people.services import AskedTitle, AskedTransfer, ask_title_change, ask_transfer
from tests.identity import factories as people
from tests.people.factories import profile

HIGHER: dict[str, Any] = {
    "title_series": "01",
    "title_level": "2",
    "qualification": "01201",
    "effective_on": date(2025, 9, 28),
    "certificate_no": "FG2025-0001",
}
"""副主任医师: one level above what `tests.people.factories.PROFILE` states."""


def technician(name: str = "陈思远", serial: int = 1, unit: Organisation | None = None, **fields: Any) -> User:
    """Somebody who takes part in the hospital, with a profile."""
    contacts = {"mobile": f"1380000{serial:04}", "email": f"person{serial}@example.org"}
    user = people.learner(name, serial, unit, **{**contacts, **fields})
    profile(user)
    return user


def acting(user: User) -> ActingRole:
    """The role he acts in now: a technician, else nobody in particular."""
    return next(iter(roles_of(user)), ActingRole(user.pk, "visitor"))


def asks_title(user: User, *, now: datetime | None = None, **overrides: Any) -> Case:
    """His title change."""
    asked = AskedTitle(**{**HIGHER, **overrides})
    return Case.objects.get(pk=ask_title_change(actor=acting(user), asked=asked, now=now or clock.now()))


def asks_transfer(user: User, unit: Organisation, *, now: datetime | None = None, **overrides: Any) -> Case:
    """His transfer to this unit."""
    now = now or clock.now()
    fields = {"organisation": unit.pk, "starts_on": now.date(), "phone": "010-5550100", **overrides}
    return Case.objects.get(pk=ask_transfer(actor=acting(user), asked=AskedTransfer(**fields), now=now))


def reviewer_of(case: Case) -> ActingRole:
    """The super administrator of the organisation that decides the case now, made where there is none."""
    step = Step.objects.select_related("organisation").filter(case=case).latest("number")
    unit = step.organisation
    own = Membership.objects.filter(organisation=unit, is_super=True, state="active").first()
    user = own.user if own else people.administrator(f"{unit.name}管理员", 800 + unit.pk % 100, unit, unit.kind)
    return people.role(user, unit.kind)


def decides(case: Case, decision: str, opinion: str = "") -> str:
    """What its reviewer says, and the case's state then."""
    now = clock.now()
    return decide_case(actor=reviewer_of(case), case_id=case.pk, decision=decision, opinion=opinion, now=now)


def units_of(user: User) -> list[str]:
    """The units he takes part in now."""
    rows = Membership.objects.filter(user=user, kind="technician", state="active")
    return list(rows.values_list("organisation__name", flat=True))
