"""Deputies (代理人): with dates, inside the same organisation, in the absent one's modules."""

from datetime import date, timedelta

import pytest

from registry.approvals.errors import DateGone, DatesReversed, NotADeputy
from registry.approvals.models import Case, Deputy
from registry.approvals.queries import deputies_of
from registry.approvals.services import PASS, decide_case, name_deputy, recall_deputy
from tests.approvals.factories import open_noted
from tests.identity import factories
from tests.support.clock import START

TODAY = START.date()
DAY = timedelta(days=1)


@pytest.fixture
def clerk(hospital):
    """An administrator of the hospital who reviews registrations only."""
    user = factories.person("科员", 30)
    factories.membership(user, "employer", hospital, modules=["registrations"])
    return factories.role(user, "employer")


def name(absent, deputy, first: date = TODAY, last: date = TODAY + DAY):
    return name_deputy(actor=absent, deputy_id=deputy.membership_id, starts_on=first, ends_on=last, now=START)


def decides(role, case, now) -> bool:
    try:
        decide_case(actor=role, case_id=case.pk, decision=PASS, now=now)
    except Case.DoesNotExist:
        return False
    return True


@pytest.mark.parametrize(("after", "may"), [(-1, False), (0, True), (1, True), (2, False)])
def test_the_deputy_decides_on_the_days_named(noted, hospital, reviewer, clerk, after, may):
    case = open_noted(hospital)
    name(reviewer, clerk)

    assert decides(clerk, case, START + after * DAY) is may


def test_a_recalled_deputy_decides_no_more(noted, hospital, reviewer, clerk):
    row = name(reviewer, clerk)
    recall_deputy(actor=reviewer, deputy_row_id=row, now=START)

    assert not decides(clerk, open_noted(hospital), START)
    assert deputies_of(reviewer, now=START) == ()


def test_the_deputy_of_one_who_left_decides_no_more(noted, hospital, reviewer, clerk):
    from identity.services import end_membership

    name(reviewer, clerk)
    end_membership(membership_id=reviewer.membership_id, now=START)

    assert not decides(clerk, open_noted(hospital), START)


def test_nobody_deputises_for_himself_or_from_elsewhere(noted, hospital, reviewer, superior):
    for other in (reviewer, superior):
        with pytest.raises(NotADeputy):
            name(reviewer, other)
    assert not Deputy.objects.exists()


def test_dates_are_checked(noted, reviewer, clerk):
    with pytest.raises(DatesReversed):
        name(reviewer, clerk, TODAY, TODAY - DAY)
    with pytest.raises(DateGone):
        name(reviewer, clerk, TODAY - 3 * DAY, TODAY - DAY)


def test_only_ones_own_deputy_is_recalled(noted, reviewer, clerk, superior):
    row = name(reviewer, clerk)

    with pytest.raises(Deputy.DoesNotExist):
        recall_deputy(actor=superior, deputy_row_id=row, now=START)
