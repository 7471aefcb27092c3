"""A unit's own data (U1): contacts at once, the rest by the superior, another superior by both."""

import pytest

from core.errors import FieldRefusals
from core.models import AuditEntry
from identity.errors import CreditCodeTaken, ParentLoop
from identity.models import Organisation
from identity.services import move_organisation
from registry.approvals.errors import AlreadyOpen, Stale
from registry.approvals.models import Case
from registry.approvals.services import PASS, REJECT, decide_case
from registry.units.errors import InReview, NoSuperior, NotASuperior, NothingChanged, SameSuperior
from registry.units.queries.own import history
from registry.units.services import (
    ask_parent_change,
    ask_unit_change,
    change_contacts,
    change_own_contacts,
    merge_units,
)
from tests.identity import factories as people
from tests.support.clock import START
from tests.support.files import attachment
from tests.units.factories import credit_code, registered, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(clock):
    return tree()


@pytest.fixture
def hanmei(units):
    return people.role(people.administrator(unit=units.employer), "employer")


@pytest.fixture
def department(units):
    return people.role(people.administrator("卫健委管理员", 26, units.department, "department"), "department")


@pytest.fixture
def city(units):
    return people.role(people.administrator("市局管理员", 28, units.city, "bureau"), "bureau")


@pytest.fixture
def district(units):
    return people.role(people.administrator("区局管理员", 30, units.district, "bureau"), "bureau")


def unit(role) -> Organisation:
    return Organisation.objects.get(pk=role.organisation_id)


def ask(role, **fields):
    return ask_unit_change(actor=role, fields=fields, now=START)


def move(role, to):
    return ask_parent_change(actor=role, parent_id=to.pk, now=START)


def decide(role, case_id, decision=PASS):
    return decide_case(actor=role, case_id=case_id, decision=decision, opinion="理由", now=START)


# --- Contacts ---------------------------------------------------------------------------------------------------------
def test_contacts_are_saved_at_once_and_written_down(hanmei):
    change_contacts(actor=hanmei, contacts={"phone": "010-5550199", "postcode": "210000"}, now=START)

    assert (unit(hanmei).phone, unit(hanmei).postcode) == ("010-5550199", "210000")
    assert AuditEntry.objects.get(act="unit.contacts").before == {"phone": "010-5550100", "postcode": ""}


@pytest.mark.parametrize("contacts", [{"phone": ""}, {"phone": "没有"}, {"address": "x\u0007"}, {"postcode": "1" * 11}])
def test_bad_contacts_are_told_at_the_field(hanmei, contacts):
    with pytest.raises(FieldRefusals) as refused:
        change_contacts(actor=hanmei, contacts=contacts, now=START)
    assert [fault.attr for fault in refused.value.faults] == list(contacts)
    assert unit(hanmei).phone == "010-5550100"


def test_the_administrators_own_contacts_are_saved_without_a_word_in_the_audit_trail(hanmei):
    change_own_contacts(actor=hanmei, mobile="138 0000 1002", email="han@example.org", now=START)

    from identity.models import User

    assert User.objects.get(pk=hanmei.user_id).mobile == "13800001002"
    assert "1380000" not in str(list(AuditEntry.objects.values()))


# --- Reviewed data ----------------------------------------------------------------------------------------------------
def test_a_new_name_waits_for_the_superior(hanmei, department):
    case_id = ask(hanmei, name="示例市第一人民医院")

    assert unit(hanmei).name == people.HOSPITAL
    decide(department, case_id)
    assert unit(hanmei).name == "示例市第一人民医院"


def test_the_new_name_is_found(hanmei, department):
    from identity.queries import find_organisations

    decide(department, ask(hanmei, name="示例市仁济医院"))

    assert [one.id for one in find_organisations(kinds=["employer"], q="仁济")] == [hanmei.organisation_id]


def test_rejected_it_stays_and_can_be_sent_again(hanmei, department):
    decide(department, ask(hanmei, name="示例市第一人民医院"), REJECT)

    assert unit(hanmei).name == people.HOSPITAL
    ask(hanmei, name="示例市第一人民医院")


def test_one_change_at_a_time(hanmei):
    ask(hanmei, name="示例市第一人民医院")

    with pytest.raises(AlreadyOpen):
        ask(hanmei, nature="2")


def test_what_changed_meanwhile_is_not_overwritten(hanmei, department):
    case_id = ask(hanmei, name="示例市第一人民医院")
    Organisation.objects.filter(pk=hanmei.organisation_id).update(name="已经改过的名字")

    with pytest.raises(Stale):
        decide(department, case_id)
    assert unit(hanmei).name == "已经改过的名字"


def test_nothing_changed_is_nothing_sent(hanmei):
    with pytest.raises(NothingChanged):
        ask(hanmei, name=people.HOSPITAL)


def test_at_the_top_it_is_changed_at_once(city):
    assert ask(city, name="示例市人力资源和社会保障局") is None
    assert unit(city).name == "示例市人力资源和社会保障局"


@pytest.mark.parametrize("fields", [{"name": " "}, {"nature": "??"}, {"credit_code": "123"}, {"name": "长" * 121}])
def test_bad_data_is_told_at_the_field(hanmei, fields):
    with pytest.raises(FieldRefusals) as refused:
        ask(hanmei, **fields)
    assert [fault.attr for fault in refused.value.faults] == list(fields)
    assert not Case.objects.exists()


