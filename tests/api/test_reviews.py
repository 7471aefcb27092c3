"""GET reviews, GET reviews/{id}, POST reviews/{id}/decision, POST reviews/decisions."""

import pytest

from identity.services import issue_token
from registry.approvals.models import Case
from tests.approvals.conftest import hospital, noted, reviewer, superior  # noqa: F401
from tests.approvals.factories import applicant, open_noted
from tests.identity import factories
from tests.support.clock import START


class Program:
    """A program that acts as somebody."""

    def __init__(self, client, role, clock) -> None:
        from identity.models import User

        user = User.objects.get(pk=role.user_id)
        token = issue_token(user=user, role=role, address=None, now=clock.now())[1]
        self._client, self._headers = client, {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query):
        return self._client.get(f"/api/v1/{path}", query, headers=self._headers)

    def post(self, path: str, **body):
        return self._client.post(f"/api/v1/{path}", body, content_type="application/json", headers=self._headers)

    def patch(self, path: str, **body):
        return self._client.patch(f"/api/v1/{path}", body, content_type="application/json", headers=self._headers)

    def send(self, method: str, path: str, body: bytes):
        return self._client.generic(
            method, f"/api/v1/{path}", body, content_type="application/json", headers=self._headers
        )

    def delete(self, path: str):
        return self._client.delete(f"/api/v1/{path}", headers=self._headers)


@pytest.fixture
def hanmei(client, reviewer, clock) -> Program:  # noqa: F811
    return Program(client, reviewer, clock)


@pytest.fixture
def stranger(client, noted, clock) -> Program:  # noqa: F811
    elsewhere = factories.organisation("外市职业学校", region=factories.region("外市", "120100"))
    return Program(client, factories.role(factories.administrator("外校管理员", 28, elsewhere), "employer"), clock)


def code(answer) -> str:
    return answer.json()["errors"][0]["code"]


def test_what_waits_is_listed(noted, hospital, hanmei):  # noqa: F811
    case = open_noted(hospital, marks=[{"code": "odd", "text": "需要细看"}])

    page = hanmei.get("reviews", kind="noted").json()

    assert (page["count"], page["next"], page["previous"]) == (1, None, None)
    (row,) = page["results"]
    assert (row["id"], row["title"], row["organisation"]) == (str(case.pk), "申请人1", hospital.name)
    assert row["marks"] == [{"code": "odd", "text": "需要细看"}]
    assert row["summary"]["id_masked"] == "110101********0134"


def test_what_is_done_is_a_list_of_its_own(noted, hospital, hanmei):  # noqa: F811
    case = open_noted(hospital)
    hanmei.post(f"reviews/{case.pk}/decision", decision="reject", opinion="材料不清晰")

    assert hanmei.get("reviews", kind="noted").json()["results"] == []
    (row,) = hanmei.get("reviews", kind="noted", state="done").json()["results"]
    assert (row["state"], row["opinion"]) == ("rejected", "材料不清晰")


def test_a_case_is_read_line_by_line(noted, hospital, hanmei):  # noqa: F811
    case = open_noted(hospital)

    data = hanmei.get(f"reviews/{case.pk}").json()

    assert data["lines"][0] == {"label": "职称级别", "before": "中级", "after": "副高级", "changed": True}
    assert (data["can_decide"], data["own"], data["stale"]) == (True, False, False)
    assert data["steps"][0]["organisation"] == hospital.name


def test_a_case_is_passed(noted, hospital, hanmei):  # noqa: F811
    case = open_noted(hospital)

    answer = hanmei.post(f"reviews/{case.pk}/decision", decision="pass")

    assert (answer.status_code, answer.json()) == (200, {"id": str(case.pk), "state": "passed"})
    assert noted.applied == [case.pk]


def test_rejecting_without_a_reason_names_the_field(noted, hospital, hanmei):  # noqa: F811
    case = open_noted(hospital)

    answer = hanmei.post(f"reviews/{case.pk}/decision", decision="reject")

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "opinion")
    assert Case.objects.get().state == "open"


def test_what_is_decided_already_is_told(noted, hospital, hanmei):  # noqa: F811
    case = open_noted(hospital)
    hanmei.post(f"reviews/{case.pk}/decision", decision="pass")

    answer = hanmei.post(f"reviews/{case.pk}/decision", decision="reject", opinion="改主意了")

    assert (answer.status_code, code(answer)) == (409, "already_decided")
    assert Case.objects.get().state == "passed"


def test_ones_own_case_is_refused(noted, hospital, reviewer, hanmei):  # noqa: F811
    from identity.models import User

    case = open_noted(hospital, User.objects.get(pk=reviewer.user_id))

    answer = hanmei.post(f"reviews/{case.pk}/decision", decision="pass")

    assert (answer.status_code, code(answer)) == (403, "own_case")


def test_another_units_administrator_finds_nothing(noted, hospital, stranger):  # noqa: F811
    case = open_noted(hospital)

    assert stranger.get("reviews", kind="noted").json()["results"] == []
    assert stranger.get(f"reviews/{case.pk}").status_code == 404
    assert stranger.post(f"reviews/{case.pk}/decision", decision="pass").status_code == 404
    assert stranger.post("reviews/decisions", ids=[str(case.pk)], decision="pass").json() == {"results": []}
    assert Case.objects.get().state == "open"


def test_many_are_decided_each_with_its_result(noted, hospital, hanmei):  # noqa: F811
    first, second = open_noted(hospital, applicant(1)), open_noted(hospital, applicant(2))
    hanmei.post(f"reviews/{second.pk}/decision", decision="pass")

    answer = hanmei.post("reviews/decisions", ids=[str(first.pk), str(second.pk), "0"], decision="pass")

    results = answer.json()["results"]
    assert [(row["id"], row["decided"], row["code"]) for row in results] == [
        (str(first.pk), True, None),
        (str(second.pk), False, "already_decided"),
    ]


def test_more_than_a_hundred_at_once_are_refused(noted, hospital, hanmei):  # noqa: F811
    answer = hanmei.post("reviews/decisions", ids=[str(at) for at in range(101)], decision="pass")

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "ids")


def test_an_unknown_number_is_not_found(noted, hanmei):  # noqa: F811
    assert hanmei.get("reviews/99999999999999999999999").status_code == 404


def test_a_visitor_is_asked_to_log_in(client, db):
    assert client.get("/api/v1/reviews", {"kind": "noted"}).status_code == 401


def test_a_technician_reviews_nothing(noted, hospital, client, clock):  # noqa: F811
    case = open_noted(hospital)
    lilei = Program(client, factories.role(factories.learner(unit=hospital)), clock)

    assert lilei.get("reviews", kind="noted").json()["count"] == 0
    assert lilei.post(f"reviews/{case.pk}/decision", decision="pass").status_code == 404


@pytest.mark.parametrize("cases", [1, 20])
def test_the_list_takes_the_same_queries_whatever_its_length(
    noted,  # noqa: F811
    hospital,  # noqa: F811
    hanmei,
    django_assert_max_num_queries,
    cases,
):
    for serial in range(1, cases + 1):
        open_noted(hospital, applicant(serial), now=START)

    with django_assert_max_num_queries(8):
        assert len(hanmei.get("reviews", kind="noted").json()["results"]) == cases
