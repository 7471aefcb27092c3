"""Why somebody can't enrol, said before he tries (design: rules show before they bite)."""

from datetime import date

from cms.queries import ClassTerms
from core.errors import Refusal
from identity.acting import ActingRole
from learning.eligibility import check_dates, check_may_enrol
from learning.errors import PaymentRequired


def why_not(role: ActingRole, terms: ClassTerms, today: date) -> Refusal | None:
    """The refusal that enrolling now would meet, or None. A paid class answers PaymentRequired last."""
    try:
        check_may_enrol(role, terms, today)
    except Refusal as refusal:
        return refusal
    return PaymentRequired() if terms.price_fen else None


def why_closed(terms: ClassTerms, today: date) -> Refusal | None:
    """The refusal that somebody enrolled would meet on studying now, or None."""
    try:
        check_dates(terms, today, enrolled=True)
    except Refusal as refusal:
        return refusal
    return None


def why_not_on_offer(terms: ClassTerms, today: date) -> Refusal | None:
    """The refusal that everybody would meet on enrolling now, whoever he is: the dates. None where there is none."""
    try:
        check_dates(terms, today, enrolled=False)
    except Refusal as refusal:
        return refusal
    return None
