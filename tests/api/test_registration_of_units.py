"""POST registrations/{employer,department,base,bureau}."""

from typing import Any

import pytest

from identity.models import Membership, Organisation, User
from registry.approvals.models import Case
from tests.identity import factories as people
from tests.identity.driving import captcha_fields, code_of
from tests.units.factories import credit_code, tree, unit_data

pytestmark = pytest.mark.django_db

KINDS = ["employer", "department", "base", "bureau"]
OWN = {
    "employer": ("nature", "industry"),
    "department": ("nature", "level"),
    "base": ("industry", "level"),
    "bureau": ("level",),
}
PERSON = ("existing", "id_type", "id_number", "password", "mobile", "email")


@pytest.fixture
def units(clock):
    return tree()


def body(kind: str = "employer", serial: int = 1, *, person: dict[str, Any] | None = None, **overrides: Any) -> Any:
    """What the schema asks of this kind, with a captcha read rightly; `person` overrides the administrator's part."""
    data = unit_data(kind, serial)
    unit = {name: data[name] for name in ("name", "region", "phone", "address", "credit_code", *OWN[kind])}
    administrator = {name: data[name] for name in PERSON} | {"name": data["administrator"]} | (person or {})
    ticks = {"promise": True, "agreement": True}
    return unit | ticks | {"administrator": administrator} | captcha_fields() | overrides


def post(client: Any, sent: Any, kind: str = "employer") -> Any:
    return client.post(f"/api/v1/registrations/{kind}", sent, content_type="application/json")


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400
    found = [(error["attr"], error["code"]) for error in answer.json()["errors"]]
    assert len(dict(found)) == len(found), "more than one error of a field"
    return dict(found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_registration_is_taken_and_says_who_reviews(client, units, kind):
    people.administrator("局管理员", 44, units.city, "bureau")

    answer = post(client, body(kind), kind)

    assert answer.status_code == 201
    assert answer.json() == {"state": "in_review", "reviewer": "示例市人社局", "reviewer_phone": "010-5550001"}
    assert Organisation.objects.get(state="in_review").kind == kind
    assert Membership.objects.get(state="in_review").kind == kind


@pytest.mark.parametrize(("field", "above"), [("department", "department"), ("parent", "employer")])
def test_the_chosen_superior_reviews(client, units, field, above):
    superior = getattr(units, above)
    people.administrator("上级管理员", 44, superior, superior.kind)

    answer = post(client, body(**{field: str(superior.pk)}))

    assert answer.json()["reviewer"] == superior.name


def test_a_known_number_gets_the_same_answer(client, units):
    unknown = post(client, body(serial=3))
    people.learner(serial=1)

    known = post(client, body(person={"id_number": people.id_number(1)}))

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert Case.objects.count() == 1


def test_everything_that_is_wrong_is_told_at_once_one_error_a_field(client, units):
    person = {"id_number": "110101199003070010", "mobile": "1", "name": "", "password": "12345678"}

    answer = post(client, body(credit_code="123", name="", promise=False, person=person))

    assert errors(answer) == {
        "name": "blank",
        "credit_code": "credit_code_wrong",
        "promise": "required",
        "administrator.id_number": "id_number_invalid",
        "administrator.mobile": "invalid",
        "administrator.name": "required",
        "administrator.password": "weak_password",
    }
    assert not User.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_body_names_every_field_that_is_needed(client, units, kind):
    found = errors(post(client, {"administrator": {}}, kind))

    needed = {"name", "region", "phone", "address", "credit_code", "promise", "agreement", "captcha", *OWN[kind]}
    inner = {f"administrator.{name}" for name in ("id_type", "id_number", "password", "name", "mobile", "email")}
    assert set(found) == needed | inner


@pytest.mark.parametrize("sent", ["[]", "3", '"x"', "null"])
def test_what_is_no_object_is_refused(client, units, sent):
    assert post(client, sent).status_code == 400


@pytest.mark.parametrize("person", [None, 3, "x", []])
def test_an_administrator_that_is_no_object_is_refused(client, units, person):
    assert "administrator" in {attr.split(".")[0] for attr in errors(post(client, body() | {"administrator": person}))}


@pytest.mark.parametrize("superior", ["-1", "x", "9" * 19, "999999"])
def test_a_superior_that_is_none_is_refused_at_its_field(client, units, superior):
    assert set(errors(post(client, body(department=superior)))) == {"department"}


def test_without_a_credit_code_service_is_to_be_called(client, units):
    answer = post(client, body(credit_code=None))

    assert errors(answer) == {"credit_code": "no_credit_code"}
    assert "服务电话" in answer.json()["errors"][0]["detail"]


def test_a_credit_code_that_is_taken_is_refused_and_nothing_is_written(client, units):
    post(client, body())

    assert errors(post(client, body(serial=2, credit_code=credit_code(1)))) == {"credit_code": "credit_code_taken"}
    assert errors(post(client, body())) == {"credit_code": "credit_code_taken"}
    assert (User.objects.count(), Case.objects.count()) == (1, 1)


def test_a_wrong_captcha_is_refused_and_spent(client, units):
    sent = body()
    wrong = post(client, sent | {"captcha": "wrong"})

    assert errors(wrong) == {"captcha": "captcha_invalid"}
    assert errors(post(client, sent)) == {"captcha": "captcha_invalid"}
    assert not User.objects.exists()


def test_who_has_an_account_proves_it(client, units):
    owner = people.learner(serial=1)
    known = {"existing": True, "id_number": people.id_number(1), "name": None, "mobile": None, "email": None}

    refused = post(client, body(person={**known, "password": "Wrong-2026"}))
    taken = post(client, body(person=known))

    assert (refused.status_code, code_of(refused)) == (401, "bad_credentials")
    assert taken.status_code == 201
    assert Case.objects.get().applicant == owner
