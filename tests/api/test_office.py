"""me/profile, title-changes, transfers, cases, messages: one's own office by API (T1, T2, S2, S3)."""

from datetime import timedelta

import pytest

from identity.models import User
from registry.approvals.models import Case
from registry.inbox.models import Message
from registry.inbox.services import send
from registry.people.models import Profile
from tests.api.test_reviews import Program, code
from tests.identity import factories as people
from tests.people.office import acting, asks_title, decides, technician
from tests.support.clock import START

pytestmark = pytest.mark.django_db

TITLE = {
    "title_series": "01",
    "title_level": "2",
    "qualification": "01201",
    "effective_on": "2025-09-28",
    "certificate_no": "FG2025-0001",
}


@pytest.fixture
def user(clock) -> User:
    bureau = people.organisation("示例市人力资源和社会保障局", kind="bureau")
    people.administrator("局长", 25, bureau, "bureau")
    hospital = people.organisation(parent=bureau)
    people.administrator("人事科", 26, hospital)
    return technician(unit=hospital)


@pytest.fixture
def me(client, user, clock) -> Program:
    return Program(client, acting(user), clock)


@pytest.fixture
def other(client, clock) -> Program:
    return Program(client, acting(people.stranger()), clock)


@pytest.fixture
def administrator(client, clock) -> Program:
    return Program(client, people.role(people.administrator(), "employer"), clock)


# --- Profile ----------------------------------------------------------------------------------------------------------
def test_one_reads_one_s_profile_with_a_masked_number(me, user):
    found = me.get("me/profile").json()

    assert (found["name"], found["id_number_masked"]) == ("陈思远", "110101********0011")
    assert (found["mobile"], found["school"]) == ("13800000001", "示例医科大学")
    assert found["title"] == {
        "department": None,
        "title_series": "01",
        "title_level": "3",
        "qualification": "01301",
        "effective_on": "2019-11-20",
        "certificate_no": "ZZ2019-0001",
    }


def test_what_is_sent_is_changed_at_once_and_the_rest_stays(me, user):
    answer = me.patch("me/profile", mobile="13900002210", school="另一所大学")

    assert (answer.status_code, answer.json()["mobile"], answer.json()["school"]) == (200, "13900002210", "另一所大学")
    assert answer.json()["email"] == "person1@example.org"


def test_what_is_wrong_is_told_by_field_and_nothing_is_changed(me, user):
    answer = me.patch("me/profile", mobile="123", school="另一所大学")

    assert answer.status_code == 400
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [("mobile", "invalid")]
    assert Profile.objects.get().school == "示例医科大学"


def test_name_number_and_unit_are_not_taken(me, user):
    me.patch("me/profile", name="陈大文", id_number="1", organisation="1", title_level="1")

    user.refresh_from_db()
    assert (user.name, Profile.objects.get().title_level) == ("陈思远", "3")


def test_other_roles_have_no_profile(administrator):
    assert (administrator.get("me/profile").status_code, administrator.patch("me/profile").status_code) == (403, 403)


# --- Title changes ----------------------------------------------------------------------------------------------------
def test_a_title_change_is_asked_for_listed_and_withdrawn(me, user):
    made = me.post("title-changes", **TITLE)

    assert (made.status_code, made.json()["state"]) == (201, "open")
    assert {"label": "职称级别", "before": "中级", "after": "副高级", "changed": True} in made.json()["lines"]
    listed = me.get("title-changes").json()
    assert (listed["count"], listed["results"][0]["reviewer"]) == (1, "示例市第一医院")

    assert me.post(f"title-changes/{made.json()['id']}/withdraw").status_code == 204
    assert Case.objects.get().state == "withdrawn"
    assert code(me.post(f"title-changes/{made.json()['id']}/withdraw")) == "not_withdrawable"


def test_a_second_title_change_conflicts_and_the_same_one_is_the_same(me):
    first = me.post("title-changes", **TITLE).json()

    assert me.post("title-changes", **TITLE).json()["id"] == first["id"]
    answer = me.post("title-changes", **{**TITLE, "certificate_no": "另一个"})
    assert (answer.status_code, code(answer)) == (409, "already_open")


@pytest.mark.parametrize(
    ("changed", "attr", "expected"),
    [
        ({"qualification": "02201"}, "qualification", "not_of_this_series"),
        ({"department": "99"}, "department", "not_of_this_unit"),
        ({"department": "nein"}, "department", "not_of_this_unit"),
        ({"effective_on": "2030-01-01"}, "effective_on", "date_unlikely"),
        ({"effective_on": "gestern"}, "effective_on", "invalid"),
    ],
)
def test_a_fault_of_a_title_change_is_told_at_its_field(me, changed, attr, expected):
    answer = me.post("title-changes", **{**TITLE, **changed})

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["attr"], error["code"]) == (400, attr, expected)
    assert not Case.objects.exists()


