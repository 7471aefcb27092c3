"""变更记录 (T1): what somebody changed himself, from the audit trail, and what he asked for, from his cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from identity import queries as identity
from registry.approvals import queries as cases
from registry.approvals.queries import OwnCase
from registry.people import titles
from registry.people.models import Correction
from registry.people.services.profile import ACT

KINDS = ("title_change", "transfer")
_TOLD = ("organisation", *titles.FIELDS)
"""What of a case a line of the history tells, where it changed."""
_LABELS = {
    "mobile": gettext_lazy("手机号"),
    "email": gettext_lazy("电子邮箱"),
    "landline": gettext_lazy("办公电话"),
    "ethnicity": gettext_lazy("民族"),
    "post": gettext_lazy("行政职务"),
    "rank": gettext_lazy("行政级别"),
    "professional_qualification": gettext_lazy("职业资格"),
    "professional_level": gettext_lazy("职业资格等级"),
    "education": gettext_lazy("学历"),
    "school": gettext_lazy("毕业院校"),
    "major": gettext_lazy("所学专业"),
    "graduated_on": gettext_lazy("毕业日期"),
    "degree": gettext_lazy("学位"),
    "postdoctoral": gettext_lazy("博士后"),
}
_TABLES = {
    "ethnicity",
    "rank",
    "professional_qualification",
    "professional_level",
    "education",
    "major",
    "degree",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history. `state`: `done` for what took effect at once, else the case's; `note`: why it was
    turned back. `case_id` None for what needed no review.
    """

    at: datetime
    label: str
    before: str
    after: str
    state: str
    note: str = ""
    case_id: int | None = None


def changes_of(user_id: int, *, limit: int = 50) -> list[Change]:
    """What changed of this human, and what he asked to change, the newest first. A constant number of queries."""
    rows = list(cases.own_cases(user_id, kinds=KINDS, size=limit))
    names = _Names.of(rows)
    asked = [_asked(row, names) for row in rows]
    found = [*asked, *_at_once(user_id, limit), *_corrected(user_id, limit)]
    return sorted(found, key=lambda change: change.at, reverse=True)[:limit]


def _at_once(user_id: int, limit: int) -> Iterator[Change]:
    for entry in audit.entries_of("user", user_id).filter(act=ACT)[:limit]:
        for name, after in entry.after.items():
            label = str(_LABELS.get(name, name))
            yield Change(entry.at, label, _word(name, entry.before.get(name)), _word(name, after), "done")


def _corrected(user_id: int, limit: int) -> Iterator[Change]:
    """What support corrected by evidence (S1)."""
    rows = Correction.objects.filter(person_id=user_id, state=Correction.State.DONE).order_by("-asked_at", "-pk")
    for row in rows[:limit]:
        label = _("%(what)s更正") % {"what": row.get_what_display()}
        yield Change(row.decided_at or row.asked_at, label, row.before, row.after, "done", row.reason)


def _word(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return identity.label(name, value) if name in _TABLES and value else str(value or "")


@dataclass(frozen=True, slots=True)
class _Names:
    """Units and their departments that the cases speak of, read at once."""

    units: dict[int, str]
    departments: dict[int, str]

    @classmethod
    def of(cls, rows: list[OwnCase]) -> "_Names":
        sides = [row.payload[side] for row in rows for side in ("before", "after")]
        units = {side["organisation"] for side in sides if side.get("organisation")}
        departments = {side["department"] for side in sides if side.get("department")}
        return cls(identity.names_of(units), identity.work_department_names(departments))

    def word(self, name: str, value: Any) -> str:
        if name == "organisation":
            return self.units.get(value, "")
        if name == "department":
            return self.departments.get(value, "")
        return identity.label(name, value or "") if name in titles.CODED else str(value or "")


def _asked(row: OwnCase, names: _Names) -> Change:
    before, after = row.payload["before"], row.payload["after"]
    changed = [name for name in _TOLD if name in after and after[name] != before.get(name)]
    words = [[names.word(name, side.get(name)) for name in changed] for side in (before, after)]
    return Change(
        at=row.decided_at or row.opened_at,
        label=str(row.kind_label),
        before=" · ".join(filter(None, words[0])),
        after=" · ".join(filter(None, words[1])),
        state=row.state,
        note=row.opinion,
        case_id=row.id,
    )
