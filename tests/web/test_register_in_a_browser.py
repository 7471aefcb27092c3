"""Registering in a real browser at both widths: by keyboard alone, without losing a word, without a serious fault."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from captcha.models import CaptchaStore
from playwright.sync_api import expect

from identity.models import User, WorkDepartment
from identity.services.organisations import index_name
from registry.approvals.models import Case
from tests.browser.waiting import follow, serious_faults
from tests.identity import factories as people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = "/register/technician/"
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture
def hospital(transactional_db: None) -> Any:
    """The hospital with an administrator and 急诊科, among 30 others."""
    bureau = people.organisation("示例市人社局", kind="bureau")
    hospital = people.organisation(parent=bureau)
    people.administrator(unit=hospital)
    WorkDepartment.objects.create(organisation=hospital, name="急诊科")
    units = [hospital] + [people.organisation(f"示例学校{number}", parent=bureau) for number in range(30)]
    for unit in units:
        index_name(organisation_id=unit.pk, name=unit.name)
    return hospital


def tab_to(page: Any, target: Any) -> None:
    """Presses Tab until the control has the focus."""
    handle = target.element_handle()
    for _ in range(60):
        if page.evaluate("wanted => document.activeElement === wanted", handle):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard doesn't get there")


def type_into(page: Any, label: str, text: str) -> None:
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def pick(page: Any, label: str, words: str = "", wanted: str = "") -> None:
    """Opens the dialog, searches, moves down to what is wanted and chooses it; the focus comes back."""
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    filled = dialog.locator("[role=listbox]:not([aria-busy])")
    filled.wait_for(state="attached")  # else the first list, late, takes the place of the one searched for
    if words:
        page.keyboard.type(words)
        filled.wait_for()
    option = dialog.get_by_role("option", name=wanted or words, exact=not words).first
    for _ in range(30):
        if option.get_attribute("data-active") is not None:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    expect(page.locator(".xs-picker button:focus")).to_have_count(1)  # else typing goes on before it has come back


def go_on(page: Any) -> None:
    tab_to(page, page.get_by_role("button", name="下一步"))
    page.keyboard.press("Enter")


def type_account(page: Any, number: str) -> None:
    type_into(page, "证件号码", number)
    type_into(page, "密码", people.PASSWORD)
    type_into(page, "再输一遍密码", people.PASSWORD)
    type_into(page, "手机号", "13800001234")
    type_into(page, "电子邮箱", "chen@example.org")


def type_person(page: Any) -> None:
    pick(page, "工作单位", "一医", people.HOSPITAL)
    pick(page, "工作部门（选填）", wanted="急诊科")
    type_into(page, "姓名", "陈思远")
    pick(page, "民族", "汉", "汉族")
    pick(page, "最高学历", "硕士研究生毕业")
    pick(page, "学位", "医学硕士")
    type_into(page, "毕业院校", "示例医科大学")
    pick(page, "所学专业", "临床医学", "临床医学类")
    page.get_by_label("毕业日期", exact=True).fill("2015-06-30")  # how a date is typed is the browser's


def type_title(page: Any) -> None:
    pick(page, "职称系列", "卫生")
    pick(page, "职称级别", wanted="中级")
    pick(page, "现专业技术职务资格", "主治", "主治医师")
    pick(page, "职业资格", "无")


def type_captcha(page: Any) -> None:
    key = page.locator("[name=captcha_key]").input_value()
    type_into(page, "验证码", CaptchaStore.objects.get(hashkey=key).challenge)


@WIDTHS
def test_somebody_registers_by_keyboard_alone(open_page: Callable[..., Any], hospital: Any, width: int):
    page = open_page(width=width)

    def in_order() -> None:
        assert serious_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(ADDRESS)
    in_order()
    type_account(page, people.id_number(1))
    go_on(page)
    expect(page.get_by_label("出生日期")).to_have_value("1990-03-07")
    expect(page.get_by_label("性别")).to_have_value("M")
    type_person(page)
    in_order()
    go_on(page)
    type_title(page)
    in_order()
    go_on(page)
    review = page.locator("[data-review]")
    expect(review).to_contain_text(f"{people.HOSPITAL} · 急诊科")
    expect(review).not_to_contain_text(people.id_number(1))
    for promise in ("我承诺填写的内容真实有效", "我已阅读并同意用户协议"):
        tab_to(page, page.get_by_label(promise))
        page.keyboard.press("Space")
    type_captcha(page)
    in_order()
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="注册信息已提交审核，请耐心等待").wait_for()
    in_order()
    expect(page.get_by_text(f"由{people.HOSPITAL}审核")).to_be_visible()
    case = Case.objects.get()
    assert (case.title, case.state, case.summary["title"]) == ("陈思远", "open", "主治医师")


@WIDTHS
def test_the_dialog_of_a_picker_is_used_by_keyboard_and_gives_the_focus_back(
    open_page: Callable[..., Any], hospital: Any, width: int
):
    page = open_page(width=width)
    page.goto(ADDRESS)
    page.evaluate("document.querySelectorAll('[data-step]').forEach(step => { step.hidden = false; })")
    button = page.get_by_role("button", name="选择工作单位")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="选择工作单位")
    options = dialog.get_by_role("option")
    options.first.wait_for()
    assert serious_faults(page) == []
    expect(options).to_have_count(20)

    for _ in range(20):
        page.keyboard.press("ArrowDown")
    options.nth(31).wait_for()
    for _ in range(8):  # round and round: nothing behind the dialog is reached
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') || document.activeElement === document.body")
    page.keyboard.press("Escape")

    dialog.wait_for(state="hidden")
    expect(button).to_be_focused()
    expect(page.get_by_label("工作单位", exact=True)).to_have_value("")
    if width < 768:
        button.click()
        dialog.wait_for()
        box = dialog.bounding_box()
        assert (box["x"], box["width"], box["height"]) == (0, width, 800)


def test_what_depends_on_another_choice_goes_when_that_changes(page: Any, hospital: Any):
    page.goto(ADDRESS)
    page.evaluate("document.querySelectorAll('[data-step]').forEach(step => { step.hidden = false; })")
    page.get_by_role("button", name="选择资格").click()
    page.get_by_role("dialog").get_by_text("先选职称系列和级别").wait_for()
    page.keyboard.press("Escape")
    page.get_by_label("职称系列", exact=True).focus()
    type_title(page)
    expect(page.get_by_label("现专业技术职务资格")).to_have_value("主治医师")

    page.get_by_label("职称级别", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("option", name="副高级", exact=True).click()

    expect(page.get_by_label("现专业技术职务资格")).to_have_value("")
    expect(page.locator("[name=qualification]")).to_have_value("")


def test_none_of_the_series_is_none_of_level_and_qualification(page: Any, hospital: Any):
    page.goto(ADDRESS)
    page.evaluate("document.querySelectorAll('[data-step]').forEach(step => { step.hidden = false; })")

    page.get_by_label("职称系列", exact=True).focus()
    pick(page, "职称系列", wanted="无")

    for name in ("title_level", "qualification"):
        expect(page.locator(f"[name={name}]")).to_have_value("0")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (people.id_number(1)[:-1] + "0", "身份证号最后一位不对"),
        ("110101199002300019", "身份证号里的出生日期不对"),
        ("110101900307001", "这是 15 位的旧身份证号码"),
        ("1101011990030", "身份证号码应是 18 位"),
    ],
)
def test_a_number_is_checked_where_it_is_typed(page: Any, hospital: Any, number: str, said: str):
    page.goto(ADDRESS)
    type_into(page, "证件号码", number)
    page.keyboard.press("Tab")
    page.get_by_text(said).wait_for()

    page.get_by_label("证件号码").fill(people.id_number(1).lower())

    page.get_by_text(said).wait_for(state="detached")


def test_a_step_with_faults_is_not_left(page: Any, hospital: Any):
    page.goto(ADDRESS)

    go_on(page)

    expect(page.get_by_role("heading", name="先设一个账号")).to_be_visible()
    expect(page.get_by_label("证件号码")).to_be_focused()
    expect(page.locator(".invalid-feedback:visible")).to_have_count(5)


def test_a_refusal_of_the_server_loses_nothing_not_even_the_password(page: Any, hospital: Any):
    page.goto(ADDRESS)
    type_account(page, people.id_number(1))
    page.get_by_label("密码", exact=True).fill("password")
    page.get_by_label("再输一遍密码").fill("password")
    page.get_by_label("手机号").focus()
    go_on(page)
    type_person(page)
    go_on(page)
    type_title(page)
    go_on(page)
    page.get_by_text("我承诺填写的内容真实有效").click()
    page.get_by_text("我已阅读并同意用户协议").click()
    key = page.locator("[name=captcha_key]").input_value()
    type_captcha(page)
    page.keyboard.press("Enter")

    page.get_by_role("alert").get_by_text("还有几处需要改一下").wait_for()
    expect(page.get_by_role("heading", name="先设一个账号")).to_be_visible()
    expect(page.get_by_label("密码", exact=True)).to_have_value("password")
    expect(page.locator("[name=major]")).to_have_value("1002")
    expect(page.locator("[name=captcha_key]")).not_to_have_value(key)
    assert not User.objects.filter(name="陈思远").exists()

    page.get_by_label("密码", exact=True).fill(people.PASSWORD)
    page.get_by_label("再输一遍密码").fill(people.PASSWORD)
    for _ in range(3):
        page.get_by_role("button", name="下一步").click()
    type_captcha(page)
    page.get_by_role("button", name="提交注册").click()
    page.get_by_role("heading", name="注册信息已提交审核，请耐心等待").wait_for()
    assert Case.objects.count() == 1


def test_who_has_an_account_is_asked_for_less(page: Any, hospital: Any):
    page.goto(ADDRESS)

    page.get_by_label("我已经是平台用户，只想增加技术人员身份").check()
    type_into(page, "证件号码", people.id_number(1))
    type_into(page, "密码", people.PASSWORD)
    go_on(page)

    expect(page.get_by_role("heading", name="你在哪里工作")).to_be_visible()


def test_a_passport_has_birth_date_and_sex_asked(page: Any, hospital: Any):
    page.goto(ADDRESS)
    page.get_by_label("证件类型").select_option("passport")
    type_account(page, "E12345678")

    go_on(page)

    expect(page.get_by_label("出生日期")).to_be_enabled()
    expect(page.get_by_label("性别")).to_be_enabled()


def test_the_way_back_of_the_browser_is_a_step_back(page: Any, hospital: Any):
    page.goto(ADDRESS)
    type_account(page, people.id_number(1))
    go_on(page)

    page.go_back()

    expect(page.get_by_role("heading", name="先设一个账号")).to_be_visible()
    expect(page.get_by_label("手机号")).to_have_value("13800001234")


def test_without_javascript_everything_is_there(open_page: Callable[..., Any], hospital: Any):
    page = open_page(java_script_enabled=False)
    page.goto(ADDRESS)

    page.get_by_label("姓名").fill("陈思远")
    page.locator("[name=organisation_q]").fill("第一")
    follow(page.locator("button[name=find][value=organisation]"))

    expect(page.locator("select[name=organisation] option").nth(1)).to_have_text(re.compile(f"^{people.HOSPITAL}"))
    expect(page.get_by_label("姓名")).to_have_value("陈思远")
    expect(page.get_by_role("button", name="提交注册")).to_be_visible()
