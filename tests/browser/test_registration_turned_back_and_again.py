"""A registration is turned back: the reason stands at the login, what was typed is kept, the second one is passed."""

import logging
from typing import Any

import pytest
from playwright.sync_api import expect

from registry.approvals.models import Case
from tests.browser.office import (
    WIDTHS,
    confirm_technician,
    fill,
    go_on,
    in_order,
    log_in,
    open_queue,
    pass_below,
    screen,
    told_nowhere,
    turn_back_below,
    type_login,
    type_technician,
    unfold,
    waits_no_more,
)
from tests.browser.waiting import follow
from tests.identity import factories as people
from tests.units.factories import Tree, tree

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHEN, HANMEI, MOBILE = people.id_number(1), people.id_number(24), "13800005678"
QUEUE, NAME = "技术人员注册", "陈思远"
REASON = "毕业院校写全称，和毕业证书一致"


@pytest.fixture
def units(transactional_db: None) -> Tree:
    """The tree with 韩梅 over the hospital."""
    made = tree()
    people.administrator(unit=made.employer)
    return made


def registers(page: Any) -> None:
    page.goto("/register/technician/")
    type_technician(page, CHEN, people.HOSPITAL, NAME, MOBILE)
    go_on(page, "核对一遍再提交")
    confirm_technician(page)


def learns_the_reason(page: Any) -> None:
    type_login(page, CHEN)
    told = page.get_by_role("alert")
    expect(told).to_contain_text("注册没有通过审核")
    expect(told).to_contain_text(REASON)
    in_order(page)
    follow(told.get_by_role("link", name="重新注册"))


def registers_again(page: Any) -> None:
    expect(page.get_by_text(REASON)).to_be_visible()
    in_order(page)
    fill(page, 证件号码=CHEN, 密码=people.PASSWORD, 再输一遍密码=people.PASSWORD)
    expect(page.get_by_label("手机号")).to_have_value(MOBILE)
    go_on(page, "你在哪里工作")
    for label, value in (("工作单位", people.HOSPITAL), ("姓名", NAME), ("所学专业", "临床医学类")):
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
    fill(page, 毕业院校="示例医科大学第一临床医学院")
    in_order(page)
    go_on(page, "职称与职业资格")
    expect(page.get_by_label("现专业技术职务资格", exact=True)).to_have_value("主治医师")
    go_on(page, "核对一遍再提交")
    confirm_technician(page)


@WIDTHS
def test_turned_back_corrected_and_passed(
    open_page: Any, units: Tree, width: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    chen, hanmei = screen(open_page, width), screen(open_page, width)

    registers(chen)
    log_in(hanmei, HANMEI, "用人单位")
    open_queue(hanmei, QUEUE)
    unfold(hanmei, NAME)
    in_order(hanmei)
    turn_back_below(hanmei, REASON)
    waits_no_more(hanmei, NAME)

    learns_the_reason(chen)
    registers_again(chen)
    hanmei.goto("/console/")
    open_queue(hanmei, QUEUE)
    expect(unfold(hanmei, NAME)).to_contain_text("示例医科大学第一临床医学院")
    pass_below(hanmei)
    waits_no_more(hanmei, NAME)
    log_in(chen, CHEN)
    chen.wait_for_url("**/learn/")

    assert sorted(Case.objects.values_list("state", flat=True)) == ["passed", "rejected"]
    told_nowhere([CHEN, HANMEI, MOBILE, people.PASSWORD], caplog, capsys)
