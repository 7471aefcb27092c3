"""/register/employer|department|base|bureau/: the form, what it keeps, where it leads (P3, P4)."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from identity.models import Organisation, User
from identity.services.organisations import index_name
from registry.approvals.models import Case
from registry.approvals.services import REJECT, decide_case
from registry.units.models import Permit
from registry.units.services import give_permit
from tests.identity import factories as people
from tests.identity.driving import captcha_fields
from tests.support.clock import START
from tests.support.files import attachment
from tests.units.factories import credit_code, registered, tree, unit_data
from tests.web.pages import read, words
from web.register.flow import REGISTER_AGAIN

pytestmark = pytest.mark.django_db

KINDS = ["employer", "department", "base", "bureau"]
CHOICES = {"above": "bureau", "has_code": "yes"}


@pytest.fixture
def units(clock: Any) -> Any:
    made = tree()
    people.administrator("局管理员", 44, made.city, "bureau")
    return made


def address(kind: str = "employer") -> str:
    return f"/register/{kind}/"


def typed(kind: str = "employer", serial: int = 1, **changed: Any) -> dict[str, Any]:
    """What somebody types into the form, with the captcha read rightly; empty fields are sent empty, ticks as `on`."""
    own = {"again": people.PASSWORD, "form_key": f"form-{kind}-{serial}"}
    data = {**unit_data(kind, serial), **CHOICES, **own, **changed}
    sent = {name: "" if value is None else value for name, value in data.items() if value is not False}
    return {name: "on" if value is True else value for name, value in sent.items()} | captcha_fields()


def parsed(response: Any) -> Any:
    return BeautifulSoup(response.content, "html.parser")


def notes(response: Any) -> dict[str, str]:
    """What is said at each field."""
    return {
        note["id"].removeprefix("id_").removesuffix("_error"): " ".join(note.get_text().split())
        for note in parsed(response).select("form .invalid-feedback")
    }


def field(response: Any, name: str) -> str:
    control = parsed(response).select_one(f"form [name={name}]")
    if control.get("type") == "radio":
        chosen = parsed(response).select_one(f"form [name={name}]:checked, form [name={name}][checked]")
        return chosen["value"] if chosen else ""
    if control.name == "select":
        chosen = control.select_one("option[selected]")
        return chosen["value"] if chosen else ""
    return control.get("value", "")


# --- It works ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_a_registration_ends_with_who_reviews_it_and_how_to_reach_him(client, units, kind):
    answer = client.post(address(kind), typed(kind))

    assert answer.status_code == 302
    said = words(read(client, answer.url))
    assert "注册信息已提交审核，请耐心等待" in said
    assert "由示例市人社局审核" in said
    assert "010-5550001" in said
    assert Organisation.objects.get(state="in_review").kind == kind


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("employer", {"nature", "industry", "above", "department", "parent"}),
        ("department", {"nature", "level"}),
        ("base", {"industry", "level"}),
        ("bureau", {"level"}),
    ],
)
def test_each_kind_is_asked_for_what_it_has(client, units, kind, own):
    every = {"nature", "industry", "above", "department", "parent", "level"}
    page = read(client, address(kind))

    assert {name for name in every if page.select_one(f"[name={name}]")} == own
    assert page.select_one("[name=credit_code]")
    assert page.select_one("[name=administrator]")


@pytest.mark.parametrize(("chosen", "above"), [("department", "department"), ("parent", "employer")])
def test_the_choice_says_who_reviews(client, units, chosen, above):
    both = {"department": units.department.pk, "parent": units.employer.pk}

    client.post(address(), typed(above=chosen, **both))

    assert Case.objects.get().steps.get().organisation == getattr(units, above)


def test_a_superior_left_over_from_another_choice_is_not_taken(client, units):
    client.post(address(), typed(above="bureau", department=units.department.pk))

    assert Case.objects.get().steps.get().organisation == units.city


def test_a_known_number_leads_to_the_same_page(client, units):
    unknown = client.post(address(), typed(serial=3))
    people.learner(serial=1)
    known = client.post(address(), typed(id_number=people.id_number(1)))

    assert known.status_code == unknown.status_code == 302
    assert words(read(client, known.url)) == words(read(client, unknown.url))
    assert Case.objects.count() == 1


def test_who_has_an_account_needs_neither_name_nor_second_password_nor_contact_data(client, units):
    owner = people.learner(serial=1)
    left_out = {"administrator": "", "again": "", "mobile": "", "email": ""}

    answer = client.post(address(), typed(existing=True, id_number=people.id_number(1), **left_out))

    assert answer.status_code == 302
    assert Case.objects.get().applicant == owner


def test_what_was_typed_before_saying_that_one_has_an_account_stands_in_nobodys_way(client, units):
    owner = people.learner(serial=1, mobile="13800000001")

    client.post(address(), typed(existing=True, id_number=people.id_number(1), mobile="123", administrator="2"))

    owner.refresh_from_db()
    assert (Case.objects.get().applicant, owner.mobile) == (owner, "13800000001")


# --- Bad input --------------------------------------------------------------------------------------------------------
def test_every_field_says_what_is_wrong_with_it_at_once(client, units):
    faulty = {
        "name": "示例\x07中学",
        "credit_code": credit_code(1)[:-1] + "?",
        "region": "",
        "nature": "??",
        "phone": "总机转 3",
        "address": "长" * 201,
        "above": "",
        "id_number": "110101900307001",
        "administrator": "",
        "mobile": "123",
        "email": "person.example.org",
        "password": "12345678",
        "again": "Other-2026",
        "promise": False,
    }

    answer = client.post(address(), typed(**faulty))

    assert answer.status_code == 200
    assert set(notes(answer)) == set(faulty)
    assert "逐位核对" in notes(answer)["credit_code"]
    assert notes(answer)["again"] == "两次输入的密码不一样"
    assert not User.objects.filter(name="周敏").exists()


def test_a_summary_leads_to_each_fault(client, units):
    page = parsed(client.post(address(), typed(above="", name="")))

    links = [link["href"] for link in page.select("[data-takes-focus] a")]
    assert links == ["#id_name", "#id_above_0"]
    assert all(page.select_one(link) for link in links)


def test_nothing_typed_is_lost_but_passwords_and_captcha(client, units):
    changed = {"name": "𬭎㛃医院", "mobile": "123", "above": "department", "department": units.department.pk}

    answer = client.post(address(), typed(**changed))

    kept = {"name": "𬭎㛃医院", "department": str(units.department.pk), "above": "department", "industry": "P"}
    kept |= {"credit_code": credit_code(1), "id_number": people.id_number(201), "mobile": "123"}
    assert {name: field(answer, name) for name in kept} == kept
    assert field(answer, "password") == field(answer, "again") == field(answer, "captcha") == ""
    assert parsed(answer).select_one("[name=promise]").has_attr("checked")
    assert set(notes(answer)) == {"mobile"}


@pytest.mark.parametrize("chosen", ["department", "parent"])
def test_a_superior_that_is_meant_has_to_be_chosen(client, units, chosen):
    assert notes(client.post(address(), typed(above=chosen))) == {chosen: "请选择"}


@pytest.mark.parametrize("superior", ["x", "999999", "9" * 30, "\0"])
def test_a_superior_that_is_none_is_refused_at_its_field(client, units, superior):
    assert set(notes(client.post(address(), typed(above="department", department=superior)))) == {"department"}


def test_without_a_credit_code_service_is_to_be_called(client, units):
    answer = client.post(address(), typed(has_code="no"))

    assert "服务电话" in notes(answer)["permit"]
    assert not Case.objects.exists()
    assert "先联系客服" in words(read(client, address()))


def test_with_the_permit_that_service_gave_a_unit_registers_without_a_code(client, units):
    support = people.role(people.staff("support", "客服甲"), "staff")
    papers = attachment()
    permit = give_permit(actor=support, unit_name="示例市第1中学", reason="新设单位", evidence=papers, now=START)
    number = Permit.objects.get(pk=permit).number

    wrong = client.post(address(), typed(has_code="no", permit="XK2222222222"))
    right = client.post(address(), typed(has_code="no", permit=f" {number.lower()} "))

    assert (set(notes(wrong)), field(wrong, "permit")) == ({"permit"}, "XK2222222222")
    assert right.status_code == 302
    assert Organisation.objects.get(state="in_review").credit_code is None


def test_a_credit_code_that_is_taken_is_told_at_its_field(client, units):
    client.post(address(), typed())

    answer = client.post(address(), typed(serial=2, credit_code=credit_code(1)))

    assert "已经登记过" in notes(answer)["credit_code"]


def test_a_wrong_captcha_is_said_at_its_field_and_the_form_can_be_sent_again(client, units):
    answer = client.post(address(), typed() | {"captcha": "wrong"})

    assert set(notes(answer)) == {"captcha"}
    assert not Case.objects.exists()
    assert client.post(address(), typed()).status_code == 302


def test_a_wrong_password_of_an_account_is_told_in_the_words_of_the_login(client, units):
    people.learner(serial=1)
    wrong = {"existing": True, "password": "Wrong-2026"}

    for serial in (1, 3):
        answer = client.post(address(), typed(id_number=people.id_number(serial), **wrong))
        assert "账号或密码不对，请检查后再试" in parsed(answer).select_one(".alert[data-takes-focus]").get_text()


def test_too_many_tries_are_told_with_the_wait(client, units):
    people.learner(serial=1)
    wrong = {"existing": True, "password": "Wrong-2026", "id_number": people.id_number(1)}
    for _ in range(5):
        client.post(address(), typed(**wrong))

    answer = client.post(address(), typed(**wrong))

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")


# --- Sent twice, scripts ----------------------------------------------------------------------------------------------
def test_a_second_click_leads_to_the_same_end_and_makes_nothing_twice(client, units):
    sent = typed()

    first, second = client.post(address(), sent), client.post(address(), sent)

    assert first.url == second.url
    assert Case.objects.count() == 1


def test_a_click_while_the_first_is_still_written_waits_for_its_end(client, units, monkeypatch):
    from web import register_units

    sent, seen = typed(), {}

    def click_again(**given: Any) -> Any:
        answer = Client().post(address(), sent)
        seen["page"] = Client().get(answer.url)
        return register_unit(**given)

    register_unit = register_units.register_unit
    monkeypatch.setattr(register_units, "register_unit", click_again)

    client.post(address(), sent)

    assert "正在提交" in words(parsed(seen["page"]).main)
    assert Case.objects.count() == 1


def test_a_script_gets_what_is_wrong_as_json_with_a_new_captcha(client, units):
    answer = client.post(address(), typed(mobile="123"), headers={"Accept": "application/json"})

    assert answer.json()["errors"] == {"mobile": "手机号应是 11 位数字"}
    assert set(answer.json()["captcha"]) == {"key", "image"}


def test_a_script_is_told_where_to_go_on(client, units):
    answer = client.post(address(), typed(), headers={"Accept": "application/json"})

    assert "注册信息已提交审核" in words(read(client, answer.json()["location"]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_end_page_without_a_ticket_leads_back(client, units, kind):
    for query in ("", "?of=forged", "?form=unknown"):
        assert client.get(f"{address(kind)}sent/{query}").url == "/register/"


def test_without_javascript_a_search_brings_units_and_loses_nothing(client, units):
    index_name(organisation_id=units.department.pk, name=units.department.name)

    answer = client.post(address(), typed(find="department", department_q="卫健", above="department"))

    options = parsed(answer).select("[name=department] option")
    assert [option["value"] for option in options] == ["", str(units.department.pk)]
    assert (field(answer, "name"), field(answer, "above")) == ("示例市第1中学", "department")
    assert notes(answer) == {}


# --- Again ------------------------------------------------------------------------------------------------------------
def turned_back(case: Case) -> Case:
    """The case after its reviewer rejected it."""
    above = case.steps.get().organisation
    reviewer = people.administrator("审核人", 88, above, above.kind)
    acting = people.role(reviewer, above.kind)
    decide_case(actor=acting, case_id=case.pk, decision=REJECT, opinion="名称和证照不一致。", now=START)
    return case


def test_who_was_turned_back_finds_the_reason_and_what_he_had_typed(client, units):
    case = turned_back(registered(department=units.department.pk))
    session = client.session
    session[REGISTER_AGAIN] = case.pk
    session.save()

    answer = client.get(address())

    said = words(parsed(answer).main)
    assert "上次的注册被示例市卫健委退回" in said
    assert "退回原因：名称和证照不一致。填过的都在" in said
    kept = {"name": "示例市第1中学", "above": "department", "department": str(units.department.pk), "region": "110100"}
    kept |= {"credit_code": credit_code(1), "administrator": "周敏", "id_number": people.id_number(201)}
    assert {name: field(answer, name) for name in kept} == kept
    assert field(answer, "password") == ""
    assert field(client.get(address("base")), "id_number") == ""

    assert client.post(address(), typed()).status_code == 302
    assert REGISTER_AGAIN not in client.session
    assert Case.objects.filter(state="open").count() == 1
