"""One's own unit as its page shows it (U1): data, what is in review, what has changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.models import AuditEntry
from identity import queries as identity
from identity.queries import OrganisationFacts
from registry.approvals import queries as approvals
from registry.approvals.queries import CaseView
from registry.units.kinds.changes import LABELS, in_words
from registry.units.levels import LEVEL_TABLES

CHANGES = ("unit_change", "base_change", "parent_change")
MOST_CHANGES = 100
_AT_THE_TOP = "unit_change.pass"
"""What a bureau without superior changed at once; of others the case tells."""
_LABELS: dict[str, str | Promise] = {
    "phone": gettext_lazy("联系电话"),
    "address": gettext_lazy("地址"),
    "postcode": gettext_lazy("邮政编码"),
    "unit.merge": gettext_lazy("单位合并"),
    "department.add": gettext_lazy("新增部门"),
    "department.rename": gettext_lazy("部门改名"),
    "department.move": gettext_lazy("部门移动"),
    "department.order": gettext_lazy("部门换次序"),
    "department.close": gettext_lazy("撤销部门"),
    "department.reopen": gettext_lazy("恢复部门"),
}


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """One's own unit. `waiting`: how many cases of the unit and its people are in review, by kind."""

    facts: OrganisationFacts
    nature: str
    industry: str
    level: str
    superior: OrganisationFacts | None
    open_change: CaseView | None
    waiting: dict[str, int]

    @property
    def waits(self) -> int:
        """How many in all."""
        return sum(self.waiting.values())


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the history: what, from, to, who, and what became of it (a case's state, or `done`)."""

    at: datetime
    label: str
    before: str
    after: str
    who: str
    state: str


def own_unit(organisation_id: int) -> OwnUnit:
    """The unit with its superior and what is in review."""
    facts = identity.organisation(organisation_id)
    return OwnUnit(
        facts=facts,
        nature=identity.label("unit_nature", facts.nature),
        industry=identity.label("industry", facts.industry),
        level=identity.label(LEVEL_TABLES[facts.kind], facts.level) if facts.kind in LEVEL_TABLES else "",
        superior=identity.superior_of(organisation_id),
        open_change=approvals.open_case_of_key(f"unit:{organisation_id}"),
        waiting=approvals.open_counts_of_organisations([organisation_id]),
    )


def history(organisation_id: int) -> list[Change]:
    """What has changed of the unit, the newest first (变更记录): reviewed changes, and those at once."""
    cases = approvals.cases_about(("organisation", organisation_id), CHANGES, limit=MOST_CHANGES)
    found = [
        Change(case.opened_at, line.label, line.before or "", line.after, case.applicant_name, case.state)
        for case in cases
        for line in case.lines
        if line.is_changed
    ]
    found += _at_once(organisation_id)
    return sorted(found, key=lambda change: change.at, reverse=True)[:MOST_CHANGES]


def _at_once(organisation_id: int) -> list[Change]:
    acts = ["unit.contacts", _AT_THE_TOP, *(act for act in _LABELS if "." in act)]
    entries = list(audit.entries_of("organisation", organisation_id).filter(act__in=acts)[:MOST_CHANGES])
    names = identity.names_of_people([entry.actor_id for entry in entries if entry.actor_id])
    kind = identity.organisation(organisation_id).kind
    return [
        Change(entry.at, label, before, after, names.get(entry.actor_id or 0, ""), "done")
        for entry in entries
        for label, before, after in _lines(entry, kind)
    ]


def _lines(entry: AuditEntry, kind: str) -> Iterator[tuple[str, str, str]]:
    """What one entry tells, in words: label, before, after."""
    if entry.act == "unit.contacts":
        for name, text in entry.after.items():
            yield str(_LABELS[name]), entry.before.get(name, ""), text
    elif entry.act == _AT_THE_TOP:
        for name, text in entry.after.items():
            yield str(LABELS[name]), in_words(kind, name, entry.before.get(name, "")), in_words(kind, name, text)
    else:
        yield str(_LABELS[entry.act]), str(entry.before.get("name", "")), str(entry.after.get("name", ""))


def waiting_words(unit: OwnUnit) -> list[str]:
    """What must be finished before credit code and superior can change, in words."""
    own = {kind: unit.waiting[kind] for kind in CHANGES if kind in unit.waiting}
    people = unit.waits - sum(own.values())
    words = [_("%(n)s 件人员和下级单位的事项还没审完") % {"n": people}] if people else []
    return words + ([_("本单位的资料变更还在审核")] if own else [])
