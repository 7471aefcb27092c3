"""What people do with cases: ask, take back, decide one or many, remind, stand in, clear the list."""

from registry.approvals.kinds import CaseKind, Line, all_kinds, kind_of, payload_value, register_kind
from registry.approvals.services.deciding import MOST_AT_ONCE, PASS, REJECT, Outcome, decide_case, decide_cases
from registry.approvals.services.forgetting import forget_person
from registry.approvals.services.objecting import object_to
from registry.approvals.services.opening import Draft, open_case, replace_case, withdraw_case
from registry.approvals.services.reminding import (
    hide_done,
    name_deputy,
    raise_overdue,
    recall_deputy,
    redirect_person,
    redirect_steps,
    remind_reviewer,
)

__all__ = [
    "MOST_AT_ONCE",
    "PASS",
    "REJECT",
    "CaseKind",
    "Draft",
    "Line",
    "Outcome",
    "all_kinds",
    "decide_case",
    "decide_cases",
    "forget_person",
    "hide_done",
    "kind_of",
    "name_deputy",
    "object_to",
    "open_case",
    "payload_value",
    "raise_overdue",
    "recall_deputy",
    "redirect_person",
    "redirect_steps",
    "register_kind",
    "remind_reviewer",
    "replace_case",
    "withdraw_case",
]
