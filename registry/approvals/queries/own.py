"""What somebody's own cases add up to, for his data's sake (X7)."""

from typing import Any

from registry.approvals.models import Case, Step
from registry.approvals.queries.cases import cases_of

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
