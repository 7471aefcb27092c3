"""Changes of a unit's data and of its superior (U1, D1, H2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from identity import queries as identity
from identity import services as tree
from registry.approvals.services import CaseKind, Line
from registry.units.levels import LEVEL_TABLES

if TYPE_CHECKING:
    from registry.approvals.models import Case

LABELS = {
    "name": gettext_lazy("单位名称"),
    "nature": gettext_lazy("单位性质"),
    "industry": gettext_lazy("所属行业"),
    "level": gettext_lazy("级别"),
    "credit_code": gettext_lazy("统一社会信用代码"),
}
_TABLES = {"nature": "unit_nature", "industry": "industry"}


class UnitChange(CaseKind):
    """Name, nature, industry, level, credit code; applied as a whole when the superior passes it."""

    code = "unit_change"
    label = gettext_lazy("单位资料变更")
    module = "unit_changes"
    reviewers: ClassVar[Sequence[str]] = ("employer", "department", "bureau")
    reasons = (gettext_lazy("名称和批复不一致"), gettext_lazy("请上传批复后重新提交"))

    def apply(self, case: "Case", *, now: datetime) -> None:
        """Raises CreditCodeTaken where another unit took the code meanwhile: nothing is lost, the case stays open."""
        tree.change_organisation(organisation_id=case.subject_id, **case.payload["after"])
        _note(case, now)

    def is_stale(self, case: "Case") -> bool:
        unit = identity.organisation(case.subject_id)
        changed = any(getattr(unit, name) != value for name, value in case.payload["before"].items())
        return changed or unit.state != "active"

    def link(self, case: "Case") -> str:
        return "/console/unit/history/"

    def lines(self, case: "Case") -> list[Line]:
        unit = identity.organisation(case.subject_id)
        before, after = case.payload["before"], case.payload["after"]
        found = []
        for name, label in LABELS.items():
            if name in after:
                found.append(
                    Line(str(label), in_words(unit.kind, name, after[name]), in_words(unit.kind, name, before[name]))
                )
            elif getattr(unit, name):
                same = in_words(unit.kind, name, getattr(unit, name))
                found.append(Line(str(label), same, same))
        return found


class BaseChange(UnitChange):
    """The same of a CE base (H2)."""

    code = "base_change"
    label = gettext_lazy("基地资料变更")
    module = "bases"
    reviewers: ClassVar[Sequence[str]] = ("bureau",)


class ParentChange(CaseKind):
    """Another superior: the old one decides first, then the new one; nothing changes before both have passed."""

    code = "parent_change"
    label = gettext_lazy("上级变更")
    module = "unit_changes"
    reviewers: ClassVar[Sequence[str]] = ("employer", "department", "bureau")
    reasons = (gettext_lazy("不归本部门管理"), gettext_lazy("请先和本部门联系"))

    def apply(self, case: "Case", *, now: datetime) -> None:
        """Raises ParentLoop where the new superior stands below the unit by now."""
        tree.move_organisation(organisation_id=case.subject_id, parent_id=_superior(case, "after"))
        _note(case, now)

    def is_stale(self, case: "Case") -> bool:
        """The unit moved meanwhile, or the new superior is gone."""
        superior = identity.superior_of(case.subject_id)
        new = identity.organisation_or_none(_superior(case, "after"))
        moved = superior is None or superior.id != _superior(case, "before")
        return moved or new is None or new.state != "active"

    def link(self, case: "Case") -> str:
        return "/console/unit/history/"

    def lines(self, case: "Case") -> list[Line]:
        old, new = _superior(case, "before"), _superior(case, "after")
        names = identity.names_of([old, new])
        unit = identity.organisation(case.subject_id)
        return [
            Line(_("上级"), names.get(new, ""), names.get(old, "")),
            Line(_("单位名称"), unit.name, unit.name),
            Line(_("区域"), unit.region_name, unit.region_name),
        ]


CHANGES = (UnitChange(), BaseChange(), ParentChange())


def _superior(case: "Case", side: str) -> int:
    """The superior before or after, or the one it was merged into since (S1)."""
    return identity.survivor_of(case.payload[side]["parent"])


def in_words(kind: str, name: str, value: str) -> str:
    """A column in words."""
    table = LEVEL_TABLES.get(kind, "") if name == "level" else _TABLES.get(name, "")
    return identity.label(table, value) if table else str(value or "")


def _note(case: "Case", now: datetime) -> None:
    """Of the unit's history, beside the decision's own entry."""
    audit.record(
        act=f"{case.kind}.apply",
        now=now,
        actor_id=case.applicant_id,
        target=("organisation", case.subject_id),
        before=case.payload["before"],
        after=case.payload["after"],
    )
