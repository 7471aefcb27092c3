"""The queue: order, filters, pages, and a constant number of queries."""

from datetime import timedelta

import pytest

from registry.approvals.queries import Filters, queue, to_dos
from registry.approvals.services import PASS, REJECT, decide_case
from tests.approvals.factories import applicant, open_noted
from tests.identity import factories
from tests.support.clock import START

MINUTE = timedelta(minutes=1)
ODD = [{"code": "mobile_shared", "text": "同一手机号 3 人在用"}]


def read(role, **filters):
    return [row.title for row in queue(role, "noted", now=START, filters=Filters(**filters)).rows]


def test_odd_ones_first_then_the_oldest(noted, hospital, reviewer):
    for at, marks in enumerate([[], ODD, []], start=1):
        open_noted(hospital, applicant(at), marks=marks, now=START - at * MINUTE)

    assert read(reviewer) == ["申请人2", "申请人3", "申请人1"]
    assert read(reviewer, only="odd") == ["申请人2"]


def test_it_is_searched_by_name_id_number_and_mobile(noted, hospital, reviewer):
    open_noted(hospital, factories.person("吴佳宁", 41, mobile="13800002207"))
    open_noted(hospital, factories.person("孙立国", 43, mobile="13900006610"))

    for q in ("佳宁", factories.id_number(41), factories.id_number(41).lower(), "138 0000 2207"):
        assert read(reviewer, q=q) == ["吴佳宁"], q
    assert read(reviewer, q="没有这个人") == []


def test_pages_hold_fifty_and_never_run_out(noted, hospital, reviewer):
    for at in range(1, 53):
        open_noted(hospital, applicant(at), now=START + at * MINUTE)

    first, last = (queue(reviewer, "noted", now=START, page=page) for page in (1, 99))
    assert (len(first.rows), first.count, first.pages) == (50, 52, 2)
    assert (len(last.rows), last.page) == (2, 2)


@pytest.mark.parametrize("cases", [1, 20])
def test_the_number_of_queries_does_not_grow(noted, hospital, reviewer, django_assert_num_queries, cases):
    for at in range(1, cases + 1):
        open_noted(hospital, applicant(at))

    with django_assert_num_queries(3):
        assert len(queue(reviewer, "noted", now=START).rows) == cases
    with django_assert_num_queries(2):
        to_dos(reviewer, now=START)


def test_done_ones_are_listed_the_newest_first(noted, hospital, reviewer):
    passed, turned_back = open_noted(hospital, applicant(1)), open_noted(hospital, applicant(2))
    decide_case(actor=reviewer, case_id=passed.pk, decision=PASS, now=START)
    decide_case(actor=reviewer, case_id=turned_back.pk, decision=REJECT, opinion="不对", now=START + MINUTE)

    done = queue(reviewer, "noted", now=START, done=True)
    assert [row.title for row in done.rows] == ["申请人2", "申请人1"]
    only = queue(reviewer, "noted", now=START, done=True, filters=Filters(decision="rejected"))
    assert [row.opinion for row in only.rows] == ["不对"]


def test_what_waits_is_counted_by_kind(noted, hospital, reviewer):
    open_noted(hospital, applicant(1), now=START - MINUTE)
    open_noted(hospital, applicant(2))

    waiting = {one.kind: one for one in to_dos(reviewer, now=START)}
    assert (waiting["noted"].count, waiting["noted"].oldest) == (2, START - MINUTE)


def test_who_administers_nothing_has_no_queue(noted, hospital):
    open_noted(hospital)
    learner = factories.role(factories.learner(unit=hospital))

    assert read(learner) == []
    assert to_dos(learner, now=START) == ()


def test_own_and_risen_cases_share_one_order_over_the_pages(noted, hospital, superior):
    department = hospital.get_parent()
    for at in range(1, 31):
        open_noted(hospital, applicant(at), now=START + at * 2 * MINUTE)
        open_noted(department, applicant(100 + at), now=START + (at * 2 + 1) * MINUTE)

    pages = [queue(superior, "noted", now=START, page=page, size=25).rows for page in (1, 2, 3)]

    times = [row.submitted_at for rows in pages for row in rows]
    assert (len(times), times) == (60, sorted(times))
    assert [len(rows) for rows in pages] == [25, 25, 10]
