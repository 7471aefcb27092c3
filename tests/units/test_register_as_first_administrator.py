"""The first administrator of a unit that registers (P3): new, existing, known."""

import pytest
from django.contrib.auth import hashers

from core.models import AuditEntry
from identity.errors import BadCredentials
from identity.models import Membership, User
from registry.approvals.models import Case
from registry.approvals.services import kind_of
from registry.inbox.models import Message
from tests.identity import factories as people
from tests.units.factories import credit_code, faults_of, register, registered, registered_unit, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(clock):
    return tree()


def test_an_existing_account_proves_itself_by_its_password(units):
    owner = people.learner("李雷", 13, units.employer)

    case = registered(existing=True, id_number=owner.id_number, administrator="", mobile="", email="")

    assert case.applicant_id == owner.pk
    assert Membership.objects.get(user=owner, kind="employer").state == "in_review"


def test_a_wrong_password_of_an_existing_account_is_refused_like_an_unknown_one(units):
    owner = people.learner("李雷", 13, units.employer)

    for number in (owner.id_number, people.id_number(299)):
        with pytest.raises(BadCredentials):
            register(existing=True, id_number=number, password="Wrong-password-1")
    assert not Case.objects.exists()


def test_a_known_number_gets_the_same_answer_and_nothing_changes(units):
    owner = people.learner("李雷", 13, units.employer)
    unknown = register(serial=2)

    known = register(id_number=owner.id_number)

    assert known == unknown
    assert not Case.objects.filter(applicant=owner).exists()
    assert User.objects.get(pk=owner.pk).check_password(people.PASSWORD)
    assert Message.objects.get(user=owner).kind == "registration_known"


def test_known_and_unknown_numbers_cost_the_hasher_the_same(units, monkeypatch):
    owner = people.learner("李雷", 13, units.employer)
    calls: list[str] = []
    kind = type(hashers.get_hasher())
    encode = kind.encode
    monkeypatch.setattr(kind, "encode", lambda *args, **kwargs: calls.append("encode") or encode(*args, **kwargs))

    register(serial=2)
    for_unknown = len(calls)
    register(id_number=owner.id_number)

    assert (for_unknown, len(calls) - for_unknown) == (1, 1)


def test_one_of_whom_nothing_was_approved_is_written_over_and_what_changed_is_marked(units):
    registered()

    case = registered(credit_code=credit_code(2), administrator="周敏敏", mobile="13900000009")

    assert case.applicant.name == "周敏敏"
    assert {mark["code"] for mark in case.marks} == {"name_differs", "mobile_changed"}


def test_contacts_of_a_proven_account_are_checked_and_renewed(units):
    owner = people.learner("李雷", 13, units.employer)
    known = {"existing": True, "id_number": owner.id_number, "administrator": "", "email": ""}

    assert set(faults_of(**known, mobile="123")) == {"mobile"}
    register(**known, mobile="13912340000")
    assert User.objects.get(pk=owner.pk).mobile == "13912340000"


def test_neither_id_number_nor_mobile_nor_password_stands_in_a_case_or_in_the_audit_trail(units):
    case = registered()

    kept = f"{case.payload} {case.summary} {list(AuditEntry.objects.values())}"
    for secret in (people.id_number(201), "13900000001", people.PASSWORD):
        assert secret not in kept


def test_the_reviewer_reads_every_field_in_words_and_masked_numbers(units):
    case = registered(department=units.department.pk)

    lines = {line.label: line.after for line in kind_of(case.kind).lines(case)}
    assert (lines["上级"], lines["单位性质"], lines["所属行业"]) == ("示例市卫健委", "事业单位", "教育")
    assert (lines["管理员"], lines["管理员手机"]) == ("周敏", "139****0001")
    assert lines["管理员证件号码"].startswith("110101********")
    assert "级别" not in lines


def test_a_unit_that_was_passed_takes_branches(units):
    parent = registered_unit()

    branch = registered_unit(serial=2, parent=parent.pk)

    assert branch.get_parent() == parent
