"""Administrators are added each of the three ways and come in; one person changes between his roles.

The console shows exactly what the role that one acts in may do.
"""

import logging
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.office import (
    WIDTHS,
    in_order,
    log_in,
    open_account_menu,
    screen,
    told_nowhere,
)
from tests.browser.waiting import follow
from tests.identity import factories as people
from tests.units import colleagues
from tests.units.factories import tree

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HANMEI, LILEI, LUO, WANGWU = (people.id_number(serial) for serial in (24, 13, 77, 35))
OFFICE, REVIEWER, KEEPER = "用人单位", "人事审核员", "部门管理员"
FIRST_PASSWORD, OWN_PASSWORD, MOBILE = "Mulberry-7731", "Persimmon-2046", "13900001111"
REVIEWS = ["首页", "技术人员注册", "单位调转"]
KEEPS = ["首页", "单位资料", "工作部门"]


@pytest.fixture
def hospital(transactional_db: None) -> None:
    """The hospital with 韩梅, 李雷 and two roles; 王五 works elsewhere."""
    unit = tree().employer
    people.administrator(unit=unit)
    people.learner(unit=unit)
    people.stranger()
    colleagues.permission_role(REVIEWER, "registrations", "transfers", unit=unit)
    colleagues.permission_role(KEEPER, "own_unit", unit=unit)


def menu_of(page: Any) -> list[str]:
    """The lines of the console's menu, without their counts."""
    lines = page.get_by_role("navigation", name="管理菜单").get_by_role("link").all_inner_texts()
    return [line.strip().rstrip("0123456789 \n") for line in lines]


def starts_adding(page: Any, way: str) -> None:
    follow(page.get_by_role("navigation", name="管理菜单").get_by_role("link", name="管理员", exact=True))
    in_order(page)
    follow(page.get_by_role("link", name="添加管理员"))
    page.get_by_role("radio", name=way).check()


def finds(page: Any, name: str) -> None:
    page.get_by_label("姓名、部门或证件号").fill(name)
    page.get_by_text("找到 1 人").wait_for()
    page.get_by_role("radio", name=name).check()


def gives(page: Any, role: str, said: str) -> None:
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("checkbox", name=role).check()
    in_order(page)
    follow(page.get_by_role("button", name="添加管理员"))
    expect(page.get_by_role("main")).to_contain_text(said)
    in_order(page)


def adds_each_way(page: Any) -> None:
    """李雷 of the unit, 罗婉清 who has no account, 王五 who has one."""
    log_in(page, HANMEI, OFFICE)
    starts_adding(page, "本单位人员")
    finds(page, "李雷")
    gives(page, REVIEWER, "李雷已是本单位管理员")

    starts_adding(page, "还没有账号")
    form = page.get_by_role("group", name="还没有账号")
    typed = {"证件号码": LUO, "姓名": "罗婉清", "手机号": MOBILE, "电子邮箱": "luo@example.org"}
    typed["初始密码"] = FIRST_PASSWORD
    for label, text in typed.items():
        form.get_by_label(label).fill(text)
    gives(page, KEEPER, "已为罗婉清提交")

    starts_adding(page, "已有平台账号")
    form = page.get_by_role("group", name="已有平台账号")
    form.get_by_label("证件号码").fill(WANGWU)
    form.get_by_label("他的登录密码").fill(people.PASSWORD)
    gives(page, REVIEWER, "王五已是本单位管理员")


def sets_an_own_password(page: Any) -> None:
    """罗婉清 comes in with what she was handed, and goes nowhere before it is replaced."""
    log_in(page, LUO, OFFICE, FIRST_PASSWORD)
    page.wait_for_url("**/me/password/")
    in_order(page)
    page.get_by_label("原密码", exact=True).fill(FIRST_PASSWORD)
    for label in ("新密码", "再输一次新密码"):
        page.get_by_label(label, exact=True).fill(OWN_PASSWORD)
    follow(page.get_by_role("button", name="保存"))
    page.get_by_text("新密码已保存").wait_for()


def chooses(page: Any, role: str) -> None:
    page.get_by_role("heading", name="用哪个身份").wait_for()
    in_order(page)
    follow(page.get_by_role("button", name=role))


def changes_to(page: Any, role: str) -> None:
    open_account_menu(page)
    follow(page.get_by_role("link", name="切换身份"))
    chooses(page, role)


@WIDTHS
def test_each_of_three_ways_leads_into_the_console(
    open_page: Any, hospital: None, width: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    hanmei, lilei, luo, wangwu = (screen(open_page, width) for _ in range(4))

    adds_each_way(hanmei)

    log_in(lilei, LILEI, OFFICE)
    chooses(lilei, "用人单位管理员")
    lilei.wait_for_url("**/console/")
    assert menu_of(lilei) == REVIEWS

    sets_an_own_password(luo)
    if width < 500:
        follow(luo.get_by_role("navigation", name="底部导航").get_by_role("link", name="单位管理"))
    else:
        follow(luo.get_by_role("link", name="进入单位管理"))
    assert menu_of(luo) == KEEPS
    in_order(luo)

    log_in(wangwu, WANGWU, OFFICE)
    chooses(wangwu, "用人单位管理员")
    wangwu.wait_for_url("**/console/")
    assert menu_of(wangwu) == REVIEWS
    secrets = [HANMEI, LILEI, LUO, WANGWU, MOBILE, people.PASSWORD, FIRST_PASSWORD, OWN_PASSWORD]
    told_nowhere(secrets, caplog, capsys)


@WIDTHS
def test_one_person_changes_between_his_roles(open_page: Any, hospital: None, width: int) -> None:
    hanmei, lilei = screen(open_page, width), screen(open_page, width)
    log_in(hanmei, HANMEI, OFFICE)
    everything = menu_of(hanmei)
    starts_adding(hanmei, "本单位人员")
    finds(hanmei, "李雷")
    gives(hanmei, REVIEWER, "李雷已是本单位管理员")

    log_in(lilei, LILEI)
    chooses(lilei, "专业技术人员")
    lilei.wait_for_url("**/learn/")
    answer = lilei.goto("/console/")
    assert answer.status == 403
    expect(lilei.get_by_text("可以先切换身份")).to_be_visible()
    lilei.complaints.clear()
    in_order(lilei)
    follow(lilei.get_by_role("link", name="切换身份").last)
    chooses(lilei, "用人单位管理员")
    lilei.wait_for_url("**/console/")
    assert menu_of(lilei) == REVIEWS
    assert set(REVIEWS) < set(everything)
    in_order(lilei)

    for address in ("/console/administrators/", "/console/unit/", "/console/reviews/title_change/"):
        assert lilei.goto(address).status == 404, address
    lilei.complaints.clear()
    lilei.goto("/console/")
    changes_to(lilei, "专业技术人员")
    lilei.wait_for_url("**/learn/")
