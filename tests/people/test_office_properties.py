"""Over random sequences of acts of one person and his units: he is in one unit at most, one thing is open at most."""

import contextlib
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock as server_clock
from core.errors import Refusal
from identity.models import Membership
from registry.approvals.models import Case
from registry.approvals.services import object_to, withdraw_case
from registry.people.models import Profile
from tests.identity import factories as people
from tests.people.office import acting, asks_title, asks_transfer, decides, technician
from tests.support.clock import FakeClock

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

act = st.tuples(
    st.sampled_from(["title", "transfer", "pass", "reject", "withdraw", "leave", "object", "department"]),
    st.integers(0, 20),
)


class World:
    """One technician, three units below a bureau, a clock that goes on."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        bureau = people.organisation("示例市人力资源和社会保障局", kind="bureau")
        people.administrator("局长", 25, bureau, "bureau")
        names = ("甲医院", "乙医院", "丙医院")
        self.units = []
        for name in names:
            bureau.refresh_from_db()
            self.units.append(people.organisation(name, parent=bureau))
        self.user = technician(unit=self.units[0])
        self.expected: str | None = "甲医院"

    def title(self, number: int) -> None:
        asks_title(self.user, certificate_no=f"编号{number}")

    def transfer(self, number: int) -> None:
        asks_transfer(self.user, self.units[number % 3])

    def department(self, number: int) -> None:
        Profile.objects.filter(pk=self.user.pk).update(certificate_no=f"更正{number}")

    def decide(self, number: int, decision: str) -> None:
        cases = list(Case.objects.filter(applicant=self.user, state="open").order_by("pk"))
        if not cases:
            return
        case = cases[number % len(cases)]
        decides(case, decision, "理由")
        disputed = Case.objects.get(pk=case.subject_id) if case.kind == "objection" else case
        if decision == "pass" and disputed.kind == "transfer":
            self.expected = next(
                unit.name for unit in self.units if unit.pk == disputed.payload["after"]["organisation"]
            )

    def withdraw(self, number: int) -> None:
        case = Case.objects.filter(applicant=self.user, state="open").order_by("pk").first()
        if case:
            withdraw_case(actor=acting(self.user), case_id=case.pk, now=self.clock.now())

    def leave(self, number: int) -> None:
        Membership.objects.filter(user=self.user, state="active").update(state="ended", ended_at=self.clock.now())
        self.expected = None

    def object(self, number: int) -> None:
        case = Case.objects.filter(applicant=self.user, state="rejected").order_by("-pk").first()
        if case:
            object_to(actor=acting(self.user), case_id=case.pk, reason="理由", now=self.clock.now())

    def do(self, name: str, number: int) -> None:
        if name in {"pass", "reject"}:
            self.decide(number, name)
        else:
            getattr(self, name)(number)

    def check(self) -> None:
        present = Membership.objects.filter(user=self.user, kind="technician", state__in=["active", "in_review"])
        names = list(present.values_list("organisation__name", flat=True))
        assert names == ([self.expected] if self.expected else []), "in one unit at most, the one that took him"
        asked = Case.objects.filter(applicant=self.user, state="open", kind__in=["title_change", "transfer"])
        assert asked.count() <= 1, "one open title change, and never both"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=st.lists(act, min_size=1, max_size=14))
def test_he_is_in_one_unit_and_asks_for_one_thing_whatever_happens(acts):
    with transaction.atomic():
        world = World()
        with server_clock.use(world.clock):
            for name, number in acts:
                world.clock.tick(timedelta(minutes=7).total_seconds())
                with contextlib.suppress(Refusal), transaction.atomic():
                    world.do(name, number)
                world.check()
        transaction.set_rollback(True)
