"""The case of who changes his title (T1, U6): before and after field by field, applied as a whole when it passes."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from core import audit
from identity import queries as identity
from identity import services as accounts
from registry.approvals.errors import Stale
from registry.approvals.services import CaseKind, Line
from registry.people import titles
from registry.people.models import Profile

if TYPE_CHECKING:
    from registry.approvals.models import Case


class TitleChange(CaseKind):
    """Department, series, level, qualification, date and certificate number of one's present title."""

    code = "title_change"
    label = gettext_lazy("职称变更")
    module = "title_changes"
    reviewers = ("employer", "department", "bureau")
    reasons = (
        gettext_lazy("证书编号和证书不一致"),
        gettext_lazy("取得日期和证书不一致"),
        gettext_lazy("还没有收到评审结果"),
        gettext_lazy("工作部门填错了，请改成实际部门"),
    )

    def apply(self, case: "Case", *, now: datetime) -> None:
        """Raises Stale where he left the unit, or the department was closed, between reading and writing."""
        accounts.lock_person(user_id=case.subject_id)
        if self.is_stale(case):
            raise Stale
        after = case.payload["after"]
        columns = {name: after[name] for name in (*titles.CODED, "certificate_no")}
        effective_on = date.fromisoformat(after["effective_on"]) if after["effective_on"] else None
        Profile.objects.filter(pk=case.subject_id).update(**columns, effective_on=effective_on, updated_at=now)
        accounts.set_work_department(user_id=case.subject_id, work_department_id=after["department"])
        audit.record(
            act=f"{self.code}.apply",
            now=now,
            actor_id=case.applicant_id,
            target=("user", case.subject_id),
            before=case.payload["before"],
            after=after,
        )

    def is_stale(self, case: "Case") -> bool:
        """His title or unit is another one by now, or the department asked for can't be chosen any more."""
        place = identity.unit_of_person(case.subject_id)
        profile = Profile.objects.filter(pk=case.subject_id).first()
        if place is None or profile is None or place.organisation_id != case.organisation_id:
            return True
        chosen = case.payload["after"]["department"]
        department = identity.work_department(place.organisation_id, chosen) if chosen else None
        is_gone = chosen is not None and (department is None or department.is_closed)
        return is_gone or titles.stated(profile, place) != case.payload["before"]

    def lines(self, case: "Case") -> list[Line]:
        before, after = case.payload["before"], case.payload["after"]
        unit = case.organisation_id
        return [
            Line(str(label), titles.word(name, after[name], unit), titles.word(name, before[name], unit))
            for name, label in titles.FIELDS.items()
        ]
