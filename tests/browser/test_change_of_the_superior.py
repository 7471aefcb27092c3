"""A unit asks for another superior: the present one passes it, then the new one; before that all is as it was."""

from typing import Any

import pytest
from playwright.sync_api import expect

from identity.models import Organisation
from tests.browser.office import (
    WIDTHS,
    in_order,
    log_in,
    open_case,
    open_queue,
    pass_on,
    pick,
    screen,
    turn_back,
    waits_no_more,
)
from tests.browser.waiting import follow
from tests.cms import factories as content
from tests.identity import factories as people
from tests.units.factories import Tree, tree

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNIT, OLD, NEW = "示例市第一医院", "示例市卫健委", "示例市教育局"


@pytest.fixture
def units(transactional_db: None) -> Tree:
    """The tree with an administrator of the hospital, of its department, and of another department."""
    content.set_up_site()
    made = tree()
    people.administrator(unit=made.employer)
    people.administrator("卫健委管理员", 44, made.department, "department")
    other = people.organisation(NEW, kind="department", parent=Organisation.objects.get(pk=made.city.pk))
    people.administrator("教育局管理员", 46, other, "department")
    return made


def superior(units: Tree) -> str:
    return str(Organisation.objects.get(pk=units.employer.pk).get_parent().name)


def asks(page: Any) -> None:
    follow(page.get_by_role("link", name="单位资料", exact=True).first)
    in_order(page)
    follow(page.get_by_role("link", name="更换上级部门"))
    in_order(page)
    pick(page, "新的上级", NEW, "教育")
    follow(page.get_by_role("button", name="提交审核"))
    expect(page.get_by_text("原上级和新上级都同意后才更换")).to_be_visible()
    in_order(page)


def reviews(page: Any) -> None:
    open_queue(page, "上级变更")
    open_case(page, UNIT)
    expect(page.locator("#case").get_by_text(NEW).first).to_be_visible()
    in_order(page)


@WIDTHS
def test_both_superiors_pass_it(open_page: Any, units: Tree, width: int) -> None:
    unit, old, new = (screen(open_page, width) for _ in range(3))
    log_in(unit, people.id_number(24), "用人单位")
    asks(unit)

    log_in(old, people.id_number(44), "主管部门")
    reviews(old)
    pass_on(old)
    waits_no_more(old, UNIT)
    assert superior(units) == OLD

    log_in(new, people.id_number(46), "主管部门")
    reviews(new)
    pass_on(new)
    waits_no_more(new, UNIT)
    assert superior(units) == NEW

    unit.goto("/console/unit/")
    expect(unit.get_by_role("main").get_by_text(NEW)).to_be_visible()
    follow(unit.get_by_role("link", name="变更记录"))
    expect(unit.get_by_role("main").get_by_text("已通过").first).to_be_visible()
    in_order(unit)


def test_the_new_one_turns_it_back_and_nothing_has_changed(open_page: Any, units: Tree) -> None:
    unit, old, new = (screen(open_page) for _ in range(3))
    log_in(unit, people.id_number(24), "用人单位")
    asks(unit)
    log_in(old, people.id_number(44), "主管部门")
    reviews(old)
    pass_on(old)
    waits_no_more(old, UNIT)

    log_in(new, people.id_number(46), "主管部门")
    reviews(new)
    turn_back(new, "请先和本部门联系")
    waits_no_more(new, UNIT)

    assert superior(units) == OLD
    unit.goto("/console/unit/history/")
    expect(unit.get_by_role("main").get_by_text("已退回").first).to_be_visible()
