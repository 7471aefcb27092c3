"""The platform's own people in Wagtail's admin: made, changed, listed; never anybody with an ID number."""

import pytest
from django.urls import reverse

from core.models import AuditEntry
from identity.models import User
from tests.identity import factories

pytestmark = pytest.mark.django_db
PASSWORD = "Lanhua-8848-xi"
LIST = "/admin/users/"


@pytest.fixture
def root(client, clock):
    user = factories.staff("root", "管理员", is_superuser=True)
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


def fields(**changed):
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    return {"username": "reviewer", "name": "审核甲", "email": "", "is_active": "on", **passwords, **changed}


def edit(user):
    return reverse("wagtailusers_users:edit", args=[user.pk])


def test_a_new_one_may_log_in_and_changes_the_password_first(root):
    response = root.post(reverse("wagtailusers_users:add"), fields())

    assert response.status_code == 302, response.context["form"].errors
    user = User.objects.get(username="reviewer")
    assert (user.name, user.is_staff, user.must_change_password) == ("审核甲", True, True)
    assert user.check_password(PASSWORD)
    assert AuditEntry.objects.filter(act="staff.create", target_id=str(user.pk)).exists()


@pytest.mark.parametrize("page", ["list", "add", "edit", "account"])
def test_the_pages_show_no_id_number(root, page):
    user = factories.staff()
    address = {
        "list": LIST,
        "add": reverse("wagtailusers_users:add"),
        "edit": edit(user),
        "account": "/admin/account/",
    }[page]

    response = root.get(address)

    assert response.status_code == 200
    text = response.content.decode()
    assert "id_number" not in text
    assert "mobile" not in text
    assert "first_name" not in text


def test_only_staff_are_listed_and_found(root, lilei):
    factories.staff()

    assert "编辑甲" in root.get(LIST).content.decode()
    assert lilei.username not in root.get(LIST).content.decode()
    assert "编辑甲" in root.get(LIST, {"q": "编辑"}).content.decode()
    assert lilei.username not in root.get(LIST, {"q": "李雷"}).content.decode()


@pytest.mark.parametrize("view", ["edit", "delete", "history"])
def test_a_person_with_an_id_number_is_unknown_here(root, lilei, view):
    assert root.get(reverse(f"wagtailusers_users:{view}", args=[lilei.pk])).status_code == 404


def test_a_password_set_for_somebody_else_is_for_one_time_and_written_down(root):
    user = factories.staff()

    response = root.post(edit(user), fields(username="editor", name="编辑乙"))

    assert response.status_code == 302, response.context["form"].errors
    user.refresh_from_db()
    assert (user.name, user.must_change_password) == ("编辑乙", True)
    assert AuditEntry.objects.get(act="password.reset").target_id == str(user.pk)
    assert PASSWORD not in str(AuditEntry.objects.values())


def test_closing_an_account_keeps_the_password(root):
    user = factories.staff()

    root.post(edit(user), fields(username="editor", is_active="", password1="", password2=""))

    user.refresh_from_db()
    assert (user.is_active, user.check_password(factories.PASSWORD)) == (False, True)
    assert AuditEntry.objects.get(act="staff.change").after["active"] is False


@pytest.mark.parametrize("name", [factories.id_number(13), "a b", "id:resident:00", "编辑", ""])
def test_a_login_name_looks_like_none_of_an_id_number(root, name):
    response = root.post(reverse("wagtailusers_users:add"), fields(username=name))

    assert response.status_code == 200
    assert "username" in response.context["form"].errors


def test_a_weak_password_is_refused_here_too(root):
    response = root.post(reverse("wagtailusers_users:add"), fields(password1="reviewer-1", password2="reviewer-1"))

    assert "password2" in response.context["form"].errors


def test_ones_own_name_is_changed_on_the_account_page(root):
    page = root.get("/admin/account/").content.decode()
    assert reverse("web:password") in page
    assert "new_password1" not in page

    own = {"name_email-name": "管理员乙", "name_email-email": ""}
    look = {"theme-theme": "system", "theme-density": "default", "theme-contrast": "system"}
    response = root.post("/admin/account/", own | look)

    assert response.status_code == 302

    assert User.objects.get(username="root").name == "管理员乙"


def test_an_editor_may_not_keep_staff(client, db):
    client.force_login(factories.staff(), backend="identity.backends.LoginKeyBackend")

    assert client.get(LIST).status_code == 302
