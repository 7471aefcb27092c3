"""我的申请 and 我的数据 by their pages: who reviews since when, remind, withdraw, object, take along, close."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from identity.models import User
from identity.services import note_look_up
from registry.approvals.models import Case
from registry.inbox.models import Message
from tests.identity import factories as people
from tests.people.office import asks_title, decides, technician
from tests.support.clock import START, FakeClock
from tests.web.pages import browser, queries, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


@pytest.fixture
def user(db: Any) -> User:
    bureau = people.organisation("示例市人力资源和社会保障局", kind="bureau")
    people.administrator("局长", 25, bureau, "bureau")
    hospital = people.organisation(parent=bureau)
    people.administrator(unit=hospital)
    return technician(unit=hospital)


@pytest.fixture
def me(user: User) -> Client:
    return browser(user)


def after(client: Client, address: str, **data: str) -> str:
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return "".join(response.content.decode().split())


# --- Applications -----------------------------------------------------------------------------------------------------
def test_the_list_says_who_reviews_now_since_when_and_the_phone(me, user, clock):
    asks_title(user)
    clock.tick(timedelta(days=2).total_seconds())

    row = words(read(me, "/me/cases/").select_one("tbody tr"))

    assert "职称变更" in row
    assert "示例市第一医院010-5550100已等2天" in row


def test_without_any_the_list_says_what_comes_here(me):
    assert "还没有申请" in words(read(me, "/me/cases/"))


def test_the_list_takes_the_same_queries_for_one_and_for_many(me, user, clock):
    decides(asks_title(user), "reject", "看不清")
    few = queries(me, "/me/cases/")
    for number in range(15):
        clock.tick(60)
        decides(asks_title(user, certificate_no=f"编号{number}"), "reject", "看不清")

    assert queries(me, "/me/cases/") == few


def test_a_case_shows_its_diff_and_its_way(me, user):
    case = asks_title(user)

    page = read(me, f"/me/cases/{case.pk}/")

    assert "职称级别中级副高级" in [words(row) for row in page.select(".xs-diff tr")]
    assert "示例市第一医院审核" in words(page.select_one(".xs-timeline"))
    assert page.find("button", string="催办")


def test_the_reviewer_is_reminded_once_a_day(me, user, clock):
    case = asks_title(user)

    assert "已提醒" in after(me, f"/me/cases/{case.pk}/remind/")
    assert "今天已经提醒过" in after(me, f"/me/cases/{case.pk}/remind/")
    assert Message.objects.filter(kind="case_reminder").count() == 1
    clock.tick(timedelta(days=1).total_seconds())
    assert "已提醒" in after(browser(user), f"/me/cases/{case.pk}/remind/")


def test_what_is_open_can_be_withdrawn_and_what_is_decided_not(me, user):
    case = asks_title(user)

    assert "已撤回" in after(me, f"/me/cases/{case.pk}/withdraw/")
    assert Case.objects.get().state == "withdrawn"
    assert "已经审完，不能撤回了" in after(me, f"/me/cases/{case.pk}/withdraw/")


def test_one_comes_back_to_where_one_came_from_and_nowhere_else(me, user):
    case = asks_title(user)

    there = me.post(f"/me/cases/{case.pk}/remind/", {"from": "profile"})
    elsewhere = me.post(f"/me/cases/{case.pk}/remind/", {"from": "//evil.example"})

    assert there["Location"] == "/me/profile/?tab=title"
    assert elsewhere["Location"] == f"/me/cases/{case.pk}/"


def test_a_rejected_one_leads_to_correcting_it_and_can_be_objected_to(me, user):
    case = asks_title(user)
    decides(case, "reject", "证书照片看不清")

    page = read(me, f"/me/cases/{case.pk}/")
    assert page.find("a", string="改好再提交")["href"] == "/me/profile/title/"

    assert "写上理由" in after(me, f"/me/cases/{case.pk}/object/", reason=" ")
    assert "异议已提交给上级" in after(me, f"/me/cases/{case.pk}/object/", reason="证书编号清清楚楚")
    objection = Case.objects.get(kind="objection")
    assert objection.payload["after"]["reason"] == "证书编号清清楚楚"
    assert "不同意这个结果" not in words(read(me, f"/me/cases/{case.pk}/"))


def test_a_stranger_s_case_is_not_there(user):
    case = asks_title(user)
    other = browser(people.stranger())

    assert other.get(f"/me/cases/{case.pk}/").status_code == 404
    for act in ("remind", "withdraw", "object"):
        assert other.post(f"/me/cases/{case.pk}/{act}/", {"reason": "理由"}).status_code == 404
    assert (Case.objects.get().state, Case.objects.get().reminded_at) == ("open", None)


def test_a_visitor_logs_in_first_and_comes_back():
    assert Client().get("/me/cases/")["Location"] == "/login/?next=/me/cases/"


# --- Own data ---------------------------------------------------------------------------------------------------------
def test_he_sees_who_looked_him_up(me, user):
    hanmei = people.role(User.objects.get(name="韩梅"), "employer")
    note_look_up(actor=hanmei, user_id=user.pk, reason="职称变更", now=START)

    assert "2026-03-0209:00示例市第一医院用人单位管理员职称变更" in words(read(me, "/me/data/"))


def test_the_file_comes_as_a_download_for_the_right_password(me, user):
    wrong = me.post("/me/data/", {"password": "falsch"})
    right = me.post("/me/data/", {"password": people.PASSWORD})

    assert "密码不对" in wrong.content.decode()
    assert user.id_number not in wrong.content.decode()
    assert right["Content-Disposition"] == 'attachment; filename="my-data-2026-03-02.json"'
    assert "no-store" in right["Cache-Control"]
    assert json.loads(right.content)["account"]["id_number"] == user.id_number


def test_closing_needs_password_and_tick_and_ends_the_session(me, user):
    me.post("/me/data/close/", {"password": people.PASSWORD})
    me.post("/me/data/close/", {"password": "falsch", "sure": "on"})
    user.refresh_from_db()
    assert user.closed_at is None

    answer = me.post("/me/data/close/", {"password": people.PASSWORD, "sure": "on"})

    user.refresh_from_db()
    assert (answer["Location"], user.closed_at) == ("/", START)
    assert me.get("/me/data/")["Location"].startswith("/login/")


def test_what_holds_an_account_is_said_instead_of_the_form(me, user):
    asks_title(user)

    page = read(me, "/me/data/close/")

    assert "你还有事项在审核" in words(page)
    assert not page.select("[name=password]")
