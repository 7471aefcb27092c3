"""/register/ and /register/technician/: the form, what it keeps, where it leads (P2)."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client

from identity.models import User, WorkDepartment
from registry.approvals.models import Case
from registry.approvals.services import decide_case
from tests.identity import factories as people
from tests.identity.driving import captcha_fields
from tests.people.factories import registered, registration_data
from tests.support.clock import START
from tests.web.pages import read, words
from web.register.flow import REGISTER_AGAIN

pytestmark = pytest.mark.django_db

ADDRESS = "/register/technician/"


@pytest.fixture(autouse=True)
def _clock(clock: Any) -> Any:
    return clock


def typed(serial: int = 1, **changed: Any) -> dict[str, Any]:
    """What somebody types into the form, with the captcha read rightly; empty fields are sent empty, ticks as `on`."""
    data = {**registration_data(serial), "again": people.PASSWORD, "form_key": f"form-{serial}", **changed}
    sent = {name: "" if value is None else value for name, value in data.items() if value is not False}
    return {name: "on" if value is True else value for name, value in sent.items()} | captcha_fields()


def notes(response: Any) -> dict[str, str]:
    """What is said at each field."""
    page = BeautifulSoup(response.content, "html.parser")
    return {
        note["id"].removeprefix("id_").removesuffix("_error"): " ".join(note.get_text().split())
        for note in page.select("form .invalid-feedback")
    }


def field(response: Any, name: str) -> str:
    control = BeautifulSoup(response.content, "html.parser").select_one(f"form [name={name}]")
    if control.name == "select":
        chosen = control.select_one("option[selected]")
        return chosen["value"] if chosen else ""
    return control.get("value", "")


def test_the_first_page_says_who_registers_where(client):
    page = read(client, "/register/")

    assert [link["href"] for link in page.select(".xs-register-kinds a")] == [
        "/register/technician/",
        "/register/employer/",
        "/register/department/",
        "/register/bureau/",
        "/register/base/",
    ]


def test_a_registration_ends_with_who_reviews_it_and_how_to_reach_him(client):
    people.administrator(unit=people.organisation())

    answer = client.post(ADDRESS, typed())

    assert answer.status_code == 302
    said = words(read(client, answer.url))
    assert "注册信息已提交审核，请耐心等待" in said
    assert f"由{people.HOSPITAL}审核" in said
    assert "010-5550100" in said
    assert "2个工作日" in said
    assert Case.objects.get().state == "open"


def test_of_a_unit_without_administrator_the_superior_is_named(client):
    bureau = people.organisation("示例市人社局", kind="bureau", phone="010-5550199")
    people.administrator("局管理员", 44, bureau, "bureau")
    people.organisation(parent=bureau)

    said = words(read(client, client.post(ADDRESS, typed()).url))

    assert "由上级示例市人社局审核" in said
    assert "010-5550199" in said


def test_a_known_number_leads_to_the_same_page(client):
    people.organisation()
    unknown = client.post(ADDRESS, typed(3))
    people.learner(serial=1)
    known = client.post(ADDRESS, typed(1))

    assert known.status_code == unknown.status_code == 302
    assert words(read(client, known.url)) == words(read(client, unknown.url))


def test_every_field_says_what_is_wrong_with_it_at_once(client):
    faulty = {
        "id_number": "110101900307001",
        "name": "陈\x07思远",
        "mobile": "123",
        "graduated_on": "1980-01-01",
        "born_on": "1990-02-30",
        "school": "",
        "qualification": "05101",
        "again": "Other-2026",
        "promise": False,
    }

    answer = client.post(ADDRESS, typed(**faulty))

    assert answer.status_code == 200
    assert set(notes(answer)) == {*faulty} - {"graduated_on"}
    assert "15 位" in notes(answer)["id_number"]
    assert notes(answer)["again"] == "两次输入的密码不一样"
    assert not User.objects.exists()


def test_nothing_typed_is_lost_but_passwords_and_captcha(client):
    hospital = people.organisation()
    department = WorkDepartment.objects.create(organisation=hospital, name="急诊科")

    answer = client.post(ADDRESS, typed(department=department.pk, mobile="123", name="𬭎㛃·阿"))

    kept = {"name": "𬭎㛃·阿", "organisation": str(hospital.pk), "department": str(department.pk)}
    kept |= {
        "id_number": people.id_number(1),
        "major": "100201K",
        "graduated_on": "2013-06-30",
        "qualification": "01301",
    }
    assert {name: field(answer, name) for name in kept} == kept
    assert field(answer, "password") == field(answer, "again") == field(answer, "captcha") == ""
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select_one("[data-takes-focus]") is not None
    assert page.select_one("[name=promise]").has_attr("checked")


@pytest.mark.parametrize("name", ["𬭎", "㛃丽", "阿依古丽·买买提"])
def test_rare_characters_are_names(client, name):
    client.post(ADDRESS, typed(name=name))

    assert User.objects.get().name == name


def test_a_script_gets_what_is_wrong_as_json_with_a_new_captcha(client):
    answer = client.post(ADDRESS, typed(mobile="123"), headers={"Accept": "application/json"})

    assert answer.json()["errors"] == {"mobile": "手机号应是 11 位数字"}
    assert set(answer.json()["captcha"]) == {"key", "image"}


def test_a_script_is_told_where_to_go_on(client):
    people.organisation()

    answer = client.post(ADDRESS, typed(), headers={"Accept": "application/json"})

    assert "注册信息已提交审核" in words(read(client, answer.json()["location"]))


def test_a_wrong_captcha_is_said_at_its_field(client):
    answer = client.post(ADDRESS, typed() | {"captcha": "wrong"})

    assert set(notes(answer)) == {"captcha"}
    assert not User.objects.exists()


def test_a_second_click_leads_to_the_same_end_and_makes_nothing_twice(client):
    people.organisation()
    sent = typed()

    first, second = client.post(ADDRESS, sent), client.post(ADDRESS, sent)

    assert first.url == second.url
    assert Case.objects.count() == 1


def test_a_click_while_the_first_is_still_written_waits_for_its_end(client, monkeypatch):
    people.organisation()
    sent = typed()
    seen = {}

    def click_again(**given: Any) -> Any:
        answer = Client().post(ADDRESS, sent)
        seen["page"] = Client().get(answer.url)
        return register_technician(**given)

    from web.register import views

    register_technician = views.register_technician
    monkeypatch.setattr(views, "register_technician", click_again)

    client.post(ADDRESS, sent)

    assert "正在提交" in words(BeautifulSoup(seen["page"].content, "html.parser").main)
    assert Case.objects.count() == 1


def test_after_a_refusal_the_same_form_can_be_sent_again(client):
    people.organisation()
    client.post(ADDRESS, typed() | {"captcha": "wrong"})

    assert client.post(ADDRESS, typed()).status_code == 302


def test_who_has_an_account_needs_neither_second_password_nor_contact_data(client):
    hanmei = people.administrator(serial=2)

    answer = client.post(ADDRESS, typed(2, existing=True, name="韩梅", again="", mobile="", email=""))

    assert answer.status_code == 302
    assert Case.objects.get().applicant == hanmei


def test_a_wrong_password_of_an_account_is_told_in_the_words_of_the_login(client):
    people.administrator(serial=2)

    answers = [
        client.post(ADDRESS, typed(serial, existing=True, name="韩梅", password="Wrong-2026")) for serial in (2, 4)
    ]

    for answer in answers:
        alert = BeautifulSoup(answer.content, "html.parser").select_one("form ~ .alert, .alert[data-takes-focus]")
        assert "账号或密码不对，请检查后再试" in alert.get_text()


def test_too_many_tries_are_told_with_the_wait(client):
    people.administrator(serial=2)
    wrong = {"existing": True, "name": "韩梅", "password": "Wrong-2026"}
    for _ in range(5):
        client.post(ADDRESS, typed(2, **wrong))

    answer = client.post(ADDRESS, typed(2, **wrong))

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"


def turned_back(case: Case) -> Case:
    """The case after 韩梅 rejected it."""
    known = User.objects.filter(name="韩梅").first()
    acting = people.role(known or people.administrator(serial=24), "employer")
    decide_case(actor=acting, case_id=case.pk, decision="reject", opinion="工作部门填错了", now=START)
    return case


def logs_in_in_vain(client: Client, case_id: int) -> None:
    """What the login leaves in the session of somebody who was turned back and gave the right password."""
    session = client.session
    session[REGISTER_AGAIN] = case_id
    session.save()


def test_who_was_turned_back_finds_the_reason_and_what_he_had_typed(client):
    case = turned_back(registered(1, school="示例第一大学"))
    logs_in_in_vain(client, case.pk)

    answer = client.get(ADDRESS)

    assert "退回原因：工作部门填错了" in words(BeautifulSoup(answer.content, "html.parser").main)
    kept = {"school": "示例第一大学", "name": "陈思远", "mobile": "13800000001", "major": "100201K"}
    kept |= {"id_number": people.id_number(1), "organisation": str(case.organisation_id), "born_on": "1990-03-07"}
    assert {name: field(answer, name) for name in kept} == kept
    assert field(answer, "password") == ""

    client.post(ADDRESS, typed())
    assert REGISTER_AGAIN not in client.session
    assert Case.objects.filter(state="open").count() == 1


def test_only_the_newest_registration_that_was_turned_back_is_filled_in(client):
    old = turned_back(registered(1))
    newer = turned_back(registered(1, school="另一所大学"))
    waiting = registered(3)

    for number in (old.pk, waiting.pk, 999_999):
        logs_in_in_vain(client, number)
        assert field(client.get(ADDRESS), "id_number") == ""
    logs_in_in_vain(client, newer.pk)
    assert field(client.get(ADDRESS), "school") == "另一所大学"


def test_without_javascript_a_search_brings_units_and_loses_nothing(client):
    from identity.services.organisations import index_name

    hospital = people.organisation()
    index_name(organisation_id=hospital.pk, name=hospital.name)

    answer = client.post(ADDRESS, typed(organisation="", find="organisation", organisation_q="第一"))

    page = BeautifulSoup(answer.content, "html.parser")
    assert [option["value"] for option in page.select("[name=organisation] option")] == ["", str(hospital.pk)]
    assert field(answer, "name") == "陈思远"
    assert page.select_one("[name=agreement]").has_attr("checked")
    assert notes(answer) == {}
    assert not User.objects.exists()


def test_a_made_up_ticket_shows_no_end_page(client):
    for address in (
        "/register/technician/sent/?of=1",
        "/register/technician/sent/?form=x",
        "/register/technician/sent/",
    ):
        assert client.get(address).url == "/register/"


def test_the_cache_knows_no_form_by_its_own_name(client):
    people.organisation()
    client.post(ADDRESS, typed())

    assert cache.get("register.form.form-1") is None
