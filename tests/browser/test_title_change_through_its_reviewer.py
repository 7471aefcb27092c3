"""A title change is turned back by the unit, corrected and passed; both sides see before and after."""

import logging
from typing import Any

import pytest
from playwright.sync_api import expect

from registry.people.models import Profile
from tests.browser.office import (
    WIDTHS,
    in_order,
    log_in,
    open_case,
    open_queue,
    pass_on,
    pick,
    screen,
    to_office,
    told_nowhere,
    turn_back,
    waits_no_more,
)
from tests.browser.waiting import follow
from tests.identity import factories as people
from tests.people.office import technician
from tests.units.factories import tree

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHEN, HANMEI = people.id_number(1), people.id_number(24)
NAME, KIND, REASON = "陈思远", "职称变更", "证书编号和证书不一致"
WRONG, RIGHT = "FG2025-1000", "FG2025-0001"


@pytest.fixture
def units(transactional_db: None) -> None:
    """The hospital with 陈思远, 主治医师, and 韩梅 over it."""
    made = tree()
    people.administrator(unit=made.employer)
    technician(NAME, unit=made.employer)


def asks(page: Any) -> None:
    log_in(page, CHEN)
    to_office(page, "用户资料管理")
    follow(page.get_by_role("link", name="专业技术职务"))
    in_order(page)
    follow(page.get_by_role("link", name="变更职称"))
    pick(page, "职称级别", "副高级")
    pick(page, "现专业技术职务资格", "副主任医师", "副主任")
    page.get_by_label("取得日期").fill("2025-09-28")
    page.get_by_label("证书编号").fill(WRONG)
    in_order(page)
    follow(page.get_by_role("button", name="提交审核"))
    page.get_by_text(f"已提交，由{people.HOSPITAL}审核").wait_for()
    in_order(page)


def opens(page: Any, certificate: str) -> None:
    """韩梅 opens the case, which says what is and what shall be."""
    open_queue(page, KIND)
    open_case(page, NAME)
    case = page.locator("#case")
    expect(case.get_by_role("row", name="现专业技术职务资格")).to_contain_text("主治医师")
    expect(case.get_by_role("row", name="现专业技术职务资格")).to_contain_text("副主任医师")
    expect(case).to_contain_text(certificate)
    in_order(page)


def corrects(page: Any) -> None:
    follow(page.get_by_role("link", name="消息").first)
    in_order(page)
    follow(page.get_by_role("link", name="职称变更被退回"))
    expect(page.get_by_role("main")).to_contain_text(REASON)
    in_order(page)
    follow(page.get_by_role("link", name="改好再提交"))
    expect(page.get_by_label("证书编号")).to_have_value(WRONG)
    expect(page.get_by_label("现专业技术职务资格", exact=True)).to_have_value("副主任医师")
    page.get_by_label("证书编号").fill(RIGHT)
    follow(page.get_by_role("button", name="提交审核"))
    page.get_by_text(f"已提交，由{people.HOSPITAL}审核").wait_for()


@WIDTHS
def test_turned_back_corrected_and_passed(
    open_page: Any, units: None, width: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    chen, hanmei = screen(open_page, width), screen(open_page, width)

    asks(chen)
    log_in(hanmei, HANMEI, "用人单位")
    opens(hanmei, WRONG)
    turn_back(hanmei, REASON)
    waits_no_more(hanmei, NAME)
    assert Profile.objects.get().certificate_no != WRONG

    corrects(chen)
    hanmei.goto("/console/")
    opens(hanmei, RIGHT)
    pass_on(hanmei)
    waits_no_more(hanmei, NAME)

    chen.goto("/me/profile/?tab=title")
    expect(chen.get_by_role("main")).to_contain_text("副主任医师")
    in_order(chen)
    assert Profile.objects.get().certificate_no == RIGHT
    told_nowhere([CHEN, HANMEI, "13800000001", people.PASSWORD], caplog, capsys)