# --- The credit code --------------------------------------------------------------------------------------------------
def test_a_credit_code_is_changed_when_nothing_is_in_review(hanmei, department):
    decide(department, ask(hanmei, credit_code=credit_code(5).lower()))

    assert unit(hanmei).credit_code == credit_code(5)


def test_the_credit_code_waits_for_what_is_in_review(units, hanmei):
    registered(parent=units.employer.pk)

    with pytest.raises(InReview):
        ask(hanmei, credit_code=credit_code(5))
    ask(hanmei, name="示例市第一人民医院")


def test_a_taken_credit_code_is_refused_when_asked_and_when_passed(hanmei, department, units):
    registered(serial=7)
    with pytest.raises(CreditCodeTaken):
        ask(hanmei, credit_code=credit_code(7))

    case_id = ask(hanmei, credit_code=credit_code(8))
    registered(serial=8)
    with pytest.raises(CreditCodeTaken):
        decide(department, case_id)
    assert Case.objects.get(pk=case_id).state == "open"
    assert unit(hanmei).credit_code is None


# --- Another superior -------------------------------------------------------------------------------------------------
def test_both_superiors_decide_the_old_one_first(units, hanmei, department, district):
    case_id = move(hanmei, units.district)

    assert unit(hanmei).get_parent().pk == units.department.pk
    decide(department, case_id)
    assert unit(hanmei).get_parent().pk == units.department.pk
    decide(district, case_id)
    assert unit(hanmei).get_parent().pk == units.district.pk
    assert Organisation.objects.get(pk=units.branch.pk).path.startswith(unit(hanmei).path)
    assert Organisation.find_problems() == ([], [], [], [], [])


def test_either_superior_can_refuse(units, hanmei, department, district):
    first = move(hanmei, units.district)
    decide(department, first, REJECT)
    second = move(hanmei, units.district)
    decide(department, second)
    decide(district, second, REJECT)

    assert unit(hanmei).get_parent().pk == units.department.pk


def test_no_unit_comes_to_stand_below_itself(units, hanmei, department):
    with pytest.raises(ParentLoop):
        move(hanmei, units.branch)
    with pytest.raises(ParentLoop):
        move(hanmei, units.employer)


def test_a_loop_made_meanwhile_is_refused_when_passed(units, hanmei, department):
    other = people.organisation("第二总医院", parent=Organisation.objects.get(pk=units.department.pk))
    boss = people.role(people.administrator("二院长", 40, other), "employer")
    case_id = move(hanmei, other)
    decide(department, case_id)
    move_organisation(organisation_id=other.pk, parent_id=units.branch.pk)

    with pytest.raises(ParentLoop):
        decide(boss, case_id)
    assert Case.objects.get(pk=case_id).state == "open"
    assert Organisation.find_problems() == ([], [], [], [], [])


def test_what_is_no_superior_is_refused(units, hanmei):
    base = people.organisation("基地", kind="base", parent=units.city)
    with pytest.raises(NotASuperior):
        move(hanmei, base)
    with pytest.raises(NotASuperior):
        ask_parent_change(actor=hanmei, parent_id=999_999, now=START)
    with pytest.raises(SameSuperior):
        move(hanmei, units.department)


def test_the_top_has_no_superior_to_change(units, city):
    with pytest.raises(NoSuperior):
        move(city, units.district)


def test_a_superior_waits_for_what_is_in_review(units, hanmei):
    registered(parent=units.employer.pk)

    with pytest.raises(InReview):
        move(hanmei, units.district)


def test_a_superior_that_is_gone_meanwhile_is_stale(units, hanmei, department, district):
    case_id = move(hanmei, units.district)
    Organisation.objects.filter(pk=units.district.pk).update(state="deleted")

    with pytest.raises(Stale):
        decide(department, case_id)


# --- History ----------------------------------------------------------------------------------------------------------
def test_the_history_tells_what_changed_from_what_by_whom(hanmei, department):
    change_contacts(actor=hanmei, contacts={"phone": "010-5550199"}, now=START)
    decide(department, ask(hanmei, name="示例市第一人民医院"))

    rows = {row.label: (row.before, row.after, row.who, row.state) for row in history(hanmei.organisation_id)}

    assert rows["联系电话"] == ("010-5550100", "010-5550199", "韩梅", "done")
    assert rows["单位名称"] == (people.HOSPITAL, "示例市第一人民医院", "韩梅", "passed")


def test_the_history_tells_what_the_top_changed_and_what_was_merged(city, units):
    ask(city, name="示例市人力资源和社会保障局")
    rows = {row.label: (row.before, row.after) for row in history(city.organisation_id)}
    assert rows["单位名称"] == ("示例市人社局", "示例市人力资源和社会保障局")

    support = people.role(people.staff("support", "客服甲"), "staff")
    merge_units(
        actor=support,
        gone_id=units.branch.pk,
        survivor_id=units.employer.pk,
        reason="合并",
        evidence=attachment(),
        now=START,
    )

    rows = {row.label: (row.before, row.after) for row in history(units.employer.pk)}
    assert rows["单位合并"] == ("第一医院江北分院", people.HOSPITAL)
