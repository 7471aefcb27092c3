"""Administrators, roles and units below in a real browser, at both widths: they work, and axe-core finds no fault."""

import logging
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from identity.models import Membership, Organisation, PermissionRole, User, WorkDepartment
from tests.browser.waiting import follow, serious_faults
from tests.console.conftest import browser_of
from tests.identity import factories
from tests.support.dump import dump
from tests.units import colleagues

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture
def office(transactional_db: None) -> Any:
    """The hospital with a branch, 韩梅 over it, a colleague, one of its people, and two roles."""
    bureau = factories.organisation("示例市人社局", kind="bureau")
    department = factories.organisation("示例市卫健委", kind="department", parent=bureau)
    hospital = factories.organisation(parent=department)
    factories.organisation("江北分院", parent=Organisation.objects.get(pk=hospital.pk), nature="2")
    hanmei = factories.administrator(unit=hospital)
    reviewing = colleagues.permission_role("人事审核员", "registrations", "transfers", unit=hospital)
    colleagues.permission_role("只看统计", "statistics", unit=hospital)
    colleagues.colleague("罗芳", 46, unit=hospital, role_ids=(reviewing,))
    lilei = factories.learner("李雷", 13, hospital)
    Membership.objects.filter(user=lilei).update(
        work_department=WorkDepartment.objects.create(organisation=hospital, name="急诊科")
    )
    factories.administrator("吴磊", 62, bureau, "bureau")
    return hanmei


@pytest.fixture
def opened(open_page: Any, live_server: Any, office: Any) -> Any:
    """`opened(width, "韩梅")`: a page in that administrator's session."""

    def open_one(width: int, name: str = "韩梅", kind: str = "employer") -> Any:
        page = open_page(width=width, height=844, is_mobile=width < 500, has_touch=width < 500)
        client = browser_of(factories.role(User.objects.get(name=name), kind))
        key = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": key, "value": client.cookies[key].value, "url": live_server.url}])
        return page

    return open_one


def clean(page: Any) -> None:
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page is wider than it"


def stands_still(page: Any, panel: str) -> None:
    """Colours are measured when a panel has come in whole."""
    page.wait_for_function(f"() => document.querySelector('{panel}')?.getAnimations({{subtree: true}}).length === 0")


def starts_adding(page: Any, way: str) -> None:
    page.goto("/console/administrators/")
    follow(page.get_by_role("link", name="添加管理员"))
    page.get_by_role("radio", name=way).check()


def gives_role(page: Any, name: str) -> None:
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("checkbox", name=name).check()
    clean(page)
    follow(page.get_by_role("button", name="添加管理员"))


@WIDTHS
def test_one_of_our_people_is_added_in_three_steps(opened: Any, width: int) -> None:
    page = opened(width)
    starts_adding(page, "本单位人员")

    page.get_by_role("button", name="下一步").click()
    page.get_by_text("先选一位再往下走").wait_for()
    page.get_by_label("姓名、部门或证件号").fill("急诊")
    page.get_by_text("找到 1 人").wait_for()
    page.get_by_role("radio", name="李雷").check()
    clean(page)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("group", name="让李雷管什么").wait_for()
    page.get_by_role("button", name="上一步").click()
    expect(page.get_by_role("radio", name="李雷")).to_be_checked()
    gives_role(page, "人事审核员")

    page.get_by_text("李雷已是本单位管理员").wait_for()
    clean(page)
    assert colleagues.modules(User.objects.get(name="李雷")) == {"registrations", "transfers"}


@WIDTHS
def test_somebody_new_is_registered_in_three_steps(
    opened: Any, width: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    page, number = opened(width), factories.id_number(77)
    starts_adding(page, "还没有账号")

    page.get_by_role("group", name="还没有账号").get_by_label("证件号码").fill("110101199003070135")
    page.get_by_label("姓名", exact=True).fill("罗婉清")
    page.get_by_label("手机号").fill("13900001111")
    page.get_by_label("电子邮箱").fill("luo@hospital.example")
    page.get_by_label("初始密码").fill("Mulberry-7731")
    gives_role(page, "只看统计")
    page.get_by_role("link", name="证件号码").click()
    page.get_by_role("group", name="还没有账号").get_by_label("证件号码").fill(number)
    page.get_by_label("初始密码").fill("Mulberry-7731")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("checkbox", name="只看统计")).to_be_checked()
    follow(page.get_by_role("button", name="添加管理员"))

    page.get_by_text("已为罗婉清提交").wait_for()
    clean(page)
    assert colleagues.modules(User.objects.get(name="罗婉清")) == {"statistics"}
    printed = capsys.readouterr()
    told = caplog.text + printed.out + printed.err + dump()
    assert [secret for secret in (number, "13900001111", "Mulberry-7731") if secret in told] == []


