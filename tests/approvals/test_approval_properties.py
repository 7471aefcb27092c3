"""Properties of the engine over random trees, roles and sequences of acts (mechanism 2)."""

import contextlib
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from identity.acting import ActingRole
from identity.models import Organisation, User
from registry.approvals.models import Case, Step
from registry.approvals.services import (
    PASS,
    REJECT,
    decide_case,
    name_deputy,
    raise_overdue,
    recall_deputy,
    withdraw_case,
)
from tests.approvals.factories import open_noted
from tests.identity import factories
from tests.support.clock import START

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

_settings = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
KINDS = ["bureau", "department", "employer"]
MODULES = [[], ["title_changes"], ["registrations"]]

tree = st.lists(st.integers(0, 5), min_size=1, max_size=5)
"""Of each further organisation, which earlier one stands above it (modulo)."""
staff = st.lists(st.tuples(st.integers(0, 5), st.sampled_from([0, 1, 2, 3])), min_size=1, max_size=6)
"""Of each administrator, where, and what he may: all (0, once an organisation) or MODULES."""
act = st.tuples(
    st.sampled_from(["open", "pass", "reject", "withdraw", "wait", "rise", "deputy", "recall"]),
    st.integers(0, 20),
    st.integers(0, 20),
)


class World:
    """A random tree with administrators, cases and a clock; it remembers who may decide what by rules of its own."""

    def __init__(self, above: list[int], staffed: list[tuple[int, int]]) -> None:
        self.now = START
        self.units = [factories.organisation("组织0", kind="bureau")]
        for at, parent in enumerate(above, start=1):
            depth = min(2, self.units[parent % at].depth)
            superior = Organisation.objects.get(pk=self.units[parent % at].pk)
            self.units.append(factories.organisation(f"组织{at}", kind=KINDS[depth], parent=superior))
        self.roles = [self._administrator(number, place, power) for number, (place, power) in enumerate(staffed)]
        self.decisions: list[tuple[int, int]] = []
        self.lent: list[tuple[int, int]] = []
        self.rows: list[tuple[int, ActingRole, ActingRole]] = []

    def _administrator(self, number: int, place: int, power: int) -> ActingRole:
        unit = self.units[place % len(self.units)]
        user = factories.person(f"管理员{number}", 301 + number)
        has_super = unit.membership_set.filter(is_super=True).exists()
        is_super = power == 0 and not has_super
        modules = [] if power == 0 else MODULES[power - 1]
        factories.membership(user, unit.kind, unit, is_super=is_super, modules=modules)
        return factories.role(user, unit.kind)

    def open(self, a: int, b: int) -> None:
        by = self.roles[b % len(self.roles)]
        is_reviewer = a % 2 == 0
        place = [one.pk for one in self.units].index(by.organisation_id) if is_reviewer else a % len(self.units)
        unit = self.units[place]
        chain = [unit, *reversed(unit.get_ancestors())][: 1 + b % 2]
        serial = 501 + Case.objects.count()
        user = User.objects.get(pk=by.user_id) if is_reviewer else factories.person(f"申请人{serial}", serial)
        open_noted(unit, user, reviewers=chain, now=self.now, exclusive_key=f"person:{user.pk}")

    def decide(self, a: int, b: int, decision: str) -> None:
        role, case = self.roles[a % len(self.roles)], self._case(b)
        if case is None:
            return
        step = Step.objects.filter(case=case, state="open").first()
        decide_case(actor=role, case_id=case.pk, decision=decision, opinion="理由", now=self.now)
        assert step is not None, "only an open step can be decided"
        assert role.user_id != case.applicant_id, "never one's own"
        assert self._is_in_scope(role, step), "only inside one's organisation, or what rose to it"
        assert self._has_module(role), "only with the module, or for a colleague who has it"
        self.decisions.append((case.pk, step.number))

    def _is_in_scope(self, role: ActingRole, step: Step) -> bool:
        unit = Organisation.objects.get(pk=step.organisation_id)
        if role.organisation_id == unit.pk:
            return True
        orphaned_or_late = step.due_at < self.now or not self._staffed(unit)
        return (
            role.organisation_id == step.risen_to_id
            and unit.path.startswith(role.organisation_path)
            and (orphaned_or_late)
        )

    def _staffed(self, unit: Organisation) -> bool:
        return any(role.organisation_id == unit.pk for role in self.roles)

    def _has_module(self, role: ActingRole) -> bool:
        colleagues = [
            one for one in self.roles if one.organisation_id == role.organisation_id and one.kind == role.kind
        ]
        lenders = {absent for absent, deputy in self.lent if deputy == role.membership_id}
        return role.may("title_changes") or any(
            one.may("title_changes") for one in colleagues if one.membership_id in lenders
        )

    def deputy(self, a: int, b: int) -> None:
        absent, deputy = self.roles[a % len(self.roles)], self.roles[b % len(self.roles)]
        today = self.now.date()
        row = name_deputy(
            actor=absent,
            deputy_id=deputy.membership_id,
            starts_on=today,
            ends_on=today + timedelta(days=60),
            now=self.now,
        )
        assert absent.organisation_id == deputy.organisation_id
        self.lent.append((absent.membership_id, deputy.membership_id))
        self.rows.append((row, absent, deputy))

    def recall(self, a: int, _b: int) -> None:
        if self.rows:
            row, absent, deputy = self.rows.pop(a % len(self.rows))
            recall_deputy(actor=absent, deputy_row_id=row, now=self.now)
            self.lent.remove((absent.membership_id, deputy.membership_id))

    def withdraw(self, a: int, b: int) -> None:
        role, case = self.roles[a % len(self.roles)], self._case(b)
        if case is not None:
            withdraw_case(actor=role, case_id=case.pk, now=self.now)
            assert role.user_id == case.applicant_id

    def _case(self, at: int) -> Case | None:
        cases = list(Case.objects.order_by("pk"))
        return cases[at % len(cases)] if cases else None

    def do(self, name: str, a: int, b: int) -> None:
        if name == "wait":
            self.now += timedelta(hours=12 * a)
        elif name == "rise":
            raise_overdue(now=self.now)
        elif name in {"pass", "reject"}:
            self.decide(a, b, PASS if name == "pass" else REJECT)
        else:
            getattr(self, name)(a, b)

    def check(self, noted) -> None:
        assert len(self.decisions) == len(set(self.decisions)), "a step is decided once"
        assert len(noted.applied) == len(set(noted.applied)), "a case is applied once"
        assert len(noted.turned_back) == len(set(noted.turned_back))
        for case in Case.objects.prefetch_related("steps"):
            states = [step.state for step in sorted(case.steps.all(), key=lambda step: step.number)]
            assert (case.pk in noted.applied) == (case.state == "passed") == (set(states) == {"passed"})
            assert (case.pk in noted.turned_back) == (case.state == "rejected") == ("rejected" in states)
            assert states.count("open") == (1 if case.state == "open" else 0)
            assert states.count("waiting") == 0 or case.state == "open"


@_settings
@given(above=tree, staffed=staff, acts=st.lists(act, max_size=30))
def test_every_sequence_of_acts_keeps_the_rules(noted, above, staffed, acts):
    with transaction.atomic():
        noted.applied, noted.turned_back, noted.taken_back = [], [], []
        world = World(above, staffed)
        for name, a, b in acts:
            with contextlib.suppress(Refusal, Case.DoesNotExist):
                world.do(name, a, b)
            world.check(noted)
        transaction.set_rollback(True)
