"""Roles are sets of modules; nobody puts in or takes out what he lacks; one in use can't go (U4, decision 0006)."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from identity.models import Membership, PermissionRole
from registry.units.errors import (
    BeyondYours,
    ConfirmSelf,
    ModulesMissing,
    RoleInUse,
    RoleNameMissing,
    RoleNameTaken,
)
from registry.units.queries import administration
from registry.units.services import add_colleague, create_role, delete_roles, edit_role
from tests.identity import factories
from tests.support.clock import START
from tests.support.threads import in_threads
from tests.units import colleagues


@pytest.fixture
def hanmei(db, clock):
    return factories.administrator()


@pytest.fixture
def luofang(hanmei):
    """Manages roles and administrators, and reviews registrations."""
    return colleagues.colleague("罗芳", 46, "roles", "administrators", "registrations")


def creates(user, *modules, name="人事审核员", kind="employer", note=""):
    actor = colleagues.acting(user, kind)
    return create_role(actor=actor, name=name, note=note, modules=modules, now=START)


def edits(user, role_id, *modules, name="人事审核员", **given):
    return edit_role(
        actor=colleagues.acting(user), role_id=role_id, name=name, note="", modules=modules, now=START, **given
    )


def deletes(user, *role_ids):
    return delete_roles(actor=colleagues.acting(user), role_ids=role_ids, now=START)


def test_a_role_is_a_name_and_a_set_of_modules(hanmei):
    role_id = creates(hanmei, "transfers", "registrations", note=" 审核人员资料 ")

    role = administration.role(colleagues.acting(hanmei), role_id)
    assert (role.name, role.note, role.holders) == ("人事审核员", "审核人员资料", 0)
    assert role.modules == {"registrations", "transfers"}
    assert colleagues.audited("role.create")[0]["after"] == {
        "role": role_id,
        "name": "人事审核员",
        "modules": ["registrations", "transfers"],
    }


def test_a_name_stands_once_in_an_organisation_and_kind(hanmei):
    first = creates(hanmei, "transfers")
    second = creates(hanmei, "transfers", name="调转员")
    elsewhere = factories.administrator("外校管理员", 71, factories.organisation("外校"))

    with pytest.raises(RoleNameTaken):
        creates(hanmei, "registrations", name=" 人事审核员 ")
    with pytest.raises(RoleNameTaken):
        edits(hanmei, second, "transfers")
    creates(elsewhere, "transfers")

    assert PermissionRole.objects.get(pk=first).modules == ["transfers"]
    assert PermissionRole.objects.get(pk=second).name == "调转员"


def test_a_role_needs_a_name_and_a_module(hanmei):
    with pytest.raises(RoleNameMissing):
        creates(hanmei, "transfers", name="  ")
    with pytest.raises(ModulesMissing):
        creates(hanmei)

    assert not PermissionRole.objects.exists()


@pytest.mark.parametrize("module", ["statistics", "policy", "no_such_module", "__all__"])
def test_nobody_puts_in_what_he_lacks(luofang, module):
    with pytest.raises(BeyondYours):
        creates(luofang, "registrations", module)

    assert PermissionRole.objects.count() == 1


def test_even_the_super_administrator_gives_no_more_than_his_kind_has(hanmei):
    with pytest.raises(BeyondYours, match="学时政策"):
        creates(hanmei, "policy")


def test_changing_a_role_changes_its_holders_at_once(hanmei):
    role_id = creates(hanmei, "registrations")
    clerk = colleagues.colleague("韩志强", 53, role_ids=(role_id,))

    holders = edits(hanmei, role_id, "registrations", "hours")

    assert holders == 1
    assert colleagues.acting(clerk).modules == {"registrations", "hours"}
    assert colleagues.told(clerk) == ["role_changed"]
    entry = colleagues.audited("role.edit")[0]
    assert (entry["before"]["modules"], entry["after"]["modules"]) == (["registrations"], ["hours", "registrations"])


def test_another_name_alone_is_no_news_to_its_holders(hanmei):
    role_id = creates(hanmei, "registrations")
    clerk = colleagues.colleague("韩志强", 53, role_ids=(role_id,))

    edits(hanmei, role_id, "registrations", name="注册审核员")

    assert colleagues.told(clerk) == []


def test_what_one_lacks_stays_in_a_role_neither_added_nor_dropped(hanmei, luofang):
    role_id = creates(hanmei, "registrations", "statistics")

    with pytest.raises(BeyondYours, match="完成情况"):
        edits(luofang, role_id, "registrations")
    with pytest.raises(BeyondYours, match="学时申报"):
        edits(luofang, role_id, "registrations", "statistics", "hours")
    edits(luofang, role_id, "statistics", "roles")

    assert PermissionRole.objects.get(pk=role_id).modules == ["roles", "statistics"]


def test_who_would_lose_something_himself_is_asked_first(hanmei, luofang):
    own = colleagues.membership_of(luofang).roles.get().pk

    with pytest.raises(ConfirmSelf):
        edits(luofang, own, "registrations", name="罗芳的角色")
    assert colleagues.modules(luofang) == {"roles", "administrators", "registrations"}

    edits(luofang, own, "registrations", name="罗芳的角色", confirmed=True)
    assert colleagues.modules(luofang) == {"registrations"}


def test_a_role_in_use_cannot_go_nor_what_was_chosen_with_it(hanmei):
    used, unused = creates(hanmei, "registrations"), creates(hanmei, "hours", name="学时审核员")
    colleagues.colleague("韩志强", 53, role_ids=(used,))

    with pytest.raises(RoleInUse, match="人事审核员"):
        deletes(hanmei, unused, used)

    assert PermissionRole.objects.filter(pk__in=[used, unused]).count() == 2


def test_unused_roles_go_together(hanmei):
    ids = [creates(hanmei, "registrations"), creates(hanmei, "hours", name="学时审核员")]

    assert deletes(hanmei, *ids) == 2

    assert not PermissionRole.objects.exists()
    assert [entry["before"]["role"] for entry in colleagues.audited("role.delete")] == ids


def test_a_role_that_only_former_administrators_had_can_go(hanmei):
    role_id = creates(hanmei, "registrations")
    clerk = colleagues.colleague("韩志强", 53, role_ids=(role_id,))
    Membership.objects.filter(user=clerk).update(state="ended")

    assert deletes(hanmei, role_id) == 1


def test_nobody_deletes_a_role_with_what_he_lacks(hanmei, luofang):
    role_id = creates(hanmei, "registrations", "statistics")

    with pytest.raises(BeyondYours):
        deletes(luofang, role_id)

    assert PermissionRole.objects.filter(pk=role_id).exists()


def test_roles_of_another_unit_or_kind_are_unknown(hanmei):
    bureau = factories.organisation("示例市人社局", kind="bureau")
    outer = factories.administrator("局长", 73, bureau, "bureau")
    inner = colleagues.permission_role("内部审核", "registrations", unit=bureau, kind="employer")
    elsewhere = colleagues.permission_role("外校审核", "registrations", unit=factories.organisation("外校"))

    for role_id in (inner, elsewhere, 999_999):
        with pytest.raises(ObjectDoesNotExist):
            edits(hanmei, role_id, "registrations")
        with pytest.raises(ObjectDoesNotExist):
            deletes(hanmei, role_id)
    with pytest.raises(ObjectDoesNotExist):
        delete_roles(actor=colleagues.acting(outer, "bureau"), role_ids=[inner], now=START)
    assert administration.role(colleagues.acting(hanmei), elsewhere) is None


def test_who_has_not_the_module_makes_no_roles(hanmei):
    clerk = colleagues.colleague("韩志强", 53, "registrations")

    with pytest.raises(ObjectDoesNotExist):
        creates(clerk, "registrations")
    assert administration.roles(colleagues.acting(clerk)) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_roles_of_one_person_changed_at_once_leave_him_the_sum_of_both(clock):
    hanmei = factories.administrator()
    first, second = creates(hanmei, "registrations"), creates(hanmei, "transfers", name="调转员")
    clerk = colleagues.colleague("韩志强", 53, role_ids=(first, second))
    edited = [(first, "人事审核员", "hours"), (second, "调转员", "statistics")]

    def attempt(number):
        role_id, name, module = edited[number]
        edits(hanmei, role_id, module, name=name)

    in_threads(attempt, 2)

    assert colleagues.modules(clerk) == {"hours", "statistics"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_role_given_while_it_is_deleted_is_either_given_or_gone(clock):
    hanmei = factories.administrator()
    lilei = factories.learner()
    role_id = creates(hanmei, "registrations")
    actor = colleagues.acting(hanmei)

    def attempt(number):
        try:
            if number:
                delete_roles(actor=actor, role_ids=[role_id], now=START)
            else:
                add_colleague(actor=actor, user_id=lilei.pk, role_ids=[role_id], now=START)
        except (RoleInUse, ObjectDoesNotExist):
            return "refused"
        return "done"

    assert sorted(in_threads(attempt, 2)) == ["done", "refused"]
    given = Membership.objects.filter(user=lilei, kind="employer", modules=["registrations"]).exists()
    assert given == PermissionRole.objects.filter(pk=role_id).exists()
