"""Units right below: seen, deleted only when empty, given or denied the right to review hours (U3)."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from identity.models import Membership, Organisation, WorkDepartment
from identity.queries import RegisterFilters
from identity.services.organisations import index_name
from registry.units.errors import HandedOver, NotOurs, SuperStays, UnitInReview, UnitNotEmpty, UnitUnstaffed
from registry.units.queries import subordinates
from registry.units.services import delete_unit, name_super, remove_administrator_below, set_hours_review
from tests.approvals.factories import applicant, noted_kind, open_noted
from tests.identity import factories
from tests.support.clock import START
from tests.support.threads import in_threads
from tests.units import colleagues

pytestmark = pytest.mark.django_db


@pytest.fixture
def department(clock):
    return factories.organisation("示例市卫健委", kind="department")


@pytest.fixture
def hospital(department):
    return factories.organisation(parent=department)


@pytest.fixture
def superior(department):
    """The department's super administrator."""
    return colleagues.acting(factories.administrator("卫健委管理员", 26, department, "department"), "department")


def names(page):
    return [row.facts.name for row in page.rows]


def below(superior, **filters):
    return names(subordinates.units_below(superior, filters=RegisterFilters(**filters)))


# --- Seeing -----------------------------------------------------------------------------------------------------------
def test_the_list_holds_what_stands_right_below_and_what_waits_there(superior, department, hospital):
    factories.organisation("江北分院", parent=hospital)
    factories.organisation("新站", parent=Organisation.objects.get(pk=department.pk), state="in_review")
    for state in ("rejected", "deleted"):
        factories.organisation(state, parent=Organisation.objects.get(pk=department.pk), state=state)
    factories.organisation("外校")

    assert below(superior) == [factories.HOSPITAL, "新站"]


def test_it_is_searched_by_name_nature_and_administrator(superior, department, hospital):
    clinic = factories.organisation("城南诊所", parent=Organisation.objects.get(pk=department.pk), nature="2")
    for unit in (hospital, clinic):
        index_name(organisation_id=unit.pk, name=unit.name)
    hanmei = factories.administrator(unit=hospital)

    assert below(superior, q="城南") == ["城南诊所"]
    assert below(superior, nature="2") == ["城南诊所"]
    assert below(superior, administrator="韩梅") == [factories.HOSPITAL]
    assert below(superior, administrator=hanmei.id_number.lower()) == [factories.HOSPITAL]
    assert below(superior, administrator=hanmei.id_number[:-1]) == []
    assert below(superior, unstaffed=True) == ["城南诊所"]


def test_a_row_says_how_many_people_and_who_administers(superior, hospital):
    factories.administrator(unit=hospital)
    factories.learner(unit=hospital)

    (row,) = subordinates.units_below(superior, filters=RegisterFilters()).rows

    assert row.technicians == 1
    assert [(one.name, one.is_super) for one in row.administrators] == [("韩梅", True)]


def test_the_list_takes_as_many_queries_for_twenty_units_as_for_one(superior, department, django_assert_num_queries):
    def unit(number):
        made = factories.organisation(f"单位{number}", parent=Organisation.objects.get(pk=department.pk))
        factories.administrator(f"管理员{number}", 100 + number * 2, made)

    unit(1)
    subordinates.units_below(superior, filters=RegisterFilters())
    with django_assert_num_queries(4):
        subordinates.units_below(superior, filters=RegisterFilters())
    for number in range(2, 21):
        unit(number)
    with django_assert_num_queries(4):
        assert len(subordinates.units_below(superior, filters=RegisterFilters()).rows) == 20


def test_what_stands_elsewhere_or_deeper_is_unknown(superior, hospital):
    branch = factories.organisation("江北分院", parent=hospital)
    elsewhere = factories.organisation("外校")

    for unit in (branch, elsewhere, Organisation.objects.get(pk=superior.organisation_id)):
        assert subordinates.unit_detail(superior, unit.pk) is None


def test_an_internal_account_sees_nothing_below(department, hospital):
    inner = colleagues.acting(factories.administrator("何敏", 58, department, "employer"))

    assert below(inner) == []
    assert subordinates.unit_detail(inner, hospital.pk) is None


