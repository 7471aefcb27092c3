"""What the portal shows beside its own content: the day, the year's target, the login card (P1)."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest

from registry.hours import queries as ledger
from registry.hours.queries import YearTotals
from web.account_forms import LoginForm, login_form
from web.year import YearDial, this_year


@dataclass(frozen=True)
class Portal:
    """The parts of the home page that are no content."""

    dial: YearDial
    public_target: Decimal
    professional_target: Decimal
    mine: YearTotals | None
    login_form: LoginForm | None


def portal_for(request: HttpRequest) -> Portal:
    """The portal as this request's role sees it: a learner finds his year where others find the login form."""
    dial = this_year()
    role = request.role
    mine = ledger.totals(role.user_id, dial.today.year) if role.is_learner else None
    public, professional = (mine.public_target, mine.professional_target) if mine else ledger.targets(dial.today.year)
    return Portal(
        dial=dial,
        public_target=public,
        professional_target=professional,
        mine=mine,
        login_form=login_form() if role.is_visitor else None,
    )
