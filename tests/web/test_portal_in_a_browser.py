"""The portal, the login and 我 in a real browser, at both widths: they work, and axe-core finds no serious fault."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from captcha.models import CaptchaStore
from playwright.sync_api import expect

from cms.services import set_support, write_download, write_help, write_home, write_news, write_text_page
from identity.models import User
from tests.browser.waiting import follow, serious_faults
from tests.cms import factories as content
from tests.identity import factories as people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = pytest.mark.parametrize("width", [1280, 390])
PUBLIC = ("/", "/news/", "/news/n/", "/help/", "/help/login/", "/downloads/", "/agreement/", "/offline/", "/login/")
OWN = ("/", "/me/", "/me/password/", "/role/")


@pytest.fixture
def lilei(transactional_db: None) -> User:
    """李雷, in a site with a page of every kind."""
    content.set_up_site()
    set_support(organiser="示例市人力资源和社会保障局", phone="000-12345", tagline="示例市专业技术人员继续教育")
    write_home(steps_title="四步走完", steps=[("登录", "用证件号码")], faq=[("号码最后一位是 X？", "大小写都可以。")])
    write_news(slug="n", title="申报通知", published_on=date(2026, 3, 1), body="<h2>一</h2><p>正文</p>", label="notice")
    write_help(slug="login", title="登录问题", questions=[("怎么登录？", "用证件号码。"), ("忘了密码？", "打电话。")])
    write_download(title="登记表", file_name="form.pdf", content=b"%PDF-1.4")
    write_text_page(slug="agreement", title="用户协议", body="<p>正文</p>")
    return people.learner()


def log_in(page: Any, user: User, password: str = people.PASSWORD) -> None:
    """Types into the login form that is on the page, and reads the captcha as an honest eye would."""
    form = page.locator("form[data-login]")
    form.get_by_label("证件号码").fill(user.id_number)
    form.get_by_label("密码", exact=True).fill(password)
    picture = form.locator("[data-renews] img")
    picture.wait_for()
    key = form.locator("[name=captcha_key]").input_value()
    form.get_by_label("验证码", exact=True).fill(CaptchaStore.objects.get(hashkey=key).challenge)
    follow(form.get_by_role("button", name="登录", exact=True))


@WIDTHS
def test_no_public_page_has_a_serious_fault(open_page: Callable[..., Any], lilei: User, width: int):
    page = open_page(width=width)

    for path in PUBLIC:
        page.goto(path)
        assert serious_faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is wider than the screen"


@WIDTHS
def test_no_page_of_ones_own_has_a_serious_fault(open_page: Callable[..., Any], lilei: User, width: int):
    people.membership(lilei, "employer")
    page = open_page(width=width)
    page.goto("/login/")
    log_in(page, lilei)
    page.wait_for_url("**/role/")

    for path in OWN:
        page.goto(path)
        assert serious_faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is wider than the screen"


def test_the_card_of_the_portal_logs_in_although_the_page_is_the_same_for_everybody(page: Any, lilei: User):
    page.goto("/")
    page.goto("/")  # kept by now

    log_in(page, lilei)

    page.wait_for_url("**/learn/")


def test_a_refused_login_takes_focus_and_keeps_the_number(page: Any, lilei: User):
    page.goto("/login/")

    log_in(page, lilei, password="Wrong-2026")

    page.get_by_text("账号或密码不对").wait_for()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("证件号码")).to_have_value(lilei.id_number)
    expect(page.get_by_label("密码", exact=True)).to_have_value("")


def test_a_click_on_the_captcha_brings_another_one(page: Any, lilei: User):
    page.goto("/login/")
    key = page.locator("[name=captcha_key]")
    before = key.input_value()

    page.get_by_role("button", name="换一张验证码").click()

    page.wait_for_function("before => document.querySelector('[name=captcha_key]').value !== before", arg=before)
    expect(page.get_by_label("验证码", exact=True)).to_be_focused()


def test_a_password_can_be_shown_and_hidden_again(page: Any, lilei: User):
    page.goto("/login/")
    field = page.get_by_label("密码", exact=True)

    page.get_by_role("button", name="显示密码").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="显示密码").click()
    expect(field).to_have_attribute("type", "password")


def test_the_kind_of_administrator_is_asked_only_of_administrators(page: Any, lilei: User):
    page.goto("/login/")
    kinds = page.get_by_label("管理员类型")
    expect(kinds).to_be_hidden()

    page.get_by_text("单位管理员").click()

    expect(kinds).to_be_visible()


def test_the_menu_of_continuing_education_has_both_trainings(page: Any, lilei: User):
    page.goto("/help/")

    page.get_by_role("button", name="继续教育").click()

    menu = page.get_by_role("navigation", name="主导航")
    expect(menu.get_by_role("link", name="公需科目")).to_be_visible()
    expect(menu.get_by_role("link", name="专业科目")).to_be_visible()


def test_a_phone_has_the_three_tabs_but_not_on_a_page_of_one_task(phone: Any, lilei: User):
    phone.goto("/help/")
    tabs = phone.get_by_role("navigation", name="底部导航")
    expect(tabs.get_by_role("link")).to_have_text(["首页", "学习", "我"])

    phone.goto("/login/")

    expect(tabs).to_be_hidden()


def test_without_network_a_page_says_so_in_our_words(page: Any, lilei: User):
    page.goto("/help/")
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)

    page.goto("/news/")

    page.get_by_role("heading", name="现在没有网络").wait_for()
    page.complaints.clear()