def test_who_has_not_the_module_sees_nothing(department, hospital):
    clerk = colleagues.colleague("审核员", 58, "registrations", unit=department, kind="department")

    assert below(colleagues.acting(clerk, "department")) == []


def test_the_detail_says_what_stands_in_the_way_of_deleting(superior, hospital):
    noted_kind()
    factories.learner(unit=hospital)
    factories.organisation("江北分院", parent=hospital)
    open_noted(hospital, applicant())
    WorkDepartment.objects.create(organisation=hospital, name="急诊科")

    found = subordinates.unit_detail(superior, hospital.pk)

    assert found.obstacles == ("1 名技术人员", "1 家下级单位", "1 件在审事项")
    assert found.departments == 1
    assert found.superior.name == "示例市卫健委"


# --- Deleting ---------------------------------------------------------------------------------------------------------
def test_an_empty_unit_goes_and_its_administrators_with_it(superior, hospital):
    hanmei = factories.administrator(unit=hospital)

    delete_unit(actor=superior, organisation_id=hospital.pk, now=START)

    hospital.refresh_from_db()
    assert hospital.state == "deleted"
    assert colleagues.membership_of(hanmei).state == "ended"
    assert colleagues.told(hanmei) == ["unit_deleted"]
    assert colleagues.audited("unit.delete") == [{"before": {"state": "active"}, "after": {"state": "deleted"}}]
    assert below(superior) == []


@pytest.mark.parametrize("state", ["active", "in_review"])
def test_a_unit_with_people_stays(superior, hospital, state):
    factories.membership(factories.person("李雷", 13), unit=hospital, state=state)

    with pytest.raises(UnitNotEmpty, match="1 名技术人员"):
        delete_unit(actor=superior, organisation_id=hospital.pk, now=START)

    hospital.refresh_from_db()
    assert hospital.state == "active"


def test_a_unit_with_something_in_review_stays(superior, hospital):
    noted_kind()
    open_noted(hospital, applicant())

    with pytest.raises(UnitNotEmpty, match="1 件在审事项"):
        delete_unit(actor=superior, organisation_id=hospital.pk, now=START)


def test_a_unit_that_somebody_wants_to_come_to_stays(superior, hospital):
    noted_kind()
    open_noted(factories.organisation("外校"), applicant(), reviewers=[hospital])

    with pytest.raises(UnitNotEmpty, match="1 件在审事项"):
        delete_unit(actor=superior, organisation_id=hospital.pk, now=START)


def test_a_unit_with_a_branch_stays_until_the_branch_is_gone(superior, hospital):
    branch = factories.organisation("江北分院", parent=hospital)

    with pytest.raises(UnitNotEmpty, match="1 家下级单位"):
        delete_unit(actor=superior, organisation_id=hospital.pk, now=START)
    Organisation.objects.filter(pk=branch.pk).update(state="deleted")

    delete_unit(actor=superior, organisation_id=hospital.pk, now=START)


def test_deleting_twice_finds_nothing(superior, hospital):
    delete_unit(actor=superior, organisation_id=hospital.pk, now=START)

    with pytest.raises(ObjectDoesNotExist):
        delete_unit(actor=superior, organisation_id=hospital.pk, now=START)


# --- Reviewing hours --------------------------------------------------------------------------------------------------
def test_the_right_to_review_hours_is_taken_and_given_once(superior, hospital):
    hanmei = factories.administrator(unit=hospital)

    for on in (False, False, True):
        set_hours_review(actor=superior, organisation_id=hospital.pk, on=on, now=START)

    assert Organisation.objects.get(pk=hospital.pk).hours_review is True
    assert colleagues.told(hanmei) == ["unit_hours_review", "unit_hours_review"]
    assert [entry["after"] for entry in colleagues.audited("unit.hours_review")] == [
        {"hours_review": False},
        {"hours_review": True},
    ]


