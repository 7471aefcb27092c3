"""管理员: the list, his roles, deleting him, handing over the super administrator (U2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity.models import Membership
from tests.console.conftest import browser_of
from tests.console.test_review_page import text
from tests.identity import factories
from tests.units import colleagues

LIST = "/console/administrators/"


@pytest.fixture
def luofang(hospital):
    return colleagues.colleague("罗芳", 46, "administrators", "registrations", unit=hospital)


def page(user, *rest):
    return LIST + "/".join([str(colleagues.membership_of(user).pk), *rest]) + "/"


def test_the_list_shows_numbers_masked_and_the_super_one_first(hanmei, luofang):
    answer = hanmei.get(LIST)

    words = text(answer)
    assert words.index("韩梅 （你）") < words.index("110101********0468")
    assert luofang.id_number not in answer.content.decode()
    assert "交出后才能删除" in words


def test_it_is_searched_by_name_number_and_role_without_any_in_the_address(hanmei, luofang):
    role_id = colleagues.membership_of(luofang).roles.get().pk

    for asked in ({"name": "罗"}, {"id_number": luofang.id_number.lower()}, {"role": role_id}):
        words = text(hanmei.post(LIST, asked))
        assert "罗芳 1" in words
        assert "（你）" not in words
    assert "没有找到" in text(hanmei.post(LIST, {"id_number": luofang.id_number[:-1]}))
    assert "罗芳" in text(hanmei.post(LIST, {"role": "x"}))


def test_it_takes_as_many_queries_for_twenty_as_for_one(hanmei, hospital):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert hanmei.get(LIST).status_code == 200
        return len(captured)

    colleagues.colleague("同事0", 100, "hours", unit=hospital)
    hanmei.get(LIST)
    before = queries()
    for number in range(1, 20):
        colleagues.colleague(f"同事{number}", 100 + number, "hours", unit=hospital)

    assert queries() == before


def test_without_the_module_there_is_no_such_page(hospital, clock):
    clerk = colleagues.colleague("韩志强", 53, "registrations", unit=hospital)
    browser = browser_of(colleagues.acting(clerk))

    for address in (LIST, f"{LIST}add/", page(clerk), page(clerk, "delete"), page(clerk, "super")):
        assert browser.get(address).status_code == 404


def test_an_administrator_of_another_unit_has_no_page(hanmei, stranger, luofang):
    for rest in ((), ("delete",), ("super",)):
        assert stranger.get(page(luofang, *rest)).status_code == 404
        assert stranger.post(page(luofang, *rest), {"password": factories.PASSWORD}).status_code == 404


# --- Roles ------------------------------------------------------------------------------------------------------------
def test_other_roles_are_given_on_his_page(hanmei, hospital, luofang):
    role_id = colleagues.permission_role("学时审核员", "hours", unit=hospital)

    answer = hanmei.post(page(luofang), {"roles": [role_id]}, follow=True)

    assert "罗芳的角色改好了" in text(answer)
    assert colleagues.modules(luofang) == {"hours"}


def test_no_role_at_all_is_said_at_the_field(hanmei, luofang):
    assert "至少给一个角色" in text(hanmei.post(page(luofang), {}))
    assert colleagues.modules(luofang) == {"administrators", "registrations"}


def test_roles_one_cannot_grant_are_locked_and_refused(hospital, luofang, clock):
    clerk = colleagues.colleague("韩志强", 53, "registrations", unit=hospital)
    more = colleagues.permission_role("统计员", "statistics", unit=hospital)
    browser = browser_of(colleagues.acting(luofang))

    assert "里面有你自己没有的权限" in text(browser.get(page(clerk)))
    browser.post(page(clerk), {"roles": [more]})

    assert colleagues.modules(clerk) == {"registrations"}


def test_who_has_more_is_shown_as_out_of_reach(hospital, luofang, clock):
    counting = colleagues.colleague("统计员", 53, "statistics", unit=hospital)

    words = text(browser_of(colleagues.acting(luofang)).get(page(counting)))

    assert "权限比你多" in words
    assert "删除管理员" not in words


def test_taking_from_oneself_is_asked_first(hospital, luofang, clock):
    small = colleagues.permission_role("小角色", "registrations", unit=hospital)
    browser = browser_of(colleagues.acting(luofang))

    asked = browser.post(page(luofang), {"roles": [small]})
    assert "收回你自己的权限" in text(asked)
    assert "administrators" in colleagues.modules(luofang)

    browser.post(page(luofang), {"roles": [small], "confirmed": "on"})
    assert colleagues.modules(luofang) == {"registrations"}


# --- Deleting ---------------------------------------------------------------------------------------------------------
def test_deleting_is_asked_first_then_done(hanmei, luofang):
    assert "马上不能再管理" in text(hanmei.get(page(luofang, "delete")))
    assert colleagues.membership_of(luofang).state == "active"

    answer = hanmei.post(page(luofang, "delete"), follow=True)

    assert "罗芳不再是管理员" in text(answer)
    assert colleagues.membership_of(luofang).state == "ended"
    assert hanmei.post(page(luofang, "delete")).status_code == 404


def test_the_super_one_is_not_deleted(hanmei):
    row = Membership.objects.get(is_super=True)

    answer = hanmei.post(f"{LIST}{row.pk}/delete/", {"confirmed": "on"})

    assert "先交给别人" in text(answer)
    assert Membership.objects.filter(pk=row.pk, state="active").exists()


def test_deleting_oneself_takes_a_tick(hospital, luofang, clock):
    browser = browser_of(colleagues.acting(luofang))

    assert "收回你自己的权限" in text(browser.post(page(luofang, "delete")))
    assert colleagues.membership_of(luofang).state == "active"

    browser.post(page(luofang, "delete"), {"confirmed": "on"})
    assert colleagues.membership_of(luofang).state == "ended"


# --- Handing over -----------------------------------------------------------------------------------------------------
def test_handing_over_shows_what_will_be_and_ends_ones_own_role(hanmei, luofang):
    assert "不再是管理员" in text(hanmei.get(page(luofang, "super")))

    answer = hanmei.post(page(luofang, "super"), {"password": factories.PASSWORD})

    assert answer.url == "/me/"
    assert colleagues.membership_of(luofang).is_super
    assert hanmei.get(LIST).status_code in (302, 403)


def test_a_wrong_password_is_said_at_the_field(hanmei, luofang):
    answer = hanmei.post(page(luofang, "super"), {"password": "Wrong-2026"})

    assert "密码不对" in text(answer)
    assert b"Wrong-2026" not in answer.content
    assert not colleagues.membership_of(luofang).is_super


def test_only_the_super_one_sees_the_button(hospital, luofang, clock):
    other = colleagues.colleague("韩志强", 53, "registrations", unit=hospital)
    browser = browser_of(colleagues.acting(luofang))

    assert "设为超级管理员" not in text(browser.get(LIST))
    assert "只有超级管理员本人" in text(browser.get(page(other, "super")))
    assert "只有超级管理员本人" in text(browser.post(page(other, "super"), {"password": factories.PASSWORD}))
