"""Second factor, devices, forgotten password and roles in a real browser at both widths: they work, without a serious
fault.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from captcha.models import CaptchaStore
from django.core import mail
from playwright.sync_api import expect

from core import clock
from identity.models import LoginSession, User
from identity.services.password_reset import send_reset, waiting_resets
from tests.browser.waiting import follow, serious_faults
from tests.cms import factories as content
from tests.identity import factories as people
from tests.identity.test_prove_with_a_second_factor import code_of
from tests.people.factories import registered
from tests.web.test_portal_in_a_browser import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = pytest.mark.parametrize("width", [1280, 390])
NEW = "Another-1-word"


@pytest.fixture
def lilei(transactional_db: None) -> User:
    content.set_up_site()
    return people.learner(email="lilei@example.org")


@pytest.fixture
def visit(open_page: Callable[..., Any]) -> Callable[[int], Any]:
    """A browser of that width; `page.is_in_order()` looks at what is on it."""

    def opened(width: int) -> Any:
        page = open_page(width=width)

        def is_in_order() -> None:
            assert serious_faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

        page.is_in_order = is_in_order
        return page

    return opened


def type_captcha(page: Any) -> None:
    page.locator("[data-renews] img").wait_for()
    key = page.locator("[name=captcha_key]").input_value()
    page.get_by_label("验证码", exact=True).fill(CaptchaStore.objects.get(hashkey=key).challenge)


@WIDTHS
def test_a_second_factor_is_set_up_asked_for_and_switched_off(visit: Any, lilei: User, width: int):
    page = visit(width)
    page.goto("/login/")
    log_in(page, lilei)
    page.goto("/me/")
    follow(page.get_by_role("link", name="登录与安全").last)
    page.is_in_order()
    follow(page.get_by_role("link", name="设置两步验证"))
    page.is_in_order()
    picture = page.get_by_alt_text("验证器二维码")
    assert picture.evaluate("async picture => { await picture.decode(); return picture.naturalWidth; }") > 100

    page.get_by_label("动态验证码").fill("000000")
    follow(page.get_by_role("button", name="开启两步验证"))
    expect(page.get_by_text("动态验证码不对或已用过").first).to_be_visible()
    page.is_in_order()
    page.get_by_label("动态验证码").fill(code_of(lilei, confirmed=False))
    follow(page.get_by_role("button", name="开启两步验证"))
    page.is_in_order()
    expect(page.locator("code")).to_have_count(8)
    codes = page.locator("code").all_inner_texts()
    follow(page.get_by_role("link", name="我已经抄好"))
    expect(page.get_by_text("已开启")).to_be_visible()
    page.is_in_order()

    page.context.clear_cookies()
    page.goto("/login/")
    log_in(page, lilei)
    page.is_in_order()
    page.get_by_label("动态验证码").fill(codes[0])
    follow(page.get_by_role("button", name="登录"))
    page.wait_for_url("**/learn/")

    page.goto("/me/security/off/")
    page.is_in_order()
    page.get_by_label("登录密码").fill(people.PASSWORD)
    page.get_by_label("动态验证码").fill(codes[1])
    follow(page.get_by_role("button", name="关闭两步验证"))
    expect(page.get_by_text("没有开启")).to_be_visible()


@WIDTHS
def test_another_device_is_logged_out_from_the_list(visit: Any, lilei: User, width: int):
    there, page = visit(1280), visit(width)
    for one in (there, page):
        one.goto("/login/")
        log_in(one, lilei)
        one.wait_for_url("**/learn/")
    page.goto("/me/security/")
    expect(page.get_by_text("这台设备")).to_have_count(1)
    page.is_in_order()

    follow(page.get_by_role("button", name=re.compile("^退出 ")))

    expect(page.get_by_text("那台设备已退出")).to_be_visible()
    there.goto("/me/")
    there.wait_for_url("**/login/?next=/me/")
    assert LoginSession.objects.count() == 1


@WIDTHS
def test_a_forgotten_password_is_replaced_by_the_link_of_a_mail(visit: Any, lilei: User, width: int):
    page = visit(width)
    page.goto("/login/")
    follow(page.get_by_role("link", name="忘记密码"))
    page.is_in_order()
    page.get_by_label("证件号码", exact=True).fill(lilei.id_number)
    page.get_by_label("注册时的邮箱").fill("lilei")
    type_captcha(page)
    follow(page.get_by_role("button", name="发送链接"))
    expect(page.get_by_text("邮箱地址不对").first).to_be_visible()
    expect(page.get_by_label("证件号码", exact=True)).to_have_value(lilei.id_number)
    page.is_in_order()
    page.get_by_label("注册时的邮箱").fill("lilei@example.org")
    type_captcha(page)
    follow(page.get_by_role("button", name="发送链接"))
    expect(page.get_by_role("heading", name="去邮箱看看")).to_be_visible()
    page.is_in_order()
    for reset_id in waiting_resets(now=clock.now()):
        send_reset(reset_id=reset_id, now=clock.now())
    address = re.search(r"http://[^/]+(/password/reset/\S+)", mail.outbox[-1].body)
    assert address

    page.goto(address[1])
    page.is_in_order()
    page.get_by_label("新密码", exact=True).fill(NEW)
    page.get_by_label("再输一次新密码").fill(NEW)
    follow(page.get_by_role("button", name="保存新密码"))
    page.wait_for_url("**/login/")
    log_in(page, lilei, NEW)
    page.wait_for_url("**/learn/")

    page.context.clear_cookies()
    page.goto(address[1])
    expect(page.get_by_role("heading", name="这个链接不能用了")).to_be_visible()
    page.is_in_order()
    page.complaints.clear()  # the browser reports the 410


@WIDTHS
def test_who_waits_reminds_and_who_has_two_roles_chooses(visit: Any, lilei: User, width: int):
    case = registered(41)
    people.membership(lilei, "employer", is_super=True)
    page = visit(width)
    page.goto("/login/")
    log_in(page, case.applicant)
    expect(page.get_by_text("注册还在审核，暂时不能登录")).to_be_visible()
    page.is_in_order()
    follow(page.get_by_role("button", name="提醒审核人"))
    expect(page.get_by_text("已提醒审核人")).to_be_visible()

    log_in(page, lilei)
    page.wait_for_url("**/role/")
    expect(page.get_by_role("button", name=re.compile(r"用人单位管理员.*1\s*条待审核"))).to_be_visible()
    page.is_in_order()
    page.get_by_label("下次在这台设备登录，直接用这次选的身份").check()
    follow(page.get_by_role("button", name="用人单位管理员"))
    page.wait_for_url("**/console/")
