"""An administrator is added in three ways, with roles that the adding one could grant (U2)."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from core.errors import FieldRefusals
from core.models import AuditEntry
from identity.errors import AlreadyMember, Locked
from identity.models import Membership, User
from registry.units.errors import AccountNotProven, BeyondYours, NotOurs, RoleMissing
from registry.units.services import NewPerson, add_account, add_colleague, add_new_person
from tests.identity import factories
from tests.identity.driving import Program, plain_request
from tests.support.clock import START
from tests.units import colleagues

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanmei(clock):
    return factories.administrator()


@pytest.fixture
def reviewing(hanmei):
    """The role 人事审核员."""
    return colleagues.permission_role("人事审核员", "registrations", "transfers")


def newcomer(serial=77, **fields):
    given = {"id_type": "resident", "id_number": factories.id_number(serial), "password": "Mulberry-7731"}
    return NewPerson(**{"name": "罗婉清", "mobile": "13900001111", "email": "luo@hospital.example", **given, **fields})


def proves(actor, user, reviewing, password=factories.PASSWORD, id_number=None):
    return add_account(
        actor=colleagues.acting(actor),
        request=plain_request(),
        id_type="resident",
        id_number=id_number or user.id_number,
        password=password,
        role_ids=[reviewing],
        now=START,
    )


# --- One of our people ------------------------------------------------------------------------------------------------
def test_one_of_our_people_becomes_an_administrator_with_the_roles_given(hanmei, reviewing):
    lilei = factories.learner()

    add_colleague(actor=colleagues.acting(hanmei), user_id=lilei.pk, role_ids=[reviewing], now=START)

    assert colleagues.modules(lilei) == {"registrations", "transfers"}
    assert Membership.objects.get(user=lilei, kind="technician").state == "active"
    assert colleagues.told(lilei) == ["administrator_added"]
    assert colleagues.audited("administrator.add")[0]["after"]["roles"] == ["人事审核员"]


def test_people_of_another_unit_cannot_be_chosen(hanmei, reviewing):
    wangwu = factories.stranger()

    with pytest.raises(NotOurs):
        add_colleague(actor=colleagues.acting(hanmei), user_id=wangwu.pk, role_ids=[reviewing], now=START)

    assert not Membership.objects.filter(user=wangwu, kind="employer").exists()


def test_nobody_becomes_the_same_administrator_twice(hanmei, reviewing):
    lilei = factories.learner()
    add_colleague(actor=colleagues.acting(hanmei), user_id=lilei.pk, role_ids=[reviewing], now=START)

    with pytest.raises(AlreadyMember):
        add_colleague(actor=colleagues.acting(hanmei), user_id=lilei.pk, role_ids=[reviewing], now=START)

    assert Membership.objects.filter(user=lilei, kind="employer").count() == 1


def test_an_administrator_without_any_role_could_do_nothing_and_is_refused(hanmei):
    lilei = factories.learner()

    with pytest.raises(RoleMissing):
        add_colleague(actor=colleagues.acting(hanmei), user_id=lilei.pk, role_ids=[], now=START)


def test_a_role_that_holds_more_than_one_has_cannot_be_given(hanmei, reviewing):
    lilei = factories.learner()
    luofang = colleagues.colleague("罗芳", 46, "administrators", "registrations")

    with pytest.raises(BeyondYours, match="人员调转"):
        add_colleague(actor=colleagues.acting(luofang), user_id=lilei.pk, role_ids=[reviewing], now=START)

    assert not Membership.objects.filter(user=lilei, kind="employer").exists()


def test_a_role_of_another_unit_cannot_be_given(hanmei):
    lilei = factories.learner()
    elsewhere = colleagues.permission_role("外校审核员", "registrations", unit=factories.organisation("外校"))

    with pytest.raises(ObjectDoesNotExist):
        add_colleague(actor=colleagues.acting(hanmei), user_id=lilei.pk, role_ids=[elsewhere], now=START)


def test_who_lost_the_module_a_moment_ago_adds_nobody(hanmei, reviewing):
    lilei = factories.learner()
    luofang = colleagues.colleague("罗芳", 46, "administrators", "registrations", "transfers")
    before = colleagues.acting(luofang)
    Membership.objects.filter(user=luofang).update(modules=["registrations", "transfers"])

    with pytest.raises(ObjectDoesNotExist):
        add_colleague(actor=before, user_id=lilei.pk, role_ids=[reviewing], now=START)


def test_an_internal_account_adds_internal_accounts_only(clock):
    bureau = factories.organisation("示例市人社局", kind="bureau")
    hemin = factories.administrator("何敏", 58, bureau, "employer")
    clerk = factories.learner("内部职工", 63, bureau)
    role_id = colleagues.permission_role("内部审核", "registrations", unit=bureau, kind="employer")
    above = colleagues.permission_role("局审核", "units", unit=bureau, kind="bureau")

    add_colleague(actor=colleagues.acting(hemin), user_id=clerk.pk, role_ids=[role_id], now=START)

    assert list(Membership.objects.filter(user=clerk).order_by("pk").values_list("kind", flat=True)) == [
        "technician",
        "employer",
    ]
    with pytest.raises(ObjectDoesNotExist):
        add_colleague(actor=colleagues.acting(hemin), user_id=clerk.pk, role_ids=[above], now=START)


# --- Somebody new -----------------------------------------------------------------------------------------------------
def test_a_new_person_logs_in_with_the_first_password_and_must_change_it(hanmei, reviewing):
    add_new_person(actor=colleagues.acting(hanmei), person=newcomer(), role_ids=[reviewing], now=START)

    user = User.objects.get(name="罗婉清")
    answer = Program().logs_in(user, password="Mulberry-7731", user_type="employer")
    assert answer["role"]["kind"] == "employer"
    assert user.must_change_password
    assert colleagues.modules(user) == {"registrations", "transfers"}


def test_a_known_number_gets_the_same_answer_and_its_owner_learns_of_it(hanmei, reviewing):
    wangwu = factories.stranger()
    person = newcomer(id_number=wangwu.id_number)

    answers = [
        add_new_person(actor=colleagues.acting(hanmei), person=one, role_ids=[reviewing], now=START)
        for one in (newcomer(), person)
    ]

    wangwu.refresh_from_db()
    assert answers == [None, None]
    assert wangwu.name == "王五"
    assert wangwu.check_password(factories.PASSWORD)
    assert not Membership.objects.filter(user=wangwu, kind="employer").exists()
    assert colleagues.told(wangwu) == ["administrator_wanted"]


def test_a_known_number_costs_the_same_hashing(hanmei, reviewing, monkeypatch):
    from django.contrib.auth import hashers

    wangwu = factories.stranger()
    made = []
    real = hashers.make_password
    monkeypatch.setattr(
        "django.contrib.auth.base_user.make_password", lambda *given, **named: made.append(1) or real(*given, **named)
    )
    counts = []
    for person in (newcomer(), newcomer(id_number=wangwu.id_number)):
        made.clear()
        add_new_person(actor=colleagues.acting(hanmei), person=person, role_ids=[reviewing], now=START)
        counts.append(len(made))

    assert counts == [1, 1]


def test_pressing_the_button_twice_neither_doubles_nor_alarms(hanmei, reviewing):
    for _ in range(2):
        add_new_person(actor=colleagues.acting(hanmei), person=newcomer(), role_ids=[reviewing], now=START)

    user = User.objects.get(name="罗婉清")
    assert colleagues.told(user) == ["administrator_added"]
    assert Membership.objects.filter(user=user).count() == 1


@pytest.mark.parametrize(
    ("changed", "attr"),
    [
        ({"id_number": "110101199003070135"}, "id_number"),
        ({"id_type": "?"}, "id_type"),
        ({"password": "12345678"}, "password"),
        ({"password": "Luo-19900307-x"}, "password"),
        ({"name": "罗\x07婉清"}, "name"),
        ({"mobile": "12"}, "mobile"),
        ({"email": "luo@"}, "email"),
    ],
)
def test_what_cannot_be_right_makes_nobody(hanmei, reviewing, changed, attr):
    person = newcomer(**changed)

    with pytest.raises(FieldRefusals) as refused:
        add_new_person(actor=colleagues.acting(hanmei), person=person, role_ids=[reviewing], now=START)

    assert [fault.attr for fault in refused.value.faults] == [attr]
    assert not User.objects.filter(email__startswith="luo@").exists()


def test_no_number_and_no_mobile_gets_into_the_audit_trail(hanmei, reviewing):
    add_new_person(actor=colleagues.acting(hanmei), person=newcomer(), role_ids=[reviewing], now=START)

    trail = " ".join(f"{entry.before} {entry.after} {entry.target_id}" for entry in AuditEntry.objects.all())
    assert factories.id_number(77) not in trail
    assert "13900001111" not in trail


# --- An existing account ----------------------------------------------------------------------------------------------
def test_the_owner_of_an_account_proves_it_by_his_password(hanmei, reviewing):
    wangwu = factories.stranger()

    proves(hanmei, wangwu, reviewing)

    assert colleagues.modules(wangwu) == {"registrations", "transfers"}
    assert colleagues.told(wangwu) == ["administrator_added"]


def test_a_wrong_password_and_an_unknown_number_are_told_alike(hanmei, reviewing):
    wangwu = factories.stranger()

    with pytest.raises(AccountNotProven) as wrong:
        proves(hanmei, wangwu, reviewing, password="Wrong-2026")
    with pytest.raises(AccountNotProven) as unknown:
        proves(hanmei, wangwu, reviewing, id_number=factories.id_number(99))

    assert str(wrong.value) == str(unknown.value)
    assert not Membership.objects.filter(user=wangwu, kind="employer").exists()


def test_guessing_locks_the_account_though_each_try_is_refused(hanmei, reviewing):
    wangwu = factories.stranger()
    for _ in range(5):
        with pytest.raises(AccountNotProven):
            proves(hanmei, wangwu, reviewing, password="Wrong-2026")

    with pytest.raises(Locked):
        proves(hanmei, wangwu, reviewing)

    assert not Membership.objects.filter(user=wangwu, kind="employer").exists()


def test_no_password_is_looked_at_for_who_may_not_add(hanmei, reviewing):
    wangwu = factories.stranger()
    luofang = colleagues.colleague("罗芳", 46, "registrations")

    with pytest.raises(ObjectDoesNotExist):
        proves(luofang, wangwu, reviewing)
    for _ in range(5):
        with pytest.raises(ObjectDoesNotExist):
            proves(luofang, wangwu, reviewing, password="Wrong-2026")

    proves(hanmei, wangwu, reviewing)
