"""The queue of registrations: what is searched and found, page by page, as quick with many as with one."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from identity.models import WorkDepartment
from registry.approvals.queries import QUEUE_PAGE
from registry.approvals.services import PASS, REJECT, decide_case
from tests.approvals.factories import applicant, open_noted
from tests.console.conftest import browser_of
from tests.console.test_review_page import text
from tests.identity import factories
from tests.people.factories import registered
from tests.units.factories import tree

QUEUE = "/console/reviews/technician_registration/"


@pytest.fixture
def units(db, clock):
    return tree()


@pytest.fixture
def role(units):
    """韩梅, the super administrator of the hospital."""
    return factories.role(factories.administrator(unit=units.employer), "employer")


@pytest.fixture
def screen(role):
    return browser_of(role)


def page(screen, **query):
    return BeautifulSoup(screen.get(QUEUE, query).content, "html.parser")


def names(screen, **query):
    return [link.text for link in page(screen, **query).select("[data-case] [data-open]")]


def test_it_is_searched_by_name_whole_number_whole_mobile_and_department(units, screen):
    ward = WorkDepartment.objects.create(organisation=units.employer, name="急诊科")
    registered(1, units.employer, name="吴佳宁", department=ward.pk)
    registered(3, units.employer, name="林晓雯")

    for query in ({"q": "佳宁"}, {"q": factories.id_number(1)}, {"q": "13800000001"}, {"department": ward.pk}):
        assert names(screen, **query) == ["吴佳宁"], query
    assert names(screen, q=factories.id_number(1)[:12]) == []


def test_what_was_searched_stands_in_the_fields(units, screen):
    ward = WorkDepartment.objects.create(organisation=units.employer, name="急诊科")

    found = page(screen, q="佳宁", department=ward.pk, only="late")

    assert found.select_one("#q")["value"] == "佳宁"
    assert [option["value"] for option in found.select("option[selected]")] == [str(ward.pk), "late"]


def test_odd_ones_and_overdue_ones_are_found(units, screen, clock):
    registered(1, units.employer, name="吴佳宁", title_level="1")
    registered(3, units.employer, name="林晓雯")
    clock.tick(timedelta(days=4).total_seconds())
    registered(5, units.employer, name="赵启明")

    assert names(screen, only="odd") == ["吴佳宁"]
    assert names(screen, only="late") == ["吴佳宁", "林晓雯"]
    assert "已等 4 天" in text(screen.get(QUEUE))


def test_only_those_without_a_mark_are_chosen_beforehand(units, screen):
    registered(1, units.employer, name="吴佳宁", title_level="1")
    registered(3, units.employer, name="林晓雯")

    boxes = page(screen).select("[data-case] input[name=case]")

    assert [box.has_attr("checked") for box in boxes] == [False, True]


def test_numbers_and_mobiles_are_masked(units, screen):
    registered(1, units.employer)

    content = screen.get(QUEUE).content.decode()

    assert factories.id_number(1) not in content
    assert "13800000001" not in content
    assert "138****0001" in content


def test_done_ones_are_told_apart(units, role, screen, clock):
    passed, rejected = registered(1, units.employer, name="吴佳宁"), registered(3, units.employer, name="林晓雯")
    decide_case(actor=role, case_id=passed.pk, decision=PASS, now=clock.now())
    decide_case(actor=role, case_id=rejected.pk, decision=REJECT, opinion="不是本单位的人员", now=clock.now())

    assert names(screen) == []
    assert sorted(names(screen, state="done")) == ["吴佳宁", "林晓雯"]
    assert names(screen, state="done", decision="rejected") == ["林晓雯"]


def test_the_next_page_keeps_what_was_searched(noted, hospital, hanmei):
    for serial in range(1, 52):
        open_noted(hospital, applicant(serial))

    first = BeautifulSoup(hanmei.get("/console/reviews/noted/", {"q": "申请人"}).content, "html.parser")
    link = first.select_one("a[rel=next]")["href"]
    second = BeautifulSoup(hanmei.get(f"/console/reviews/noted/{link}").content, "html.parser")

    assert len(first.select("[data-case]")) == 50
    assert len(second.select("[data-case]")) == 1
    assert second.select_one("#find")["value"] == "申请人"


@pytest.mark.parametrize("many", [1, 20, 60])
def test_the_table_takes_at_most_twelve_queries_whatever_waits(units, screen, django_assert_max_num_queries, many):
    for serial in range(1, many + 1):
        registered(2 * serial - 1, units.employer)

    screen.get("/console/")
    with django_assert_max_num_queries(12):
        assert len(names(screen)) == min(many, QUEUE_PAGE)


def test_the_menu_has_no_queue_that_such_an_office_never_reviews(units, screen):
    bureau = browser_of(factories.role(factories.administrator("人社局管理员", 61, units.city, "bureau"), "bureau"))

    for label in ("主管部门注册", "继续教育基地注册", "人社部门注册"):
        assert label not in text(screen.get("/console/"))
        assert label in text(bureau.get("/console/"))
    assert "用人单位注册" in text(screen.get("/console/"))
