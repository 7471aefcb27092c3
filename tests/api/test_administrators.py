"""administrators: GET, POST; people; PATCH and DELETE of one; POST {id}/super (U2)."""

import pytest

from identity.models import Membership, User
from tests.api.test_bad_input import ODD_BODIES, is_polite
from tests.api.test_reviews import Program, code, hanmei, stranger  # noqa: F401
from tests.approvals.conftest import hospital, noted, reviewer, superior  # noqa: F401
from tests.identity import factories
from tests.units import colleagues

PASSWORD = factories.PASSWORD


@pytest.fixture
def role_id(hospital):  # noqa: F811
    return str(colleagues.permission_role("人事审核员", "registrations", unit=hospital))


@pytest.fixture
def luofang(hospital):  # noqa: F811
    return colleagues.colleague("罗芳", 46, "administrators", "registrations", unit=hospital)


def pk(user):
    return str(colleagues.membership_of(user).pk)


def newcomer(role_id, **changed):
    return {
        "way": "new",
        "roles": [role_id],
        "id_type": "resident",
        "id_number": factories.id_number(77),
        "name": "罗婉清",
        "mobile": "13900001111",
        "email": "luo@hospital.example",
        "password": "Mulberry-7731",
        **changed,
    }


def test_the_list_masks_numbers_and_names_roles(hanmei, luofang):  # noqa: F811
    first, second = hanmei.get("administrators").json()

    assert (first["name"], first["super"]) == ("韩梅", True)
    assert (second["name"], second["super"]) == ("罗芳", False)
    assert second["id_number_masked"] == "110101********0468"
    assert [role["name"] for role in second["roles"]] == ["罗芳的角色"]
    assert second["modules"] == ["registrations", "administrators"]
    assert luofang.id_number not in hanmei.get("administrators").content.decode()


def test_it_is_narrowed_by_name_and_role(hanmei, luofang):  # noqa: F811
    own = str(colleagues.membership_of(luofang).roles.get().pk)

    for query in ({"q": "罗"}, {"role": own}):
        assert [one["name"] for one in hanmei.get("administrators", **query).json()] == ["罗芳"]
    assert hanmei.get("administrators", role="x").json() == []


def test_one_of_our_people_is_found_and_added(hanmei, hospital, role_id):  # noqa: F811
    lilei = factories.learner(unit=hospital)
    (person,) = hanmei.post("administrators/people", q="李").json()
    assert (person["name"], person["administrator"]) == ("李雷", False)

    answer = hanmei.post("administrators", way="colleague", person=person["id"], roles=[role_id])

    assert answer.status_code == 201
    assert answer.json()["administrator"]["name"] == "李雷"
    assert colleagues.modules(lilei) == {"registrations"}
    again = hanmei.post("administrators", way="colleague", person=person["id"], roles=[role_id])
    assert (again.status_code, code(again)) == (409, "already_member")


def test_a_known_number_and_a_new_one_get_one_answer(hanmei, role_id):  # noqa: F811
    wangwu = factories.stranger()

    new = hanmei.post("administrators", **newcomer(role_id))
    known = hanmei.post("administrators", **newcomer(role_id, id_number=wangwu.id_number))

    assert new.status_code == known.status_code == 201
    assert new.json() == known.json() == {"administrator": None}
    assert User.objects.filter(name="罗婉清").exists()
    assert not Membership.objects.filter(user=wangwu, kind="employer").exists()


def test_an_account_is_proven_by_its_password(hanmei, role_id):  # noqa: F811
    wangwu = factories.stranger()
    body = {"way": "account", "roles": [role_id], "id_type": "resident", "id_number": wangwu.id_number}

    wrong = hanmei.post("administrators", **body, password="Wrong-2026")
    unknown = hanmei.post("administrators", **body | {"id_number": factories.id_number(99)}, password=PASSWORD)
    right = hanmei.post("administrators", **body, password=PASSWORD)

    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()
    assert code(wrong) == "account_not_proven"
    assert right.json()["administrator"]["name"] == "王五"


def test_guessing_is_locked(hanmei, role_id):  # noqa: F811
    wangwu = factories.stranger()
    body = {"way": "account", "roles": [role_id], "id_type": "resident", "id_number": wangwu.id_number}
    for _ in range(5):
        hanmei.post("administrators", **body, password="Wrong-2026")

    answer = hanmei.post("administrators", **body, password=PASSWORD)

    assert (answer.status_code, code(answer)) == (429, "locked")
    assert answer["Retry-After"]


