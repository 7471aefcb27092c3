"""POST registrations/technician, GET organisations, GET organisations/{id}/departments."""

from typing import Any

import pytest

from identity.models import Membership, User, WorkDepartment
from identity.services.organisations import index_name
from registry.approvals.models import Case
from tests.identity import factories as people
from tests.identity.driving import captcha_fields, code_of
from tests.people.factories import registration_data

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/registrations/technician"


@pytest.fixture(autouse=True)
def _clock(clock: Any) -> Any:
    return clock


def body(serial: int = 1, **overrides: Any) -> dict[str, Any]:
    """The contract's body: codes, ids as text, dates as ISO, a captcha read rightly."""
    data = registration_data(serial) | {"organisation": str(people.organisation().pk)}
    dates = {name: data[name].isoformat() for name in ("born_on", "graduated_on", "effective_on")}
    del data["existing"]
    return data | dates | captcha_fields() | overrides


def post(client: Any, sent: dict[str, Any]) -> Any:
    return client.post(ADDRESS, sent, content_type="application/json")


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400
    found = [(error["attr"], error["code"]) for error in answer.json()["errors"]]
    assert len(dict(found)) == len(found), "more than one error of a field"
    return dict(found)


def test_a_registration_is_taken_and_says_who_reviews(client):
    hospital = people.organisation()
    people.administrator(unit=hospital)
    department = WorkDepartment.objects.create(organisation=hospital, name="急诊科")

    answer = post(client, body(department=str(department.pk)))

    assert answer.status_code == 201
    assert answer.json() == {"state": "in_review", "reviewer": people.HOSPITAL, "reviewer_phone": "010-5550100"}
    assert Membership.objects.get(kind="technician").work_department == department


def test_a_known_number_gets_the_same_answer(client):
    unknown = post(client, body(3))
    people.learner(serial=1)

    known = post(client, body(1))

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert Case.objects.count() == 1


def test_everything_that_is_wrong_is_told_at_once_one_error_a_field(client):
    answer = post(
        client,
        body(id_number="110101199003070010", born_on="1990-02-30", mobile="1", sex="F", name="", promise=False),
    )

    assert errors(answer) == {
        "id_number": "id_number_invalid",
        "born_on": "invalid",
        "mobile": "invalid",
        "name": "blank",
        "promise": "required",
    }
    assert not User.objects.exists()


def test_an_empty_body_names_every_field_that_is_needed(client):
    found = errors(post(client, {}))

    assert {"id_type", "id_number", "password", "mobile", "email", "organisation", "name", "captcha"} <= set(found)
    assert not {"landline", "department", "post", "rank", "effective_on", "certificate_no"} & set(found)


@pytest.mark.parametrize("sent", ["[]", "3", '"x"', "null"])
def test_what_is_no_object_is_refused(client, sent):
    assert client.post(ADDRESS, sent, content_type="application/json").status_code == 400


@pytest.mark.parametrize("unit", ["0", "-1", "x", "9" * 19, "999999"])
def test_a_unit_that_is_none_is_refused_at_its_field(client, unit):
    assert set(errors(post(client, body(organisation=unit)))) == {"organisation"}


def test_optional_fields_may_be_null_or_left_out(client):
    sent = body(landline=None, department=None, post=None, rank=None, effective_on=None, certificate_no=None)
    for name in ("postdoctoral", "sex", "born_on"):
        del sent[name]

    assert post(client, sent).status_code == 201


def test_a_wrong_captcha_is_refused_and_spent(client):
    sent = body()
    wrong = post(client, sent | {"captcha": "wrong"})

    assert errors(wrong) == {"captcha": "captcha_invalid"}
    assert errors(post(client, sent)) == {"captcha": "captcha_invalid"}
    assert not User.objects.exists()


def test_the_same_body_twice_makes_one_case(client):
    first, second = post(client, body()), post(client, body())

    assert (first.status_code, second.status_code) == (201, 201)
    assert Case.objects.count() == 1


def test_who_has_an_account_proves_it(client):
    people.administrator(serial=2)
    known = {"existing": True, "name": "韩梅", "mobile": "", "email": ""}

    refused = post(client, body(2, **known, password="Wrong-2026"))
    taken = post(client, body(2, **known))

    assert (refused.status_code, code_of(refused)) == (401, "bad_credentials")
    assert taken.status_code == 201


def test_a_technician_needs_no_second_registration(client):
    people.learner(serial=1)

    answer = post(client, body(1, existing=True, name="李雷"))

    assert (answer.status_code, code_of(answer)) == (409, "already_member")


def test_units_are_found_by_kind_and_name(client):
    hospital = people.organisation()
    index_name(organisation_id=hospital.pk, name=hospital.name)
    department = people.organisation("示例市卫健委", kind="department")
    index_name(organisation_id=department.pk, name=department.name)

    found = client.get("/api/v1/organisations", {"kind": "employer", "q": "示例"}).json()

    assert found == [{"id": str(hospital.pk), "name": people.HOSPITAL, "kind": "employer", "region": "示例市"}]
    assert len(client.get("/api/v1/organisations", {"q": "示例"}).json()) == 2


def test_the_list_of_units_takes_the_same_queries_for_one_and_for_twenty(client, django_assert_num_queries):
    for number in range(20):
        unit = people.organisation(f"示例医院{number}")
        index_name(organisation_id=unit.pk, name=unit.name)

    for q, found in (("示例医院7", 1), ("示例", 20)):
        with django_assert_num_queries(1):
            assert len(client.get("/api/v1/organisations", {"q": q}).json()) == found


def test_a_kind_that_is_none_is_refused(client):
    assert errors(client.get("/api/v1/organisations", {"kind": "school"})) == {"kind": "invalid_choice"}


def test_departments_are_a_tree_of_those_that_stand(client):
    hospital = people.organisation()
    inner = WorkDepartment.objects.create(organisation=hospital, name="内科")
    heart = WorkDepartment.objects.create(organisation=hospital, name="心内科", parent=inner)
    WorkDepartment.objects.create(organisation=hospital, name="旧科", is_closed=True)

    assert client.get(f"/api/v1/organisations/{hospital.pk}/departments").json() == [
        {
            "id": str(inner.pk),
            "name": "内科",
            "children": [{"id": str(heart.pk), "name": "心内科", "children": []}],
        }
    ]


@pytest.mark.parametrize("state", ["in_review", "rejected"])
def test_departments_of_a_unit_that_does_not_stand_are_unknown(client, state):
    unit = people.organisation("未通过的单位", state=state)

    assert client.get(f"/api/v1/organisations/{unit.pk}/departments").status_code == 404
    assert client.get("/api/v1/organisations/999999/departments").status_code == 404