@WIDTHS
def test_the_owner_of_an_account_proves_it_in_three_steps(opened: Any, width: int) -> None:
    wangwu = factories.stranger()
    page = opened(width)
    starts_adding(page, "已有平台账号")

    page.get_by_role("group", name="已有平台账号").get_by_label("证件号码").fill(wangwu.id_number)
    page.get_by_label("他的登录密码").fill("Wrong-2026")
    gives_role(page, "人事审核员")
    page.get_by_role("alert").get_by_text("证件号码或密码不对").wait_for()
    page.get_by_label("他的登录密码").fill(factories.PASSWORD)
    page.get_by_role("button", name="下一步").click()
    follow(page.get_by_role("button", name="添加管理员"))

    page.get_by_text("王五已是本单位管理员").wait_for()
    assert colleagues.modules(wangwu) == {"registrations", "transfers"}


@WIDTHS
def test_the_super_administrator_hands_over_in_a_dialog(opened: Any, width: int) -> None:
    page = opened(width)
    page.goto("/console/administrators/")
    clean(page)

    page.get_by_role("link", name="设为超级管理员").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("不再是管理员").wait_for()
    stands_still(page, ".modal.show")
    clean(page)
    dialog.get_by_role("link", name="先不交").click()
    dialog.wait_for(state="detached")
    page.get_by_role("link", name="设为超级管理员").click()
    dialog.get_by_label("你的登录密码").fill(factories.PASSWORD)
    follow(dialog.get_by_role("button", name="交出超级管理员"))

    page.wait_for_url("**/me/**")
    assert colleagues.membership_of(User.objects.get(name="罗芳")).is_super


@WIDTHS
def test_an_administrator_is_deleted_from_his_menu(opened: Any, width: int) -> None:
    page = opened(width)
    page.goto("/console/administrators/")

    page.get_by_role("button", name="罗芳的更多操作").click()
    page.get_by_role("link", name="删除管理员").click()
    follow(page.get_by_role("dialog").get_by_role("button", name="删除管理员"))

    page.get_by_text("罗芳不再是管理员").wait_for()
    assert colleagues.membership_of(User.objects.get(name="罗芳")).state == "ended"


@WIDTHS
def test_roles_are_copied_and_deleted_together(opened: Any, width: int) -> None:
    page = opened(width)
    page.goto("/console/roles/")
    clean(page)

    follow(page.get_by_role("link", name="复制为新角色"))
    expect(page.get_by_label("角色名称")).to_have_value("人事审核员 副本")
    page.get_by_role("checkbox", name="完成情况").check()
    follow(page.get_by_role("button", name="新建角色"))
    page.get_by_text("角色建好了").wait_for()
    page.get_by_role("checkbox", name="选中 人事审核员 副本").check()
    page.get_by_role("checkbox", name="选中 只看统计").check()
    follow(page.get_by_role("button", name="删除 2 个"))

    page.get_by_text("删除了 2 个角色").wait_for()
    assert PermissionRole.objects.get().name == "人事审核员"


@WIDTHS
def test_a_unit_below_is_opened_beside_the_list_and_switched(opened: Any, width: int) -> None:
    branch = Organisation.objects.get(name="江北分院")
    factories.administrator("刘洋", 42, branch)
    page = opened(width)
    page.goto("/console/units/")
    clean(page)

    page.get_by_role("link", name="江北分院").click()
    page.get_by_role("dialog").get_by_text("由这家单位初审学时").wait_for()
    stands_still(page, ".offcanvas.show")
    clean(page)
    switch = page.get_by_role("dialog").get_by_role("switch")
    expect(switch).to_be_checked()
    follow(switch)  # it sends its form

    page.get_by_text("江北分院的学时申报直接到你这里").wait_for()
    assert not Organisation.objects.get(pk=branch.pk).hours_review


@WIDTHS
def test_a_bureau_finds_an_employer_and_names_its_super_administrator(opened: Any, width: int) -> None:
    page = opened(width, "吴磊", "bureau")
    page.goto("/console/employers/")
    clean(page)

    page.get_by_label("管理员姓名或证件号").fill(factories.id_number(24))
    follow(page.get_by_role("button", name="查找"))
    page.get_by_role("link", name=factories.HOSPITAL).click()
    follow(page.get_by_role("dialog").get_by_role("link", name="换超级管理员"))
    page.get_by_role("radio", name="罗芳").check()
    clean(page)
    follow(page.get_by_role("button", name="设为超级管理员"))

    page.get_by_text("超级管理员换好了").wait_for()
    assert factories.id_number(24) not in page.url
    assert colleagues.membership_of(User.objects.get(name="罗芳")).is_super
