"""roles: GET, POST, PATCH, DELETE (U4)."""

import pytest

from identity.models import PermissionRole
from tests.api.test_reviews import Program, code, hanmei, stranger  # noqa: F401
from tests.approvals.conftest import hospital, noted, reviewer, superior  # noqa: F401
from tests.units import colleagues


@pytest.fixture
def role_id(hospital):  # noqa: F811
    return str(colleagues.permission_role("人事审核员", "registrations", "statistics", unit=hospital))


def test_a_role_is_made_read_changed_and_deleted(hanmei):  # noqa: F811
    made = hanmei.post("roles", name="学时审核员", modules=["hours", "statistics"], note="审核学时")
    assert made.status_code == 201
    role = made.json()
    assert (role["modules"], role["holders"]) == (["hours", "statistics"], 0)

    changed = hanmei.patch(f"roles/{role['id']}", modules=["hours"])
    assert (changed.json()["name"], changed.json()["note"]) == ("学时审核员", "审核学时")
    assert changed.json()["modules"] == ["hours"]

    assert [one["name"] for one in hanmei.get("roles").json()] == ["学时审核员"]
    assert hanmei.delete(f"roles/{role['id']}").status_code == 204
    assert hanmei.get(f"roles/{role['id']}").status_code == 404


def test_a_role_in_use_stays(hanmei, hospital, role_id):  # noqa: F811
    colleagues.colleague("韩志强", 53, unit=hospital, role_ids=(int(role_id),))

    answer = hanmei.delete(f"roles/{role_id}")

    assert (answer.status_code, code(answer)) == (409, "role_in_use")
    assert hanmei.get(f"roles/{role_id}").json()["holders"] == 1


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"name": "", "modules": ["hours"]}, "name"),
        ({"name": "空的", "modules": []}, "modules"),
        ({"name": "没有的", "modules": ["no_such"]}, "modules.0"),
        ({"name": "越权", "modules": ["policy"]}, "modules"),
        ({"name": "人事审核员", "modules": ["hours"]}, "name"),
        ({"name": "人\x07事", "modules": ["hours"]}, "name"),
    ],
)
def test_faults_name_their_field(hanmei, role_id, body, attr):  # noqa: F811
    answer = hanmei.post("roles", **body)

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert PermissionRole.objects.count() == 1


def test_what_one_lacks_is_neither_added_nor_dropped(client, hospital, role_id, clock):  # noqa: F811
    user = colleagues.colleague("罗芳", 46, "roles", "registrations", unit=hospital)
    program = Program(client, colleagues.acting(user), clock)

    for modules in (["registrations"], ["registrations", "statistics", "hours"]):
        assert code(program.patch(f"roles/{role_id}", modules=modules)) == "beyond_yours"
    assert program.patch(f"roles/{role_id}", modules=["statistics", "roles"]).status_code == 200
    assert code(program.delete(f"roles/{role_id}")) == "beyond_yours"


def test_strangers_find_none(stranger, role_id):  # noqa: F811
    assert stranger.get("roles").json() == []
    assert stranger.get(f"roles/{role_id}").status_code == 404
    assert stranger.patch(f"roles/{role_id}", name="改名").status_code == 404
    assert stranger.delete(f"roles/{role_id}").status_code == 404


def test_without_the_module_there_are_none(client, hospital, role_id, clock):  # noqa: F811
    clerk = colleagues.colleague("韩志强", 53, "registrations", unit=hospital)
    program = Program(client, colleagues.acting(clerk), clock)

    assert program.get("roles").status_code == 404
    assert program.post("roles", name="新的", modules=["registrations"]).status_code == 404
