"""Credit codes of units that register (P3): checked, held once, one unit's old and new code are the same."""

import pytest
from stdnum.cn import uscc

from identity.errors import CreditCodeTaken
from identity.models import Organisation, User
from registry.approvals.models import Case
from tests.identity import factories as people
from tests.units.factories import credit_code, faults_of, register, registered, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(clock):
    return tree()


def test_a_taken_credit_code_is_refused_at_the_field(units):
    register()

    assert faults_of(serial=2, credit_code=credit_code(1)) == {"credit_code": str(CreditCodeTaken("credit_code"))}
    assert Organisation.objects.filter(state="in_review").count() == 1
    assert User.objects.filter(name="周敏").count() == 1


def test_whether_a_code_is_taken_is_told_alike_for_known_and_unknown_numbers(units):
    applicant = people.id_number(201)
    known = people.learner("李雷", 13, units.employer).id_number
    register()

    told = [faults_of(id_number=number) for number in (applicant, known, people.id_number(299))]

    assert told[0].keys() == {"credit_code"}
    assert told[0] == told[1] == told[2]


def test_a_code_that_is_anothers_is_refused_to_a_proven_account_too(units):
    register()
    owner = people.learner("李雷", 13, units.employer)

    with pytest.raises(CreditCodeTaken):
        register(existing=True, id_number=owner.id_number)
    assert Case.objects.count() == 1


def test_the_old_code_within_a_credit_code_is_the_same_units(units):
    body = "12990000D2143569X"
    whole = body + uscc.calc_check_digit(body)
    registered(credit_code="D2143569X")
    assert set(faults_of(serial=2, credit_code=whole)) == {"credit_code"}

    Organisation.objects.filter(state="in_review").update(credit_code=whole)
    assert set(faults_of(serial=2, credit_code="D2143569X")) == {"credit_code"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "服务电话"),
        ("12990000", "应是 18 位"),
        (credit_code(1)[:-1] + "?", "逐位核对"),
        (credit_code(1)[:17] + ("1" if credit_code(1)[17] != "1" else "2"), "逐位核对"),
        ("12345678X", "组织机构代码不对"),
    ],
)
def test_a_wrong_credit_code_is_told_at_the_field(units, code, words):
    assert words in faults_of(credit_code=code)["credit_code"]


def test_lower_case_full_width_and_blanks_are_taken(units):
    typed = " " + credit_code(1).lower().replace("1", "１", 1)

    assert Organisation.objects.get(pk=registered(credit_code=typed).subject_id).credit_code == credit_code(1)


def test_an_old_organisation_code_is_taken_and_marked(units):
    case = registered(credit_code="D2143569-X")

    assert Organisation.objects.get(pk=case.subject_id).credit_code == "D2143569X"
    assert [mark["code"] for mark in case.marks] == ["legacy_code"]


def test_without_a_code_service_is_to_be_called(units):
    assert "客服" in faults_of(credit_code=" ")["credit_code"]
