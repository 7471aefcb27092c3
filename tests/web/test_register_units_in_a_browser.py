"""Registering a unit in a real browser at both widths: by keyboard, without losing a word, without a serious fault."""

from collections.abc import Callable
from typing import Any

import pytest
from captcha.models import CaptchaStore
from playwright.sync_api import expect

from identity.services.organisations import index_name
from registry.approvals.models import Case
from tests.browser.waiting import serious_faults
from tests.identity import factories as people
from tests.units.factories import Tree, credit_code, tree
from tests.web.test_register_in_a_browser import go_on, pick, tab_to, type_captcha, type_into

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = "/register/employer/"
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture
def units(transactional_db: None) -> Tree:
    made = tree()
    people.administrator("卫健委管理员", 44, made.department, "department")
    for unit in (made.department, made.employer):
        index_name(organisation_id=unit.pk, name=unit.name)
    return made


def choose(page: Any, label: str) -> None:
    """By keyboard: Tab to the radios, then the arrows."""
    wanted = page.get_by_label(label, exact=True)
    tab_to(page, page.locator(f"[name={wanted.get_attribute('name')}]").first)
    page.keyboard.press("Space")
    for _ in range(3):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError("the keyboard doesn't choose it")


def type_unit(page: Any) -> None:
    type_into(page, "单位名称", "示例市第二医院")
    type_into(page, "统一社会信用代码", credit_code(1).lower())
    pick(page, "所在区域", wanted="临河区")
    pick(page, "单位性质", wanted="事业单位")
    pick(page, "所属行业", "卫生", "卫生")
    type_into(page, "联系电话", "010-5550300")
    type_into(page, "单位地址", "示例路 1 号")
    choose(page, "有主管部门，由主管部门审核")
    pick(page, "主管部门", "卫健", "示例市卫健委")


def type_administrator(page: Any, password: str = people.PASSWORD) -> None:
    type_into(page, "证件号码", people.id_number(201))
    type_into(page, "姓名", "周敏")
    type_into(page, "密码", password)
    type_into(page, "再输一遍密码", password)
    type_into(page, "手机号", "13900001234")
    type_into(page, "电子邮箱", "zhou@example.org")
    for promise in ("我承诺填写的内容真实有效，并且有权代表单位注册", "我已阅读并同意用户协议"):
        tab_to(page, page.get_by_label(promise))
        page.keyboard.press("Space")


@WIDTHS
def test_a_unit_registers_by_keyboard_alone(open_page: Callable[..., Any], units: Tree, width: int):
    page = open_page(width=width)

    def in_order() -> None:
        assert serious_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(ADDRESS)
    in_order()
    type_unit(page)
    in_order()
    go_on(page)
    expect(page.get_by_role("heading", name="单位的管理员")).to_be_visible()
    in_order()
    type_administrator(page)
    type_captcha(page)
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="注册信息已提交审核，请耐心等待").wait_for()
    in_order()
    expect(page.get_by_text("由示例市卫健委审核")).to_be_visible()
    case = Case.objects.get()
    assert (case.title, case.state, case.summary["parent"]) == ("示例市第二医院", "open", "示例市卫健委")
    assert case.summary["credit_code"] == credit_code(1)


def test_choices_reveal_what_they_call_for(page: Any, units: Tree):
    page.goto(ADDRESS)
    department, parent = page.get_by_label("主管部门", exact=True), page.get_by_label("上级单位", exact=True)
    code, service = page.get_by_label("统一社会信用代码", exact=True), page.get_by_text("没有代码的单位先联系客服")
    assert (department.is_visible(), parent.is_visible(), service.is_visible()) == (False, False, False)

    page.get_by_label("是分公司或分院，由上级单位审核").check()
    assert (department.is_visible(), parent.is_visible()) == (False, True)
    page.get_by_label("都没有，由所在区域的人社部门审核").check()
    assert (department.is_visible(), parent.is_visible()) == (False, False)

    page.get_by_label("没有", exact=True).check()
    assert (code.is_visible(), service.is_visible()) == (False, True)
    go_on(page)
    expect(page.get_by_role("heading", name="单位信息")).to_be_visible()
    expect(page.get_by_text("先联系客服，拿到登记凭证号再接着注册")).to_be_visible()
    page.get_by_label("登记凭证号").fill("XK12")
    page.keyboard.press("Tab")
    page.get_by_text("登记凭证号是 XK 开头的 12 位").wait_for()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("9111", "统一社会信用代码应是 18 位"),
        (credit_code(1)[:-1] + ("0" if credit_code(1)[-1] != "0" else "1"), "统一社会信用代码不对"),
        (credit_code(1)[:-2] + "I" + credit_code(1)[-1], "统一社会信用代码不对"),
        ("D2143569-1", "组织机构代码不对"),
    ],
)
def test_a_code_is_checked_where_it_is_typed(page: Any, units: Tree, code: str, said: str):
    page.goto(ADDRESS)
    type_into(page, "统一社会信用代码", code)
    page.keyboard.press("Tab")
    page.get_by_text(said).wait_for()

    for right in (credit_code(1).lower(), "d2143569-x"):
        page.get_by_label("统一社会信用代码", exact=True).fill(right)
        page.get_by_text(said).wait_for(state="detached")


def test_who_has_an_account_is_asked_for_number_and_password_only(page: Any, units: Tree):
    page.goto(ADDRESS)
    type_unit(page)
    go_on(page)

    page.get_by_label("管理员已经是平台用户，用原来的密码").check()

    hidden = ("姓名", "再输一遍密码", "手机号", "电子邮箱")
    for label in hidden:
        expect(page.get_by_label(label, exact=True)).to_be_hidden()
    expect(page.get_by_label("密码", exact=True)).to_have_attribute("autocomplete", "current-password")


def test_a_refusal_of_the_server_loses_nothing_not_even_the_password(page: Any, units: Tree):
    page.goto(ADDRESS)
    type_unit(page)
    go_on(page)
    type_administrator(page, password="password")
    type_captcha(page)
    page.keyboard.press("Enter")

    page.locator("[data-summary]:focus").wait_for()
    expect(page.get_by_label("密码", exact=True)).to_have_value("password")
    expect(page.get_by_label("验证码")).to_have_value("")
    assert not Case.objects.exists()

    for label in ("密码", "再输一遍密码"):
        page.get_by_label(label, exact=True).fill(people.PASSWORD)
    key = page.locator("[name=captcha_key]").input_value()
    page.get_by_label("验证码").fill(CaptchaStore.objects.get(hashkey=key).challenge)
    page.get_by_role("button", name="提交注册").click()

    page.get_by_role("heading", name="注册信息已提交审核，请耐心等待").wait_for()
    assert Case.objects.count() == 1


def test_a_fault_of_the_first_step_is_shown_there(page: Any, units: Tree):
    page.goto(ADDRESS)
    type_unit(page)
    go_on(page)
    type_administrator(page)
    type_captcha(page)
    people.organisation("抢先的单位", credit_code=credit_code(1), parent=units.department)
    page.keyboard.press("Enter")

    page.locator("[data-summary]:focus").wait_for()
    expect(page.get_by_role("heading", name="单位信息")).to_be_visible()
    page.get_by_role("link", name="统一社会信用代码").click()
    expect(page.get_by_label("统一社会信用代码", exact=True)).to_be_focused()