def test_a_case_of_another_kind_or_person_is_not_withdrawn_there(me, other, user):
    case = asks_title(user)

    assert me.post(f"transfers/{case.pk}/withdraw").status_code == 404
    assert other.post(f"title-changes/{case.pk}/withdraw").status_code == 404
    assert Case.objects.get().state == "open"


# --- Transfers --------------------------------------------------------------------------------------------------------
def test_a_transfer_is_asked_for_and_listed(me):
    unit = people.organisation("示例市急救中心")

    made = me.post("transfers", organisation=str(unit.pk), starts_on="2026-03-16", phone="010-5550100")

    assert (made.status_code, made.json()["steps"][0]["organisation"]) == (201, "示例市急救中心")
    assert me.get("transfers").json()["results"][0]["kind"] == "transfer"
    assert me.get("title-changes").json()["count"] == 0


def test_a_transfer_is_refused_while_a_title_change_is_open(me, user):
    asks_title(user)
    unit = people.organisation("示例市急救中心")

    answer = me.post("transfers", organisation=str(unit.pk), starts_on="2026-03-16", phone="010-5550100")

    assert (answer.status_code, code(answer)) == (409, "already_open")


def test_who_has_no_unit_and_never_had_one_transfers_nothing(administrator):
    unit = people.organisation("示例市急救中心")

    answer = administrator.post("transfers", organisation=str(unit.pk), starts_on="2026-03-16")

    assert (answer.status_code, code(answer)) == (403, "not_a_learner")


# --- Cases ------------------------------------------------------------------------------------------------------------
def test_one_reminds_once_a_day(me, user, clock):
    case = asks_title(user)

    assert me.post(f"cases/{case.pk}/reminder").status_code == 204
    again = me.post(f"cases/{case.pk}/reminder")
    assert (again.status_code, code(again)) == (429, "too_soon")
    clock.tick(timedelta(days=1).total_seconds())
    me = Program(me._client, acting(user), clock)
    assert me.post(f"cases/{case.pk}/reminder").status_code == 204


def test_a_rejected_case_says_why_and_is_objected_to_once(me, user):
    case = asks_title(user)
    decides(case, "reject", "证书照片看不清")

    shown = me.get(f"cases/{case.pk}").json()
    assert (shown["state"], shown["can_object"], shown["steps"][0]["opinion"]) == ("rejected", True, "证书照片看不清")

    made = me.post(f"cases/{case.pk}/objection", reason="证书编号清清楚楚")
    assert (made.status_code, made.json()["kind"]) == (201, "objection")
    again = me.post(f"cases/{case.pk}/objection", reason="再来一次")
    assert (again.status_code, code(again)) == (409, "cannot_object")


def test_a_stranger_s_case_is_not_there(other, user):
    case = asks_title(user)

    assert other.get(f"cases/{case.pk}").status_code == 404
    assert other.post(f"cases/{case.pk}/reminder").status_code == 404
    assert other.post(f"cases/{case.pk}/objection", reason="理由").status_code == 404
    assert other.get("cases").json()["count"] == 0


def test_a_page_beyond_the_last_is_not_there(me, user):
    asks_title(user)

    assert me.get("cases", page=2).status_code == 404
    assert me.get("cases", page=0).status_code == 400


# --- Messages ---------------------------------------------------------------------------------------------------------
def test_messages_are_listed_and_read(me, user, other):
    message = send(user_id=user.pk, kind="case_passed", title="职称变更已通过", link="/me/cases/1/", now=START)

    listed = me.get("messages", unread="true").json()
    assert [(row["title"], row["read"]) for row in listed["results"]] == [("职称变更已通过", False)]
    assert other.post(f"messages/{message}/read").status_code == 404
    assert Message.objects.get().read_at is None

    assert me.post(f"messages/{message}/read").status_code == 204
    assert me.get("messages", unread="true").json()["count"] == 0
    assert me.get("messages").json()["results"][0]["read"] is True


def test_lists_take_the_same_queries_for_one_row_and_for_many(me, user, clock, queries_of):
    for address in ("cases", "messages"):
        decides(asks_title(user, certificate_no=f"一{address}"), "reject", "看不清")
        few = queries_of(lambda address=address: me.get(address))
        for number in range(12):
            clock.tick(1)
            decides(asks_title(user, certificate_no=f"{address}{number}"), "reject", "看不清")
        assert queries_of(lambda address=address: me.get(address)) == few


def test_nobody_in_particular_reads_nothing(client):
    for address in ("cases", "messages", "title-changes", "transfers", "me/profile"):
        assert client.get(f"/api/v1/{address}").status_code == 401
