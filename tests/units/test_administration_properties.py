"""Whatever administrators do to one another: grants only shrink downwards, and there is one super, never none."""

import pytest
from django.core.exceptions import ObjectDoesNotExist
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.errors import Refusal
from identity.acting import find_role, modules_of
from identity.models import Membership, PermissionRole
from registry.units.services import (
    add_colleague,
    change_roles,
    create_role,
    delete_roles,
    edit_role,
    hand_over,
    name_super,
    remove_administrator,
    remove_administrator_below,
)
from tests.identity import factories
from tests.support.clock import START
from tests.units import colleagues

MODULES = sorted(modules_of("employer", "employer"))
PEOPLE = 4
SUPERIOR = -1
"""Who acts from above: the department's super administrator."""

some_modules = st.sets(st.sampled_from(MODULES), min_size=1, max_size=5)
who = st.integers(0, PEOPLE - 1)
several = st.lists(st.integers(0, 5), min_size=1, max_size=3)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), who, who, several),
        st.tuples(st.just("give"), who, who, several),
        st.tuples(st.just("remove"), who, who),
        st.tuples(st.just("hand_over"), who, who),
        st.tuples(st.just("create"), who, some_modules),
        st.tuples(st.just("edit"), who, st.integers(0, 5), some_modules),
        st.tuples(st.just("delete"), who, st.integers(0, 5)),
        st.tuples(st.sampled_from(["name", "take"]), st.just(SUPERIOR), who),
    ),
    min_size=5,
    max_size=25,
)


class Office:
    """The hospital's people; the first is its super administrator. An act gives what its actor could at that moment."""

    def __init__(self) -> None:
        department = factories.organisation("示例市卫健委", kind="department")
        self.unit = factories.organisation(parent=department)
        above = factories.administrator("卫健委管理员", 26, department, "department")
        self.superior = colleagues.acting(above, "department")
        self.people = [factories.learner(f"职工{n}", 101 + 2 * n, self.unit) for n in range(PEOPLE)]
        factories.membership(self.people[0], "employer", self.unit, is_super=True)
        manager = colleagues.permission_role("总管", "administrators", "roles", "registrations", unit=self.unit)
        row = factories.membership(self.people[1], "employer", self.unit)
        change_roles(actor=self.acting(0), membership_id=row.pk, role_ids=[manager], now=START)
        self.made = 0

    def row(self, person: int):
        return Membership.objects.filter(user=self.people[person], kind="employer", state="active").first()

    def acting(self, person: int):
        if person == SUPERIOR:
            return self.superior
        row = self.row(person)
        return find_role(self.people[person], str(row.pk)) if row else None

    def roles(self, places):
        ids = list(PermissionRole.objects.order_by("pk").values_list("pk", flat=True))
        return [ids[place % len(ids)] for place in places] if ids else [0]

    def modules(self) -> dict[int, frozenset[str]]:
        return {
            row.pk: modules_of("employer", "employer") if row.is_super else frozenset(row.modules)
            for row in Membership.objects.filter(kind="employer", state="active")
        }

    def does(self, act) -> None:
        name, person, *rest = act
        actor = self.acting(person)
        if actor is not None:
            getattr(self, f"do_{name}")(actor, *rest)

    def do_add(self, actor, other, places) -> None:
        add_colleague(actor=actor, user_id=self.people[other].pk, role_ids=self.roles(places), now=START)

    def do_give(self, actor, other, places) -> None:
        ids = self.roles(places)
        change_roles(actor=actor, membership_id=self._pk(other), role_ids=ids, now=START, confirmed=True)

    def do_remove(self, actor, other) -> None:
        remove_administrator(actor=actor, membership_id=self._pk(other), now=START, confirmed=True)

    def do_hand_over(self, actor, other) -> None:
        hand_over(actor=actor, membership_id=self._pk(other), password=factories.PASSWORD, now=START)

    def do_create(self, actor, modules) -> None:
        self.made += 1
        create_role(actor=actor, name=f"角色{self.made}", note="", modules=modules, now=START)

    def do_edit(self, actor, place, modules) -> None:
        (role_id,) = self.roles([place])
        role = PermissionRole.objects.filter(pk=role_id).first()
        name = role.name if role else "没有"
        edit_role(actor=actor, role_id=role_id, name=name, note="", modules=modules, now=START, confirmed=True)

    def do_delete(self, actor, place) -> None:
        delete_roles(actor=actor, role_ids=self.roles([place]), now=START)

    def do_name(self, actor, other) -> None:
        row = self.row(other)
        chosen = {"membership_id": row.pk} if row else {"user_id": self.people[other].pk}
        name_super(actor=actor, organisation_id=self.unit.pk, now=START, **chosen)

    def do_take(self, actor, other) -> None:
        unit, pk = self.unit.pk, self._pk(other)
        remove_administrator_below(actor=actor, organisation_id=unit, membership_id=pk, now=START)

    def _pk(self, person: int) -> int:
        row = self.row(person)
        return row.pk if row else 0


@pytest.mark.slow
@pytest.mark.usefixtures("clock")
class Administration(TestCase):
    @given(acts)
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_grants_only_shrink_downwards_and_one_super_stands(self, sequence) -> None:
        office = Office()
        for act in sequence:
            before = office.modules()
            actor = office.acting(act[1])
            roles = {role.pk: frozenset(role.modules) for role in PermissionRole.objects.all()}
            try:
                office.does(act)
            except (Refusal, ObjectDoesNotExist):
                assert office.modules() == before
            self._check(office, act, actor, before, roles)

    def _check(self, office, act, actor, before, roles) -> None:
        assert Membership.objects.filter(kind="employer", state="active", is_super=True).count() == 1
        own = actor.modules if actor else frozenset()
        for pk, modules in office.modules().items():
            gained = modules - before.get(pk, frozenset())
            # The superior puts somebody in charge of a unit without being one of its own.
            is_named = act[0] == "name" and Membership.objects.get(pk=pk).is_super
            assert gained <= own or is_named, (act, gained)
        for role in PermissionRole.objects.all():
            assert frozenset(role.modules) ^ roles.get(role.pk, frozenset()) <= own, act
        for row in Membership.objects.filter(kind="employer", state="active", is_super=False):
            granted = {module for role in row.roles.all() for module in role.modules}
            assert set(row.modules) == granted, "an administrator has what his roles say, no more and no less"
