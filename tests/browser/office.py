"""Steps that the journeys through registry and console share: what people do on the pages, by what they read there."""

from typing import Any

import pytest
from captcha.models import CaptchaStore

from tests.browser.waiting import follow, listed, serious_faults
from tests.identity import factories as people
from tests.support.dump import dump

WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def screen(open_page: Any, width: int = 1280) -> Any:
    """A browser of its own, as a desk or a phone shows it."""
    return open_page(width=width, height=844, is_mobile=width < 500, has_touch=width < 500)


def in_order(page: Any) -> None:
    """The page that is open has no serious fault and is not wider than the screen."""
    assert serious_faults(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{page.url} is too wide"


# --- The door ---------------------------------------------------------------------------------------------------------
def read_captcha(page: Any) -> None:
    """Types what an honest eye reads."""
    key = page.locator("[name=captcha_key]").input_value()
    page.get_by_label("验证码", exact=True).fill(CaptchaStore.objects.get(hashkey=key).challenge)


def type_login(page: Any, number: str, office: str = "", password: str = people.PASSWORD) -> None:
    """Logs in on the login page; `office` is the kind of administrator in words, technicians leave it empty."""
    page.goto("/login/")
    if office:
        page.get_by_text("单位管理员", exact=True).click()
        page.get_by_label("管理员类型").select_option(label=office)
    page.get_by_label("证件号码", exact=True).fill(number)
    page.get_by_label("密码", exact=True).fill(password)
    read_captcha(page)
    follow(page.get_by_role("main").get_by_role("button", name="登录", exact=True))


def log_in(page: Any, number: str, office: str = "", password: str = people.PASSWORD) -> None:
    """Logs in and is let in."""
    type_login(page, number, office, password)
    page.wait_for_url(lambda url: "/login/" not in url)


def open_account_menu(page: Any) -> None:
    page.get_by_role("button", name="打开账号菜单").click()


def log_out(page: Any) -> None:
    open_account_menu(page)
    follow(page.get_by_role("button", name="退出登录"))
    page.get_by_text("已退出登录").wait_for()


def to_office(page: Any, entry: str) -> None:
    """From the first page of a learner, by 我, to a page of his office."""
    follow(page.get_by_role("link", name="我", exact=True).locator("visible=true").first)
    follow(page.get_by_role("main").get_by_role("link", name=entry).first)


def by_office_menu(page: Any, entry: str) -> None:
    """From one page of the office to another; on a phone the menu is a row above the page."""
    follow(page.get_by_role("navigation", name="我的菜单").get_by_role("link", name=entry))


# --- Forms ------------------------------------------------------------------------------------------------------------
def pick(page: Any, label: str, wanted: str, words: str = "") -> None:
    """Opens the picker beside this field, searches and chooses."""
    page.get_by_label(label, exact=True).click()
    dialog = page.get_by_role("dialog")
    filled = dialog.locator("[role=listbox]:not([aria-busy])")
    filled.wait_for(state="attached")  # else the first list, late, takes the place of the one searched for
    if words:
        dialog.get_by_role("combobox").fill(words)
        filled.wait_for()
    dialog.get_by_role("option", name=wanted).first.click()
    dialog.wait_for(state="hidden")


def go_on(page: Any, heading: str) -> None:
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("heading", name=heading).wait_for()


def fill(page: Any, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label, exact=True).fill(text)


# --- Registering ------------------------------------------------------------------------------------------------------
def type_technician(page: Any, number: str, unit: str, name: str, mobile: str) -> None:
    """Everything that a technician fills in, from the account to his title; stops before the last step."""
    fill(page, 证件号码=number, 密码=people.PASSWORD, 再输一遍密码=people.PASSWORD, 手机号=mobile)
    fill(page, 电子邮箱="chen@example.org")
    go_on(page, "你在哪里工作")
    pick(page, "工作单位", unit, unit)
    fill(page, 姓名=name, 毕业院校="示例医科大学", 毕业日期="2015-06-30")
    pick(page, "民族", "汉族", "汉")
    pick(page, "最高学历", "硕士研究生毕业", "硕士")
    pick(page, "学位", "医学硕士", "医学硕士")
    pick(page, "所学专业", "临床医学类", "临床医学")
    go_on(page, "职称与职业资格")
    pick(page, "职称系列", "卫生", "卫生")
    pick(page, "职称级别", "中级")
    pick(page, "现专业技术职务资格", "主治医师", "主治")
    pick(page, "职业资格", "无", "无")


def confirm_technician(page: Any) -> None:
    """The last step of a technician's registration, sent."""
    page.get_by_label("我承诺填写的内容真实有效").check()
    page.get_by_label("我已阅读并同意用户协议").check()
    send_registration(page)


def send_registration(page: Any) -> None:
    read_captcha(page)
    page.get_by_role("button", name="提交注册").click()
    page.get_by_role("heading", name="注册信息已提交审核，请耐心等待").wait_for()


# --- Reviewing --------------------------------------------------------------------------------------------------------
def open_queue(page: Any, kind: str) -> None:
    """From the first page of the console into the queue of this kind, in words."""
    follow(page.get_by_role("main").get_by_role("link", name=kind).first)
    page.get_by_role("heading", name=f"{kind}审核", level=1).wait_for()


def open_case(page: Any, who: str) -> None:
    """From the queue to the case: beside the list on a desk, on a page of its own on a phone."""
    page.get_by_role("link", name=who).first.click()
    # While the one before still stands there, nothing is decided; on a page of its own scripts come after it.
    page.locator("#case:not([aria-busy])").get_by_role("heading", name="审核意见").wait_for()
    page.wait_for_load_state()


def waits_no_more(page: Any, who: str) -> None:
    """What was decided is sent when one turns to the decided ones; there it stands as soon as the server has it."""
    if "/cases/" in page.url:  # a phone shows it on a page of its own
        page.go_back()
    decided = page.get_by_role("link", name="已审核", exact=True)
    listed(lambda: follow(decided), page.get_by_role("link", name=who))


def turn_back(page: Any, reason: str) -> None:
    """Turns back the case that is open, with a reason of one's own."""
    case = page.locator("#case")
    case.get_by_label("审核意见").fill(reason)
    case.get_by_role("button", name="退回", exact=True).click()
    page.get_by_text("已退回 1 条").first.wait_for()


def pass_on(page: Any) -> None:
    """Passes the case that is open."""
    page.locator("#case").get_by_role("button", name="通过", exact=True).click()
    page.get_by_text("已通过 1 条").first.wait_for()


def unfold(page: Any, who: str) -> Any:
    """What is told of this person below his row in the table of registrations."""
    page.get_by_role("link", name=who).first.click()
    facts = page.locator("[data-facts]")
    facts.wait_for()
    return facts


def turn_back_below(page: Any, reason: str) -> None:
    """Turns back the row that is unfolded; the reason is asked for in a dialog."""
    page.locator("[data-facts]").get_by_role("button", name="退回").click()
    dialog = page.get_by_role("dialog", name="退回 1 条")
    dialog.get_by_label("退回原因").fill(reason)
    dialog.get_by_role("button", name="退回", exact=True).click()
    page.get_by_text("已退回 1 条").first.wait_for()


def pass_below(page: Any) -> None:
    """Passes the row that is unfolded."""
    page.locator("[data-facts]").get_by_role("button", name="通过").click()
    page.get_by_text("已通过 1 条").first.wait_for()


# --- What is left behind ----------------------------------------------------------------------------------------------
def told_nowhere(secrets: list[str], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither database nor logs hold one of these (security.md); the log is that of the journey."""
    said = capsys.readouterr()
    written = dump() + caplog.text + said.out + said.err
    assert "POST /login/" in written, "it is the log of this journey"
    assert [secret for secret in secrets if secret in written] == []
