"""A unit registers, its department passes it; its people register, the unit passes them together; they log in."""

import logging
from typing import Any

import pytest
from playwright.sync_api import expect

from identity.models import Membership
from registry.approvals.models import Case
from tests.browser.office import (
    WIDTHS,
    confirm_technician,
    fill,
    go_on,
    in_order,
    log_in,
    log_out,
    open_case,
    open_queue,
    pass_on,
    pick,
    screen,
    send_registration,
    to_office,
    told_nowhere,
    type_login,
    type_technician,
    waits_no_more,
)
from tests.browser.waiting import follow
from tests.cms import factories as content
from tests.identity import factories as people
from tests.units.factories import Tree, credit_code, tree

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNIT = "示例市第二医院"
ADMINISTRATOR, CHEN, LIN = people.id_number(201), people.id_number(1), people.id_number(4)
MOBILES = ["13900001234", "13800005678", "13800006789"]


@pytest.fixture
def units(transactional_db: None) -> Tree:
    """The tree, an administrator of the department, and a site with a portal."""
    content.set_up_site()
    made = tree()
    people.administrator("卫健委管理员", 44, made.department, "department")
    return made


def registers_unit(page: Any) -> None:
    page.goto("/")
    in_order(page)
    follow(page.get_by_role("link", name="注册", exact=True).locator("visible=true"))
    in_order(page)
    follow(page.get_by_role("link", name="用人单位"))
    fill(page, 单位名称=UNIT, 统一社会信用代码=credit_code(1), 联系电话="010-5550300", 单位地址="示例路 1 号")
    pick(page, "所在区域", "临河区")
    pick(page, "单位性质", "事业单位")
    pick(page, "所属行业", "卫生", "卫生")
    page.get_by_label("有主管部门，由主管部门审核").check()
    pick(page, "主管部门", "示例市卫健委", "卫健")
    in_order(page)
    go_on(page, "单位的管理员")
    fill(page, 证件号码=ADMINISTRATOR, 姓名="周敏", 密码=people.PASSWORD, 再输一遍密码=people.PASSWORD)
    fill(page, 手机号=MOBILES[0], 电子邮箱="zhou@example.org")
    page.get_by_label("我承诺填写的内容真实有效，并且有权代表单位注册").check()
    page.get_by_label("我已阅读并同意用户协议").check()
    in_order(page)
    send_registration(page)
    in_order(page)
    expect(page.get_by_text("由示例市卫健委审核")).to_be_visible()


def is_told_to_wait(page: Any, number: str, unit: str, office: str = "") -> None:
    type_login(page, number, office)
    expect(page.get_by_role("alert")).to_contain_text("注册还在审核，暂时不能登录")
    expect(page.get_by_role("alert")).to_contain_text(f"正在由{unit}审核")
    in_order(page)


def passes_unit(page: Any) -> None:
    log_in(page, people.id_number(44), "主管部门")
    in_order(page)
    open_queue(page, "用人单位注册")
    in_order(page)
    open_case(page, UNIT)
    expect(page.locator("#case").get_by_text(credit_code(1))).to_be_visible()
    in_order(page)
    pass_on(page)
    waits_no_more(page, UNIT)


def passes_together(page: Any) -> None:
    log_in(page, ADMINISTRATOR, "用人单位")
    expect(page.get_by_role("heading", name="待你审核 2")).to_be_visible()
    in_order(page)
    open_queue(page, "技术人员注册")
    in_order(page)
    page.get_by_role("button", name="通过 2 人").click()
    page.get_by_text("已通过 2 条").first.wait_for()
    waits_no_more(page, "陈思远")
    in_order(page)


def learns_first(page: Any, number: str) -> None:
    log_in(page, number)
    page.wait_for_url("**/learn/")
    in_order(page)
    to_office(page, "用户资料管理")
    expect(page.get_by_label("单位", exact=True)).to_have_value(UNIT)
    in_order(page)
    log_out(page)


@WIDTHS
def test_from_the_units_registration_to_the_first_login_of_its_people(
    open_page: Any, units: Tree, width: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    zhou, department, chen, lin = (screen(open_page, width) for _ in range(4))

    registers_unit(zhou)
    is_told_to_wait(zhou, ADMINISTRATOR, "示例市卫健委", "用人单位")
    passes_unit(department)

    for page, number, name, mobile in ((chen, CHEN, "陈思远", MOBILES[1]), (lin, LIN, "林晓雯", MOBILES[2])):
        page.goto("/login/")
        follow(page.get_by_role("link", name="去注册"))
        follow(page.get_by_role("link", name="专业技术人员"))
        type_technician(page, number, UNIT, name, mobile)
        go_on(page, "核对一遍再提交")
        in_order(page)
        confirm_technician(page)
        expect(page.get_by_text(f"由{UNIT}审核")).to_be_visible()
    is_told_to_wait(chen, CHEN, UNIT)
    passes_together(zhou)
    learns_first(chen, CHEN)

    assert set(Case.objects.values_list("state", flat=True)) == {"passed"}
    assert Membership.objects.filter(organisation__name=UNIT, kind="technician", state="active").count() == 2
    told_nowhere([ADMINISTRATOR, CHEN, LIN, *MOBILES, people.PASSWORD], caplog, capsys)
