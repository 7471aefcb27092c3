"""Reading cases: the reviewer's queue, one case, the applicant's own, what is still in review."""

from registry.approvals.queries.cases import (
    CaseView,
    StepView,
    can_object,
    case_for_applicant,
    case_for_reviewer,
    cases_about,
    cases_of,
    last_rejected,
    latest_case,
    open_case_of_key,
    open_counts_of_organisations,
)
from registry.approvals.queries.deputies import DeputyView, deputies_of
from registry.approvals.queries.own import OwnCase, count_open, own_cases
from registry.approvals.queries.queue import (
    QUEUE_PAGE,
    Attention,
    Filters,
    Queue,
    QueueRow,
    ToDo,
    attention_below,
    queue,
    to_dos,
)
from registry.approvals.queries.reviewers import Reviewer, reviewer_of
from registry.approvals.scope import review_modules

__all__ = [
    "QUEUE_PAGE",
    "Attention",
    "CaseView",
    "DeputyView",
    "Filters",
    "OwnCase",
    "Queue",
    "QueueRow",
    "Reviewer",
    "StepView",
    "ToDo",
    "attention_below",
    "can_object",
    "case_for_applicant",
    "case_for_reviewer",
    "cases_about",
    "cases_of",
    "count_open",
    "deputies_of",
    "last_rejected",
    "latest_case",
    "open_case_of_key",
    "open_counts_of_organisations",
    "own_cases",
    "queue",
    "review_modules",
    "reviewer_of",
    "to_dos",
]
