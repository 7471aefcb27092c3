"""Logging in at /login/: what the page says, what it keeps, where it leads (P5, P7)."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from core.models import AuditEntry
from identity.models import LoginSession, Membership, User
from identity.services import on_session_end
from registry.approvals.services import REJECT, decide_case
from registry.inbox.queries import unread_count
from tests.identity import factories as people
from tests.identity.driving import captcha_fields, credentials, upper_width
from tests.people.factories import registered
from tests.units.factories import registered as registered_unit
from tests.units.factories import tree


def typed(user: User, **changed: str) -> dict[str, str]:
    """What this person types into the form, with the captcha read rightly."""
    fields = {
        "side": "technician",
        "office": "employer",
        "id_type": user.id_type,
        "id_number": user.id_number,
        "password": people.PASSWORD,
    }
    return fields | captcha_fields() | changed


@pytest.fixture
def lilei(db: Any, clock: Any) -> User:
    return people.learner()


def is_logged_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_a_learner_logs_in_and_goes_on_learning(client, lilei):
    answer = client.post("/login/", typed(lilei))

    assert answer.status_code == 302
    assert answer.url == "/learn/"
    assert is_logged_in(client)


def test_a_number_typed_in_full_width_with_blanks_is_understood(client, lilei):
    answer = client.post("/login/", typed(lilei, id_number=f" {upper_width(lilei.id_number)} "))

    assert answer.status_code == 302


def test_login_leads_back_to_where_one_wanted_to_go(client, lilei):
    assert client.post("/login/", typed(lilei, next="/me/years/")).url == "/me/years/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_login_never_leads_to_another_site(client, lilei, elsewhere):
    assert client.post("/login/", typed(lilei, next=elsewhere)).url == "/learn/"


def test_an_administrator_lands_on_his_own_page(client, clock, db):
    hanmei = people.administrator()

    answer = client.post("/login/", typed(hanmei, side="administrator", office="employer"))

    assert answer.url == "/console/"


def test_somebody_with_several_roles_chooses_one_first_and_still_gets_where_he_wanted(client, lilei):
    people.membership(lilei, "employer")

    answer = client.post("/login/", typed(lilei, side="administrator", next="/help/"))

    assert answer.url == "/role/?next=%2Fhelp%2F"
    page = client.get(answer.url)
    assert [role.label for role in page.context["roles"] if role.is_current] == ["用人单位管理员"]


def test_a_one_time_password_has_to_be_changed_first(client, lilei):
    User.objects.filter(pk=lilei.pk).update(must_change_password=True)

    assert client.post("/login/", typed(lilei)).url == "/me/password/"


@pytest.mark.parametrize(("number", "password"), [(None, "wrong"), ("110101199003079999", people.PASSWORD)])
def test_a_wrong_password_and_an_unknown_account_get_the_same_words(client, lilei, number, password):
    answer = client.post("/login/", typed(lilei, password=password, id_number=number or lilei.id_number))

    assert "账号或密码不对" in answer.content.decode()
    assert not is_logged_in(client)


def test_what_was_typed_stays_but_for_password_and_captcha(client, lilei):
    fields = typed(lilei, password="Wrong-2026", side="administrator", office="bureau", next="/help/")

    page = client.post("/login/", fields).content.decode()

    assert f'value="{lilei.id_number}"' in page
    assert '<option value="bureau" selected>' in page
    assert 'name="next" value="/help/"' in page
    assert "Wrong-2026" not in page
    assert fields["captcha"] not in page
    assert fields["captcha_key"] not in page


def test_a_wrong_captcha_is_told_at_its_field_and_the_password_is_not_looked_at(client, lilei):
    page = client.post("/login/", typed(lilei, captcha="0000")).content.decode()

    assert 'id="id_captcha_error"' in page
    assert 'aria-describedby="id_captcha_error"' in page
    assert "验证码不对或已过期" in page
    assert not is_logged_in(client)


def test_empty_fields_are_listed_in_a_summary_that_takes_focus_and_links_to_them(client, db):
    page = client.post("/login/", {"side": "technician", "id_type": "resident"}).content.decode()

    assert "data-takes-focus" in page
    for field in ("id_number", "password", "captcha"):
        assert f'href="#id_{field}"' in page


def test_who_waits_for_approval_is_told_whom_to_remind(client, db, clock):
    user = people.person("赵六", 41)
    people.membership(user, state=Membership.State.IN_REVIEW)

    page = client.post("/login/", typed(user)).content.decode()

    assert "注册还在审核，暂时不能登录" in page
    assert people.HOSPITAL in page
    assert "010-5550100" in page
    assert not is_logged_in(client)


def test_who_was_rejected_is_told_to_register_again(client, db, clock):
    user = people.person("赵六", 41)
    people.membership(user, state=Membership.State.REJECTED)

    assert "注册没有通过审核" in client.post("/login/", typed(user)).content.decode()


def turned_back(clock):
    """A technician whose unit turned his registration back, with the reason."""
    case = registered(41)
    hanmei = people.role(people.administrator(), "employer")
    decide_case(actor=hanmei, case_id=case.pk, decision=REJECT, opinion="工作部门填错了", now=clock.now())
    return case


def test_the_reason_is_told_with_a_way_to_register_again(client, db, clock):
    case = turned_back(clock)

    page = client.post("/login/", typed(case.applicant)).content.decode()

    assert "工作部门填错了" in page
    assert 'href="/register/technician/"' in page
    assert client.session["register_again"] == case.pk


def test_without_the_right_password_neither_is_told(client, db, clock):
    case = turned_back(clock)

    page = client.post("/login/", typed(case.applicant, password="Wrong-password-1")).content.decode()

    assert "工作部门填错了" not in page
    assert "register_again" not in client.session


def test_who_waits_is_told_since_when(client, db, clock):
    case = registered(41)

    assert "3 月 2 日提交" in client.post("/login/", typed(case.applicant)).content.decode()


def test_who_waits_reminds_the_reviewer_from_the_login_page_once_a_day(client, db, clock):
    case = registered(41)
    hanmei = people.administrator()
    assert 'action="/login/remind/"' in client.post("/login/", typed(case.applicant)).content.decode()

    client.post("/login/remind/")

    assert "已提醒审核人" in client.get("/login/").content.decode()
    assert unread_count(hanmei.pk) == 1
    page = client.post("/login/", typed(case.applicant)).content.decode()
    assert "今天已经提醒过" in page
    assert 'action="/login/remind/"' not in page
    client.post("/login/remind/")
    assert unread_count(hanmei.pk) == 1


def test_nobody_reminds_without_the_right_password_a_moment_ago(client, db, clock):
    case = registered(41)
    hanmei = people.administrator()
    client.post("/login/", typed(case.applicant, password="Wrong-password-1"))
    client.post("/login/remind/")
    assert "再登录一次就可以提醒" in client.get("/login/").content.decode()
    client.post("/login/", typed(case.applicant))
    clock.tick(601)

    client.post("/login/remind/")
    assert unread_count(hanmei.pk) == 0


def test_at_a_shared_computer_the_next_one_finds_nothing_of_the_one_before(client, db, clock):
    lilei = people.learner()
    case = turned_back(clock)
    client.post("/login/", typed(case.applicant))

    client.post("/login/", typed(lilei))

    assert is_logged_in(client)
    assert "register_again" not in client.session


def test_who_registered_a_unit_waits_for_its_superior(client, db, clock):
    tree()
    case = registered_unit()

    page = client.post("/login/", typed(case.applicant, side="administrator", office="employer")).content.decode()

    assert "示例市人社局" in page
    assert "010-5550001" in page


def test_a_technician_waits_for_his_unit_even_while_that_is_in_review_itself(client, db, clock):
    bureau = people.organisation("示例市人社局", kind="bureau", phone="010-5550001")
    unit = people.organisation("示例市新医院", parent=bureau, state="in_review", phone="010-5550009")
    user = people.person("赵六", 41)
    people.membership(user, unit=unit, state=Membership.State.IN_REVIEW)

    page = client.post("/login/", typed(user)).content.decode()

    assert "示例市新医院" in page
    assert "010-5550009" in page


def test_a_unit_without_a_number_is_named_alone(client, db, clock):
    user = people.person("赵六", 41)
    people.membership(user, unit=people.organisation("示例市新医院", phone=""), state=Membership.State.IN_REVIEW)
    fields = credentials(user) | captcha_fields()

    answer = client.post("/api/v1/auth/login", fields, content_type="application/json")

    assert answer.json()["errors"][0]["detail"] == "注册信息还在审核，请联系 示例市新医院"


def test_a_locked_account_is_told_for_how_long_even_with_the_right_password(client, lilei):
    for _ in range(5):
        client.post("/login/", typed(lilei, password="wrong"))

    answer = client.post("/login/", typed(lilei))

    assert answer.status_code == 429
    assert "请 1 分钟后再试" in answer.content.decode()
    assert int(answer["Retry-After"]) <= 60
    assert not is_logged_in(client)


def test_being_remembered_outlives_the_idle_time_and_not_being_remembered_does_not(client, lilei, clock):
    other = Client()
    client.post("/login/", typed(lilei, remember="on"))
    other.post("/login/", typed(lilei))

    clock.tick(timedelta(days=2).total_seconds())

    assert is_logged_in(client)
    assert not is_logged_in(other)


def test_who_is_logged_in_already_is_led_on(client, lilei):
    client.post("/login/", typed(lilei))

    assert client.get("/login/?next=/help/").url == "/help/"


def test_a_device_that_logged_in_lately_needs_no_captcha(client, lilei):
    client.post("/login/", typed(lilei))
    client.post("/logout/")

    assert client.post("/login/", typed(lilei, captcha="", captcha_key="")).status_code == 302


def test_a_captcha_is_renewed_with_the_token_that_a_page_kept_for_everybody_lacks(client, db, clock):
    strict = Client(enforce_csrf_checks=True)

    fresh = strict.get("/login/captcha/")

    assert fresh["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    body = fresh.json()
    assert body["image"].startswith("data:image/png;base64,")
    answer = strict.post("/login/", {"csrfmiddlewaretoken": body["token"], "captcha_key": body["key"]})
    assert answer.status_code == 200


def test_an_unknown_captcha_has_no_voice(client, db, clock):
    assert client.get("/login/captcha/unknown.wav").status_code == 404


def test_logging_out_ends_the_session_and_leads_to_the_portal(client, lilei):
    client.post("/login/", typed(lilei))

    answer = client.post("/logout/")

    assert answer.url == "/"
    assert not is_logged_in(client)


def test_a_link_alone_logs_nobody_out(client, lilei):
    client.post("/login/", typed(lilei))

    assert client.get("/logout/").status_code == 405
    assert is_logged_in(client)


def test_a_form_without_its_token_is_refused_in_our_own_words(lilei):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/login/", typed(lilei))

    assert answer.status_code == 403
    assert "这一页停得太久了" in answer.content.decode()


def test_staff_log_in_by_name_at_the_admin(client, db, clock):
    people.staff("root", "管理员", is_superuser=True)
    assert f"{settings.SITE_NAME}管理后台" in client.get("/admin/login/").content.decode()

    answer = client.post("/admin/login/", {"username": "root", "password": people.PASSWORD})

    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200


def test_the_admins_login_is_locked_as_well(client, db, clock):
    people.staff("root", "管理员", is_superuser=True)
    for _ in range(5):
        client.post("/admin/login/", {"username": "root", "password": "wrong"})

    answer = client.post("/admin/login/", {"username": "root", "password": people.PASSWORD})

    assert answer.status_code == 429
    assert client.get("/admin/").status_code == 302


def test_whoever_is_more_acts_as_staff_in_the_admin(client, db, clock):
    root = people.staff("root", "管理员", is_superuser=True)
    people.membership(root)

    client.post("/admin/login/", {"username": "root", "password": people.PASSWORD})

    assert "平台工作人员" in client.get("/me/").content.decode()


def test_the_admins_login_is_audited_as_any_other(client, db, clock):
    root = people.staff("root", "管理员", is_superuser=True)

    client.post("/admin/login/", {"username": "root", "password": people.PASSWORD})

    entry = AuditEntry.objects.get(act="login")
    assert (entry.actor_id, entry.acting_as) == (root.pk, "staff")


def test_leaving_the_admin_ends_the_session_and_what_runs(client, db, clock):
    root = people.staff("root", "管理员", is_superuser=True)
    client.post("/admin/login/", {"username": "root", "password": people.PASSWORD})
    told: list[dict[str, Any]] = []
    take_back = on_session_end(lambda **what: told.append(what))

    client.post("/admin/logout/")
    take_back()

    assert [(what["user_id"], what["reason"]) for what in told] == [(root.pk, "logout")]
    assert client.get("/admin/").status_code == 302
    assert not LoginSession.objects.exists()


def test_staff_who_forgot_the_password_find_the_way(client, db):
    assert 'href="/password/forgot/?as=staff"' in client.get("/admin/login/").content.decode()