def test_a_unit_without_administrator_cannot_review_hours(superior, hospital):
    set_hours_review(actor=superior, organisation_id=hospital.pk, on=False, now=START)

    with pytest.raises(UnitUnstaffed):
        set_hours_review(actor=superior, organisation_id=hospital.pk, on=True, now=START)

    assert Organisation.objects.get(pk=hospital.pk).hours_review is False


def test_a_unit_in_review_is_decided_first(superior, department):
    new = factories.organisation("新站", parent=department, state="in_review")

    with pytest.raises(UnitInReview):
        set_hours_review(actor=superior, organisation_id=new.pk, on=False, now=START)
    with pytest.raises(UnitInReview):
        delete_unit(actor=superior, organisation_id=new.pk, now=START)


# --- Its administrators -----------------------------------------------------------------------------------------------
def test_a_unit_left_without_administrator_gets_one_of_its_people(superior, hospital):
    lilei = factories.learner(unit=hospital)

    name_super(actor=superior, organisation_id=hospital.pk, user_id=lilei.pk, now=START)

    row = colleagues.membership_of(lilei)
    assert (row.kind, row.state, row.is_super) == ("employer", "active", True)
    assert colleagues.told(lilei) == ["administrator_super"]


def test_another_super_takes_the_place_of_the_old_one(superior, hospital):
    hanmei = factories.administrator(unit=hospital)
    heir = colleagues.colleague("罗芳", 46, "registrations", unit=hospital)

    name_super(actor=superior, organisation_id=hospital.pk, membership_id=colleagues.membership_of(heir).pk, now=START)

    assert colleagues.membership_of(hanmei).state == "ended"
    assert colleagues.membership_of(heir).is_super
    assert colleagues.told(hanmei) == ["administrator_super_gone"]


def test_people_of_elsewhere_are_not_named(superior, hospital):
    wangwu = factories.stranger()
    elsewhere = factories.administrator("外校管理员", 71, factories.organisation("外校"))

    with pytest.raises(NotOurs):
        name_super(actor=superior, organisation_id=hospital.pk, user_id=wangwu.pk, now=START)
    pk = colleagues.membership_of(elsewhere).pk
    with pytest.raises(ObjectDoesNotExist):
        name_super(actor=superior, organisation_id=hospital.pk, membership_id=pk, now=START)

    assert not Membership.objects.filter(organisation=hospital).exists()


def test_naming_who_is_it_already_changes_nothing(superior, hospital):
    hanmei = factories.administrator(unit=hospital)

    pk = colleagues.membership_of(hanmei).pk

    with pytest.raises(HandedOver):
        name_super(actor=superior, organisation_id=hospital.pk, membership_id=pk, now=START)

    assert colleagues.membership_of(hanmei).is_super


def test_an_administrator_below_loses_his_rights_but_the_super_one_is_replaced_only(superior, hospital):
    hanmei = factories.administrator(unit=hospital)
    clerk = colleagues.colleague("韩志强", 53, "registrations", unit=hospital)

    remove_administrator_below(
        actor=superior, organisation_id=hospital.pk, membership_id=colleagues.membership_of(clerk).pk, now=START
    )
    with pytest.raises(SuperStays):
        remove_administrator_below(
            actor=superior, organisation_id=hospital.pk, membership_id=colleagues.membership_of(hanmei).pk, now=START
        )

    assert colleagues.membership_of(clerk).state == "ended"
    assert colleagues.membership_of(hanmei).is_super
    assert colleagues.told(clerk) == ["administrator_removed"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_supers_named_from_above_at_once_are_one(clock):
    department = factories.organisation("示例市卫健委", kind="department")
    hospital = factories.organisation(parent=department)
    superior = colleagues.acting(factories.administrator("卫健委管理员", 26, department, "department"), "department")
    people = [factories.learner(f"职工{n}", 100 + n, hospital) for n in range(4)]

    def attempt(number):
        try:
            name_super(actor=superior, organisation_id=hospital.pk, user_id=people[number].pk, now=START)
        except HandedOver:
            return "late"
        return "named"

    assert "named" in in_threads(attempt, 4)
    assert Membership.objects.filter(organisation=hospital, is_super=True, state="active").count() == 1
