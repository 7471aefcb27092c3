"""我, the roles, the password (P6, P7, T0)."""

from typing import Any

import pytest
from django.test import Client

from identity.models import User
from tests.identity import factories as people
from tests.identity.driving import captcha_fields
from tests.people.factories import registered

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


def test_each_role_says_how_much_waits_for_it(db, clock):
    registered(41)
    hanmei = people.administrator()
    people.membership(hanmei)
    people.membership(hanmei, "base", people.organisation("示例继续教育基地", kind="base"), is_super=True)

    page = browser_of(hanmei).get("/role/")

    waiting = {role.label: (role.reviews, role.waiting) for role in page.context["roles"]}
    assert waiting == {
        "专业技术人员": (False, 0),
        "用人单位管理员": (True, 1),
        "继续教育基地管理员": (False, 0),
    }


def logs_in(client: Client, user: User, side: str = "technician") -> str:
    """Where the login leads."""
    fields = {"id_type": user.id_type, "id_number": user.id_number, "password": people.PASSWORD}
    return client.post("/login/", {"side": side, "office": "employer", **fields, **captcha_fields()}).url


def test_a_role_can_be_kept_for_this_device_and_chosen_each_time_again(lilei, client):
    own = people.membership(lilei, "employer")
    assert logs_in(client, lilei) == "/role/"
    client.post("/role/", {"role": str(own.pk), "usual": "1"})
    client.post("/logout/")

    assert logs_in(client, lilei) == "/console/"
    assert "checked" in client.get("/role/").content.decode()
    client.post("/role/", {"role": str(own.pk)})
    client.post("/logout/")

    assert logs_in(client, lilei) == "/role/"


def test_a_kept_learners_role_is_not_forced_on_who_says_that_he_administers(lilei, client):
    people.membership(lilei, "employer")
    logs_in(client, lilei)
    client.post("/role/", {"role": people.role(lilei).id, "usual": "1"})
    client.post("/logout/")

    assert logs_in(client, lilei, "administrator") == "/role/"


def test_a_kept_role_of_somebody_else_opens_nothing(lilei, client):
    theirs = people.role(people.administrator(), "employer")
    client.cookies["usual_role"] = theirs.id

    assert logs_in(client, lilei) == "/learn/"


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
