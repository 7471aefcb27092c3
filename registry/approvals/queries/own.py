"""What somebody asked for, as he reads it: a list, a count, and all of it for his own data (X7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.utils.functional import Promise

from registry.approvals.kinds import kind_of
from registry.approvals.models import Case, Step
from registry.approvals.queries.cases import cases_of

PAGE = 20
_MOST = 1000


def count_open(user_id: int) -> int:
    """How many cases this human asked for are in review."""
    return Case.objects.filter(applicant_id=user_id, state=Case.State.OPEN).count()


def export_cases(user_id: int) -> list[dict[str, Any]]:
    """The approval room's part of what is stored on him: what he asked for, in words, and what became of it."""
    return [
        {
            "kind": str(case.kind_label),
            "title": case.title,
            "state": case.state,
            "opened_at": case.opened_at,
            "decided_at": case.decided_at,
            "marks": [mark["text"] for mark in case.marks],
            "lines": [{"label": line.label, "before": line.before, "after": line.after} for line in case.lines],
            "steps": [
                {
                    "organisation": step.organisation_name,
                    "state": step.state,
                    "opinion": step.opinion,
                    "decided_at": step.decided_at,
                }
                for step in case.steps
                if step.state != Step.State.SKIPPED
            ],
        }
        for case in cases_of(user_id, limit=_MOST)
    ]


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A row of one's own list: what, how it stands, and who reviews it now since when. `opinion`: why it was turned
    back.
    """

    id: int
    kind: str
    kind_label: str | Promise
    title: str
    state: str
    payload: dict[str, Any]
    opened_at: datetime
    decided_at: datetime | None
    reminded_at: datetime | None
    reviewer: str
    reviewer_phone: str
    waits_since: datetime | None
    opinion: str


def own_cases(user_id: int, *, kinds: Sequence[str] = (), page: int = 1, size: int = PAGE) -> Page[OwnCase]:
    """A page of what this human asked for, the newest first; of some kinds or of all. Three queries."""
    cases = Case.objects.filter(applicant_id=user_id).order_by("-opened_at", "-pk")
    if kinds:
        cases = cases.filter(kind__in=kinds)
    steps = Step.objects.filter(state__in=[Step.State.OPEN, Step.State.REJECTED])
    told = Prefetch("steps", queryset=steps.select_related("organisation", "risen_to"))
    found = Paginator(cases.prefetch_related(told), size).get_page(page)
    rows: Sequence[OwnCase] = [_row(case) for case in found.object_list]
    return Page(rows, found.number, found.paginator)  # type: ignore[arg-type]  # the paginator counts cases


def _row(case: Case) -> OwnCase:
    step = next(iter(case.steps.all()), None)
    is_open = step is not None and step.state == Step.State.OPEN
    reviewer = (step.risen_to or step.organisation) if step and is_open else None
    return OwnCase(
        id=case.pk,
        kind=case.kind,
        kind_label=kind_of(case.kind).label,
        title=case.title,
        state=case.state,
        payload=case.payload,
        opened_at=case.opened_at,
        decided_at=case.decided_at,
        reminded_at=case.reminded_at,
        reviewer=reviewer.name if reviewer else "",
        reviewer_phone=reviewer.phone if reviewer else "",
        waits_since=step.opened_at if step and is_open else None,
        opinion=step.opinion if step and not is_open else "",
    )
