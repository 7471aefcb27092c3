"""A technician changes his title: turned back, corrected, passed; and goes to another unit. At both widths."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from identity.models import Membership, User
from registry.approvals.models import Case
from registry.people.models import Profile
from tests.browser.office import pick
from tests.browser.waiting import follow, serious_faults
from tests.identity import factories as people
from tests.people.office import asks_title, decides, technician

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture
def user(transactional_db: None) -> User:
    bureau = people.organisation("示例市人力资源和社会保障局", kind="bureau")
    people.administrator("局长", 25, bureau, "bureau")
    hospital = people.organisation(parent=bureau)
    people.administrator(unit=hospital)
    bureau.refresh_from_db()
    people.administrator("急救主任", 27, people.organisation("示例市急救中心", parent=bureau))
    return technician(unit=hospital)


def logged_in(page: Any, user: User) -> Any:
    """The page with this person's session."""
    client = Client()
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.goto("/login/")
    page.context.add_cookies([{**cookie, "url": page.url}])
    return page


def in_order(page: Any, width: int) -> None:
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@WIDTHS
def test_a_title_change_is_turned_back_corrected_and_passed(open_page: Callable[..., Any], user: User, width: int):
    page = logged_in(open_page(width=width), user)
    page.goto("/me/profile/?tab=title")
    in_order(page, width)
    follow(page.get_by_role("link", name="变更职称"))
    pick(page, "职称级别", "副高级")
    pick(page, "现专业技术职务资格", "副主任医师", "副主任")
    page.get_by_label("取得日期").fill("2025-09-28")
    page.get_by_label("证书编号").fill("FG2025-写错了")
    in_order(page, width)
    follow(page.get_by_role("button", name="提交审核"))
    page.get_by_text("已提交，由示例市第一医院审核").wait_for()
    in_order(page, width)
    follow(page.get_by_role("button", name="催办"))
    page.get_by_text("已提醒，明天可以再提醒一次").wait_for()

    decides(Case.objects.get(), "reject", "证书编号和证书不一致")

    page.goto("/me/messages/")
    in_order(page, width)
    follow(page.get_by_role("link", name="职称变更被退回"))
    follow(page.get_by_role("link", name="改好再提交"))
    page.get_by_text("证书编号和证书不一致").wait_for()
    expect(page.get_by_label("证书编号")).to_have_value("FG2025-写错了")
    page.get_by_label("证书编号").fill("FG2025-0001")
    follow(page.get_by_role("button", name="提交审核"))
    page.get_by_text("已提交，由示例市第一医院审核").wait_for()

    decides(Case.objects.get(state="open"), "pass")

    page.goto("/me/profile/?tab=title")
    page.get_by_role("link", name="变更职称").wait_for()
    stated = Profile.objects.get(user=user)
    assert (stated.qualification, stated.certificate_no) == ("01201", "FG2025-0001")
    expect(page.locator(".xs-rows tbody tr")).to_have_count(2)
    in_order(page, width)


@WIDTHS
def test_he_goes_to_another_unit(open_page: Callable[..., Any], user: User, width: int):
    waiting = asks_title(user)
    page = logged_in(open_page(width=width), user)
    page.goto("/me/transfer/")
    assert page.get_by_role("button", name="提交调转").is_disabled()
    follow(page.get_by_role("link", name="看办理过程"))
    in_order(page, width)
    follow(page.get_by_role("button", name="撤回，改一改再提交"))
    page.get_by_text("已撤回").first.wait_for()
    assert Case.objects.get(pk=waiting.pk).state == "withdrawn"

    page.goto("/me/transfer/")
    in_order(page, width)
    pick(page, "新单位", "示例市急救中心", "急救")
    page.get_by_label("到岗日期").fill(Case.objects.get().opened_at.date().isoformat())
    follow(page.get_by_role("button", name="提交调转"))
    page.get_by_text("已提交，等新单位确认").wait_for()
    in_order(page, width)

    decides(Case.objects.get(kind="transfer"), "pass")

    page.goto("/me/profile/")
    assert page.get_by_label("单位", exact=True).input_value() == "示例市急救中心"
    assert Membership.objects.get(user=user, state="active").organisation.name == "示例市急救中心"


@WIDTHS
def test_own_data_is_in_order(open_page: Callable[..., Any], user: User, width: int):
    page = logged_in(open_page(width=width), user)
    for address in ("/me/", "/me/profile/", "/me/profile/?tab=education", "/me/cases/", "/me/data/", "/me/data/close/"):
        page.goto(address)
        in_order(page, width)
    page.goto("/me/data/")
    page.get_by_label("登录密码").fill(people.PASSWORD)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载").click()
    assert waiting.value.suggested_filename.endswith(".json")
