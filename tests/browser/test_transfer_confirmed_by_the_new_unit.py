"""A technician asks for another unit: the new one confirms, he belongs there, the old one is told."""

import logging
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from identity.models import Membership, Organisation
from tests.browser.office import (
    WIDTHS,
    by_office_menu,
    in_order,
    log_in,
    open_case,
    open_queue,
    pass_on,
    pick,
    screen,
    to_office,
    told_nowhere,
    waits_no_more,
)
from tests.browser.waiting import follow
from tests.identity import factories as people
from tests.people.office import technician
from tests.units.factories import tree

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHEN, OLD, NEW = people.id_number(1), people.id_number(24), people.id_number(46)
NAME, NEW_UNIT = "陈思远", "示例市急救中心"


@pytest.fixture
def units(transactional_db: None) -> None:
    """The hospital with 陈思远, the emergency centre, an administrator each."""
    made = tree()
    people.administrator(unit=made.employer)
    centre = people.organisation(NEW_UNIT, parent=Organisation.objects.get(pk=made.department.pk))
    people.administrator("急救主任", 46, centre)
    technician(NAME, unit=made.employer)


def asks(page: Any) -> None:
    log_in(page, CHEN)
    to_office(page, "单位调转")
    in_order(page)
    pick(page, "新单位", NEW_UNIT, "急救")
    page.get_by_label("到岗日期").fill(date.today().isoformat())
    follow(page.get_by_role("button", name="提交调转"))
    page.get_by_text("已提交，等新单位确认").wait_for()
    in_order(page)
    expect(page.get_by_role("main")).to_contain_text(NEW_UNIT)


def confirms(page: Any) -> None:
    log_in(page, NEW, "用人单位")
    open_queue(page, "单位调转")
    open_case(page, NAME)
    for stated in (people.HOSPITAL, date.today().isoformat(), "010-5550100"):
        expect(page.locator("#case").get_by_text(stated).first).to_be_visible()
    in_order(page)
    pass_on(page)
    waits_no_more(page, NAME)
    in_order(page)


def is_told(page: Any) -> None:
    log_in(page, OLD, "用人单位")
    follow(page.get_by_role("link", name="消息").first)
    expect(page.get_by_role("main")).to_contain_text(NAME)
    expect(page.get_by_role("main")).to_contain_text(NEW_UNIT)
    in_order(page)


@WIDTHS
def test_he_belongs_to_the_new_unit_when_it_has_confirmed(
    open_page: Any, units: None, width: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    chen, old, new = (screen(open_page, width) for _ in range(3))

    asks(chen)
    assert Membership.objects.get(user__name=NAME, state="active").organisation.name == people.HOSPITAL
    confirms(new)
    is_told(old)

    by_office_menu(chen, "用户资料管理")
    expect(chen.get_by_label("单位", exact=True)).to_have_value(NEW_UNIT)
    by_office_menu(chen, "消息")
    expect(chen.get_by_role("main")).to_contain_text("单位调转")
    assert Membership.objects.get(user__name=NAME, state="active").organisation.name == NEW_UNIT
    told_nowhere([CHEN, OLD, NEW, "13800000001", people.PASSWORD], caplog, capsys)
