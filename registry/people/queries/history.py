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
from registry.approvals.queries import CaseView
from registry.people.services.profile import ACT

KINDS = ("title_change", "transfer")
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
    asked = [_asked(case) for case in cases.cases_of(user_id, KINDS, limit=limit)]
    at_once = list(_at_once(user_id, limit))
    return sorted([*asked, *at_once], key=lambda change: change.at, reverse=True)[:limit]


def _at_once(user_id: int, limit: int) -> Iterator[Change]:
    for entry in audit.entries_of("user", user_id).filter(act=ACT)[:limit]:
        for name, after in entry.after.items():
            label = str(_LABELS.get(name, name))
            yield Change(entry.at, label, _word(name, entry.before.get(name)), _word(name, after), "done")


def _word(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return identity.label(name, value) if name in _TABLES and value else str(value or "")


def _asked(case: CaseView) -> Change:
    changed = [line for line in case.lines if line.is_changed]
    return Change(
        at=case.decided_at or case.opened_at,
        label=str(case.kind_label),
        before=" · ".join(line.before for line in changed if line.before),
        after=" · ".join(line.after for line in changed if line.after),
        state=case.state,
        note=case.rejection.opinion if case.rejection else "",
        case_id=case.id,
    )
