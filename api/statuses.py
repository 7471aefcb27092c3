"""The one table of refusal code → HTTP status (contract.md)."""

from core.errors import FieldRefusal, Refusal

STATUSES = {
    "already_decided": 409,
    "already_enrolled": 409,
    "already_member": 409,
    "already_open": 409,
    "cannot_object": 409,
    "already_voided": 409,
    "bad_credentials": 401,
    "captcha_invalid": 400,
    "cannot_void": 409,
    "just_granted": 409,
    "closed": 409,
    "department_not_empty": 409,
    "ended": 410,
    "locked": 403,
    "no_attempts_left": 409,
    "not_a_learner": 403,
    "not_an_administrator": 403,
    "not_approved": 403,
    "not_complete": 409,
    "not_earned": 403,
    "not_enrolled": 403,
    "not_of_the_unit": 403,
    "not_open": 403,
    "not_yet_shown": 403,
    "nothing_to_pay": 409,
    "order_not_open": 409,
    "order_paid": 409,
    "not_withdrawable": 409,
    "only_super": 403,
    "own_case": 403,
    "parent_loop": 409,
    "paper_short": 409,
    "passed": 409,
    "payment_required": 402,
    "provider_unavailable": 503,
    "quiz_not_due": 409,
    "rejected": 403,
    "role_not_yours": 404,
    "password_change_required": 403,
    "link_used": 410,
    "second_factor_on": 409,
    "second_factor_required": 401,
    "second_factor_setup_required": 403,
    "stale": 409,
    "superseded": 409,
    "too_many_tries": 429,
    "too_soon": 429,
    "wrong_region": 403,
}
_BY_CLASS = {"Locked": 429}
"""`locked` is two things in the contract: a lesson (403) and an account (429)."""


def status_of(refusal: Refusal) -> int:
    """The status a refusal is answered with: a field's fault is 400, what the table doesn't know is 409."""
    if isinstance(refusal, FieldRefusal):
        return 400
    return _BY_CLASS.get(type(refusal).__name__) or STATUSES.get(refusal.code, 409)
