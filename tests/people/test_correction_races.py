"""Corrections decided at the same moment, on PostgreSQL."""

import pytest

from core.errors import Refusal
from identity.models import User
from registry.people.models import Correction
from registry.people.services import ask_name_correction, decide_correction
from tests.identity import factories as people
from tests.support.clock import START
from tests.support.files import attachment
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_many_who_confirm_one_does(clock):
    first, second = (people.role(people.staff(f"support{n}", "客服"), "staff") for n in range(2))
    lilei = people.learner()
    pk = ask_name_correction(
        actor=first, person_id=lilei.pk, name="李磊", reason="户口本", evidence=attachment(), now=START
    )

    def decide(number: int) -> str:
        try:
            decide_correction(actor=second, correction_id=pk, passed=number % 2 == 0, opinion="看不清", now=START)
        except Refusal as refusal:
            return refusal.code
        return "decided"

    answers = in_threads(decide)

    assert sorted(answers) == ["already_decided"] * 7 + ["decided"]
    state = Correction.objects.get().state
    assert User.objects.get(pk=lilei.pk).name == ("李磊" if state == "done" else "李雷")


def test_of_many_who_ask_one_does(clock):
    first = people.role(people.staff("support", "客服"), "staff")
    lilei = people.learner()

    def ask(number: int) -> str:
        try:
            ask_name_correction(
                actor=first,
                person_id=lilei.pk,
                name=f"李磊{'甲乙丙丁戊己庚辛'[number]}",
                reason="户口本",
                evidence=attachment(),
                now=START,
            )
        except Refusal as refusal:
            return refusal.code
        return "asked"

    assert sorted(in_threads(ask)) == ["already_open"] * 7 + ["asked"]
    assert Correction.objects.count() == 1