@pytest.mark.parametrize(
    ("changed", "attr"),
    [({"id_number": "1"}, "id_number"), ({"roles": []}, "roles"), ({"roles": ["x"]}, "roles.0"), ({"way": "?"}, "way")],
)
def test_faults_name_their_field(hanmei, role_id, changed, attr):  # noqa: F811
    answer = hanmei.post("administrators", **newcomer(role_id, **changed))

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]


def test_what_a_way_needs_is_required(hanmei, role_id):  # noqa: F811
    answer = hanmei.post("administrators", way="colleague", roles=[role_id])

    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [("person", "required")]


def test_a_role_beyond_ones_own_is_refused_at_the_field(client, luofang, hospital, clock):  # noqa: F811
    more = str(colleagues.permission_role("统计员", "statistics", unit=hospital))
    lilei = factories.learner(unit=hospital)
    program = Program(client, colleagues.acting(luofang), clock)

    answer = program.post("administrators", way="colleague", person=str(lilei.pk), roles=[more])

    assert (answer.status_code, code(answer)) == (400, "beyond_yours")


def test_roles_are_changed_and_the_administrator_deleted(client, hanmei, luofang, role_id):  # noqa: F811
    changed = hanmei.patch(f"administrators/{pk(luofang)}", roles=[role_id])
    assert changed.json()["modules"] == ["registrations"]

    assert hanmei.delete(f"administrators/{pk(luofang)}").status_code == 204
    assert colleagues.membership_of(luofang).state == "ended"
    assert hanmei.delete(f"administrators/{pk(luofang)}").status_code == 404


def test_deleting_oneself_takes_a_confirmation(client, luofang, clock):
    program = Program(client, colleagues.acting(luofang), clock)

    refused = program.delete(f"administrators/{pk(luofang)}")
    assert (refused.status_code, code(refused)) == (409, "confirm_self")

    assert program.delete(f"administrators/{pk(luofang)}?confirm_self=true").status_code == 204
    assert program.get("administrators").status_code == 401


def test_the_super_one_hands_over_and_his_token_is_void(hanmei, luofang, reviewer):  # noqa: F811
    own = str(reviewer.membership_id)
    assert code(hanmei.delete(f"administrators/{own}?confirm_self=true")) == "super_stays"
    assert code(hanmei.post(f"administrators/{pk(luofang)}/super", password="Wrong-2026")) == "wrong_password"

    assert hanmei.post(f"administrators/{pk(luofang)}/super", password=PASSWORD).status_code == 204

    assert colleagues.membership_of(luofang).is_super
    assert hanmei.get("administrators").status_code == 401


def test_only_the_super_one_hands_over(client, hanmei, hospital, luofang, clock):  # noqa: F811
    other = colleagues.colleague("韩志强", 53, "registrations", unit=hospital)
    program = Program(client, colleagues.acting(luofang), clock)

    answer = program.post(f"administrators/{pk(other)}/super", password=PASSWORD)

    assert (answer.status_code, code(answer)) == (403, "only_super")


def test_strangers_find_nobody(stranger, luofang, role_id):  # noqa: F811
    for answer in (
        stranger.delete(f"administrators/{pk(luofang)}"),
        stranger.patch(f"administrators/{pk(luofang)}", roles=[role_id]),
        stranger.post(f"administrators/{pk(luofang)}/super", password=PASSWORD),
        stranger.post("administrators", **newcomer(role_id)),
    ):
        assert answer.status_code == 404
    assert [one["name"] for one in stranger.get("administrators").json()] == ["外校管理员"]


def test_without_the_module_and_without_login_there_is_nothing(client, hospital, clock):  # noqa: F811
    assert client.get("/api/v1/administrators").status_code == 401
    clerk = colleagues.colleague("韩志强", 53, "registrations", unit=hospital)
    program = Program(client, colleagues.acting(clerk), clock)

    assert program.get("administrators").status_code == 404
    assert program.post("administrators/people", q="李").status_code == 404


@pytest.mark.parametrize("address", ["administrators", "administrators/people", "roles", "administrators/{}/super"])
@pytest.mark.parametrize("name", sorted(ODD_BODIES))
def test_an_odd_body_of_an_administrator_is_refused_politely(hanmei, luofang, address, name):  # noqa: F811
    answer = hanmei.send("POST", address.format(pk(luofang)), ODD_BODIES[name])

    assert answer.status_code in (400, 413, 415)
    assert is_polite(answer)
