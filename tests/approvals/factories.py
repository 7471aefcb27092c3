"""Cases of the tests, of a kind that does nothing but note what became of it."""

from datetime import datetime
from typing import Any

from identity.models import Organisation, User
from registry.approvals.kinds import CaseKind, Line, register_kind
from registry.approvals.models import Case
from registry.approvals.services import Draft, open_case
from tests.identity import factories
from tests.support.clock import START


class NotedKind(CaseKind):
    """A kind whose applied, rejected and withdrawn cases can be read afterwards."""

    code = "noted"
    label = "测试事项"
    module = "title_changes"
    reasons = ("证书编号不一致", "材料不清晰")

    def __init__(self) -> None:
        self.applied: list[int] = []
        self.turned_back: list[int] = []
        self.taken_back: list[int] = []
        self.stale: set[int] = set()

    def apply(self, case: Case, *, now: datetime) -> None:
        self.applied.append(case.pk)

    def turn_back(self, case: Case, *, now: datetime) -> None:
        self.turned_back.append(case.pk)

    def take_back(self, case: Case, *, now: datetime) -> None:
        self.taken_back.append(case.pk)

    def is_stale(self, case: Case) -> bool:
        return case.pk in self.stale

    def lines(self, case: Case) -> list[Line]:
        before, after = case.payload["before"], case.payload["after"]
        return [Line(field, str(value), str(before.get(field, ""))) for field, value in after.items()]


def noted_kind() -> NotedKind:
    """A fresh `noted` kind, registered in place of the last one."""
    kind = NotedKind()
    register_kind(kind)
    return kind


def applicant(serial: int = 1) -> User:
    """Somebody with a case: 申请人1, 申请人2 …"""
    return factories.person(f"申请人{serial}", 100 + serial * 2 - 1)


def open_noted(
    unit: Organisation | None = None,
    by: User | None = None,
    *,
    kind: str = "noted",
    reviewers: list[Organisation] | None = None,
    now: datetime = START,
    **fields: Any,
) -> Case:
    """An open case of one step, of 申请人1 in the hospital unless said otherwise; the kind must be registered."""
    unit = unit or factories.organisation()
    by = by or applicant()
    draft = Draft(
        kind=kind,
        applicant_id=by.pk,
        organisation_id=unit.pk,
        subject=("user", by.pk),
        title=by.name,
        reviewers=[one.pk for one in reviewers or [unit]],
        summary={"sex": "女", "age": 34, "department": "急诊科", "id_masked": "110101********0134"},
        before={"职称级别": "中级", "证书编号": "ZZ2019"},
        after={"职称级别": "副高级", "证书编号": "FG2026"},
        **fields,
    )
    return Case.objects.get(pk=open_case(draft=draft, now=now))
