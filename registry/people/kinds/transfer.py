"""The case of who changes his unit (单位调转, T2, U6): the new unit confirms, the old one is told."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from identity import queries as identity
from identity import services as accounts
from registry.approvals.services import CaseKind, Line, redirect_person
from registry.inbox import services as inbox
from registry.people.errors import UnitGone

if TYPE_CHECKING:
    from registry.approvals.models import Case

_GO_ALONG = ("declaration", "exemption")
"""What of his is undecided goes on in the new unit."""


class Transfer(CaseKind):
    """Passing it ends his place in the old unit and begins the one in the new, in one transaction."""

    code = "transfer"
    label = gettext_lazy("单位调转")
    module = "transfers"
    reviewers = ("employer", "department", "bureau")
    reasons = (
        gettext_lazy("没有这位新同事"),
        gettext_lazy("到岗日期和实际不一致"),
        gettext_lazy("工作部门填错了，请改成实际部门"),
    )

    def apply(self, case: "Case", *, now: datetime) -> None:
        """Raises UnitGone where the new unit was deleted meanwhile; one that was merged is the one it went into."""
        accounts.lock_person(user_id=case.subject_id)
        after = case.payload["after"]
        unit = identity.survivor_of(after["organisation"])
        accounts.lock_organisation(organisation_id=unit)
        facts = identity.organisation_or_none(unit)
        if facts is None or facts.state != "active":
            raise UnitGone
        department = identity.work_department(unit, after["department"]) if after["department"] else None
        old = identity.unit_of_person(case.subject_id)
        accounts.move_technician(
            user_id=case.subject_id,
            organisation_id=unit,
            work_department_id=department.id if department and not department.is_closed else None,
            now=now,
        )
        redirect_person(user_id=case.subject_id, kinds=_GO_ALONG, to_organisation_id=unit)
        audit.record(
            act=f"{self.code}.apply",
            now=now,
            actor_id=case.applicant_id,
            target=("user", case.subject_id),
            before={"organisation": old.organisation_id if old else None},
            after={"organisation": unit},
        )
        if old is not None:
            tell_unit(
                organisation_id=old.organisation_id,
                but=case.subject_id,
                title=_("%(who)s已经调走") % {"who": case.title},
                body=_("%(unit)s已经确认，不再归你单位管理；以前的记录都在。") % {"unit": facts.name},
                now=now,
            )

    def is_stale(self, case: "Case") -> bool:
        """He belongs elsewhere by now."""
        place = identity.unit_of_person(case.subject_id)
        was = case.payload["before"]["organisation"]
        return (place.organisation_id if place else None) != (identity.survivor_of(was) if was else None)

    def passed_text(self, case: "Case") -> str:
        return _("你现在归到新单位，学时和证书都跟着你。")

    def lines(self, case: "Case") -> list[Line]:
        before, after = case.payload["before"], case.payload["after"]
        names = identity.names_of([unit for unit in (before["organisation"], after["organisation"]) if unit])
        return [
            Line(_("单位"), names.get(after["organisation"], ""), names.get(before["organisation"], "")),
            Line(_("工作部门"), department_word(after), department_word(before)),
            Line(_("到岗日期"), after["starts_on"]),
            Line(_("原单位联系电话"), after["phone"]),
        ]


def department_word(asked: dict[str, int | None]) -> str:
    """The department's name; a merged unit's departments stand in the one it went into."""
    unit, department = asked["organisation"], asked["department"]
    if not unit or not department:
        return ""
    found = identity.work_department(identity.survivor_of(unit), department) or identity.work_department(
        unit, department
    )
    return found.name if found else ""


def tell_unit(*, organisation_id: int, but: int, title: str, body: str, now: datetime) -> None:
    """A message to those who look after a unit's comings and goings, but not to the person himself."""
    told = identity.administrators_with(organisation_ids=[organisation_id], module=Transfer.module)
    for user_id in told:
        if user_id != but:
            inbox.send(user_id=user_id, kind="transfer", title=title, body=body, now=now)
