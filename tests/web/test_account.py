"""我, the roles, the password (P6, P7, T0)."""

from typing import Any

import pytest
from django.test import Client

from identity.models import User
from tests.identity import factories as people

NEW = "Better-Word-77"


@pytest.fixture
def lilei(db: Any, clock: Any) -> User:
    return people.learner()


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


def test_me_shows_who_one_is_with_a_masked_number(lilei):
    page = browser_of(lilei).get("/me/").content.decode()

    assert "李雷" in page
    assert people.HOSPITAL in page
    assert f"{lilei.id_number[:6]}********{lilei.id_number[-4:]}" in page
    assert lilei.id_number not in page


def test_me_leads_a_learner_to_his_year_and_to_both_trainings_in_one_click(lilei):
    page = browser_of(lilei).get("/me/").content.decode()

    for address in ("/me/years/", "/learn/", "/catalogue/?subject=public", "/catalogue/?subject=professional"):
        assert f'href="{address}"' in page
    assert "0/90" in page


def test_me_shows_an_administrator_no_learners_pages(db, clock):
    page = browser_of(people.administrator()).get("/me/").content.decode()

    assert "用人单位管理员" in page
    assert 'href="/console/"' in page
    assert "/me/years/" not in page
    assert "/learn/" not in page.split("<main", 1)[1].split("</main>")[0]


@pytest.mark.parametrize("path", ["/me/", "/me/password/", "/role/"])
def test_a_visitor_logs_in_first_and_comes_back(client, db, path):
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer.url == f"/login/?next={path}"


@pytest.mark.parametrize("path", ["/me/", "/me/password/", "/role/", "/login/"])
def test_no_cache_keeps_a_persons_page(lilei, path):
    assert "no-store" in browser_of(lilei).get(path)["Cache-Control"]


def test_somebody_with_two_roles_switches_without_logging_in_again(lilei):
    people.membership(lilei, "employer")
    client = browser_of(lilei)
    other = next(role.id for role in client.get("/role/").context["roles"] if not role.is_current)

    answer = client.post("/role/", {"role": other})

    assert answer.url == "/console/"
    assert "用人单位管理员" in client.get("/me/").content.decode()


def test_another_persons_role_is_refused_and_nothing_changes(lilei):
    theirs = people.role(people.administrator(), "employer")
    client = browser_of(lilei)

    client.post("/role/", {"role": theirs.id})

    page = client.get("/me/").content.decode()
    assert "这个身份不属于当前账号" in page
    assert "专业技术人员" in page


def test_a_switch_leads_where_one_wanted_to_go_but_never_to_another_site(lilei):
    client = browser_of(lilei)
    mine = people.role(lilei).id

    assert client.post("/role/", {"role": mine, "next": "/me/years/"}).url == "/me/years/"
    assert client.post("/role/", {"role": mine, "next": "https://evil.example/"}).url == "/learn/"


def change(client: Client, old: str = people.PASSWORD, new: str = NEW, again: str | None = None) -> Any:
    return client.post("/me/password/", {"old_password": old, "new_password": new, "again": again or new})


def test_a_new_password_is_saved_and_this_browser_stays_logged_in_while_others_leave(lilei):
    here, elsewhere = browser_of(lilei), browser_of(lilei)

    answer = change(here)

    assert answer.url == "/me/"
    lilei.refresh_from_db()
    assert lilei.check_password(NEW)
    assert "新密码已保存" in here.get("/me/").content.decode()
    assert elsewhere.get("/me/").status_code == 302


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"old": "wrong"}, "old_password", "原密码不对"),
        ({"again": "Other-Word-77"}, "again", "两次输入的新密码不一样"),
        ({"new": "12345678"}, "new_password", ""),
    ],
)
def test_a_refused_password_is_told_at_its_field_and_nothing_is_shown_again(lilei, fields, field, words):
    page = change(browser_of(lilei), **fields).content.decode()

    assert f'id="id_{field}_error"' in page
    assert words in page
    assert people.PASSWORD not in page
    assert NEW not in page
    lilei.refresh_from_db()
    assert lilei.check_password(people.PASSWORD)


def test_the_old_password_cannot_be_guessed_without_end(lilei):
    client = browser_of(lilei)
    for n in range(5):
        change(client, old=f"Guess-{n:04}")

    page = change(client).content.decode()

    assert "登录失败次数太多" in page
    lilei.refresh_from_db()
    assert lilei.check_password(people.PASSWORD)
