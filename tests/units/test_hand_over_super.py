"""One super administrator: handing over ends the old one's rights at once, and there is never none (U2)."""

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from identity.acting import find_role, role_for_token
from identity.errors import Locked
from identity.models import AccessToken, Membership
from identity.services import issue_token
from registry.units.errors import HandedOver, OnlySuper, WrongOwnPassword
from registry.units.services import hand_over, remove_administrator
from tests.identity import factories
from tests.support.clock import START
from tests.support.threads import in_threads
from tests.units import colleagues


def hands_over(acting, heir, password=factories.PASSWORD):
    hand_over(actor=acting, membership_id=colleagues.membership_of(heir).pk, password=password, now=START)


@pytest.fixture
def hanmei(db, clock):
    user = factories.administrator()
    factories.membership(user, "technician")
    return user


@pytest.fixture
def luofang(hanmei):
    return colleagues.colleague("罗芳", 46, "administrators", "registrations")


def test_the_old_super_administrator_is_one_no_more_and_stays_a_technician(hanmei, luofang):
    old = colleagues.acting(hanmei)
    token, _text = issue_token(user=hanmei, role=old, address=None, now=START)

    hands_over(old, luofang)

    assert find_role(hanmei, old.id) is None
    assert not AccessToken.objects.filter(pk=token.pk).exists()
    assert colleagues.acting(hanmei, "technician").is_learner
    assert colleagues.membership_of(luofang).is_super
    assert "statistics" in colleagues.acting(luofang).modules
    assert colleagues.told(luofang) == ["administrator_super"]
    assert colleagues.told(hanmei) == ["administrator_super_gone"]
    entry = colleagues.audited("administrator.super")[0]
    assert (entry["before"]["user"], entry["after"]["user"]) == (hanmei.pk, luofang.pk)


def test_an_open_session_acts_in_what_is_left(hanmei, luofang, client):
    client.force_login(hanmei, backend="identity.backends.LoginKeyBackend")
    session = client.session
    session["role"] = colleagues.acting(hanmei).id
    session.save()
    hands_over(colleagues.acting(hanmei), luofang)

    answer = client.get("/api/v1/me")

    assert answer.json()["role"]["kind"] == "technician"


def test_the_new_super_administrator_frees_the_roles_he_had(hanmei, luofang):
    hands_over(colleagues.acting(hanmei), luofang)

    assert not colleagues.membership_of(luofang).roles.exists()


def test_only_the_super_administrator_hands_over(hanmei, luofang):
    other = colleagues.colleague("韩志强", 53, "registrations")

    with pytest.raises(OnlySuper):
        hands_over(colleagues.acting(luofang), other)

    assert colleagues.membership_of(hanmei).is_super


def test_it_takes_his_own_password_and_guessing_it_locks(hanmei, luofang):
    acting = colleagues.acting(hanmei)
    for _ in range(5):
        with pytest.raises(WrongOwnPassword):
            hands_over(acting, luofang, "Wrong-2026")

    with pytest.raises(Locked):
        hands_over(acting, luofang)

    assert colleagues.membership_of(hanmei).is_super


def test_it_goes_to_an_administrator_of_the_same_unit_only(hanmei):
    elsewhere = colleagues.colleague("外校管理员", 71, "registrations", unit=factories.organisation("外校"))

    for heir in (elsewhere, hanmei):
        with pytest.raises(ObjectDoesNotExist):
            hands_over(colleagues.acting(hanmei), heir)

    assert colleagues.membership_of(hanmei).is_super


def test_sent_twice_the_second_is_refused(hanmei, luofang):
    acting = colleagues.acting(hanmei)
    hands_over(acting, luofang)

    with pytest.raises(OnlySuper):
        hands_over(acting, luofang)


def test_tokens_of_the_ended_role_give_none(hanmei, luofang):
    acting = colleagues.acting(hanmei)
    hands_over(acting, luofang)
    orphan = AccessToken(user=hanmei, membership=colleagues.membership_of(hanmei))

    assert role_for_token(orphan) is None


def _supers():
    return Membership.objects.filter(is_super=True, state="active").count()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_supers_made_at_once_are_one(clock):
    hanmei = factories.administrator()
    heirs = [colleagues.colleague(f"继任{n}", 100 + n, "registrations") for n in range(4)]
    acting = colleagues.acting(hanmei)

    def attempt(number):
        try:
            hands_over(acting, heirs[number])
        except (HandedOver, OnlySuper):
            return False
        return True

    assert sorted(in_threads(attempt, 4)) == [False, False, False, True]
    assert _supers() == 1
    assert colleagues.membership_of(hanmei).state == "ended"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_handing_over_to_whom_a_colleague_deletes_leaves_one_super(clock):
    hanmei = factories.administrator()
    heir = colleagues.colleague("继任", 101, "registrations")
    deleter = colleagues.colleague("罗芳", 46, "administrators", "registrations")
    acting, deleting = colleagues.acting(hanmei), colleagues.acting(deleter)
    pk = colleagues.membership_of(heir).pk

    def attempt(number):
        try:
            if number:
                remove_administrator(actor=deleting, membership_id=pk, now=START)
            else:
                hand_over(actor=acting, membership_id=pk, password=factories.PASSWORD, now=START)
        except Exception as refused:
            return type(refused).__name__
        return "done"

    answers = in_threads(attempt, 2)

    assert answers.count("done") == 1
    assert _supers() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_ends_the_old_one_without_asking_is_stopped_by_the_constraint(clock):
    """The control: without the condition every heir goes on, and `one_super_administrator` lets one through."""
    hanmei = factories.administrator()
    heirs = [colleagues.colleague(f"继任{n}", 100 + n, "registrations") for n in range(4)]
    former = colleagues.membership_of(hanmei).pk

    def unguarded(number):
        try:
            with transaction.atomic():
                Membership.objects.filter(pk=former).update(state="ended", is_super=False)
                Membership.objects.filter(user=heirs[number], state="active").update(is_super=True)
        except IntegrityError:
            return "stopped"
        return "went on"

    assert sorted(in_threads(unguarded, 4)) == ["stopped", "stopped", "stopped", "went on"]
