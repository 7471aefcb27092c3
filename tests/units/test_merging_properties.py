"""Over random trees and mergers: the tree is sound, nobody is lost, whatever is in review can be decided."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.errors import Refusal
from identity.acting import roles_of
from identity.models import Membership, Organisation, User, WorkDepartment
from identity.services import add_work_department
from registry.approvals.models import Case, Step
from registry.approvals.services import PASS, decide_case, raise_overdue
from registry.units.services import merge_units
from tests.approvals.factories import noted_kind, open_noted
from tests.identity import factories as people
from tests.support.clock import START
from tests.support.files import attachment

KINDS = ("department", "employer", "employer", "base")
place = st.integers(0, 30)
units = st.lists(st.tuples(st.sampled_from(KINDS), place, st.integers(0, 3)), min_size=3, max_size=8)
mergers = st.lists(st.tuples(place, place), min_size=1, max_size=6)


class Province:
    """A bureau with units below it; each has some people, some with a case, and perhaps an administrator and a tree of
    departments.
    """

    def __init__(self, drawn) -> None:
        self.kind = noted_kind()
        self.support = people.role(people.staff("support", "客服甲"), "staff")
        bureau = people.organisation("示例市人社局", kind="bureau")
        people.administrator("局管理员", 500, bureau, "bureau", password=None)
        self.ids = [bureau.pk]
        self.serial = 1
        for kind, above, staff in drawn:
            self.add(kind, self.ids[above % len(self.ids)], staff)

    def add(self, kind: str, above: int, staff: int) -> None:
        parent = Organisation.objects.get(pk=above)
        unit = people.organisation(f"{kind}{len(self.ids)}", kind=kind, parent=parent)
        self.ids.append(unit.pk)
        if staff:
            people.administrator(f"管理员{unit.pk}", self.next(), unit, kind, password=None)
            top = add_work_department(organisation_id=unit.pk, name="本部")
            add_work_department(organisation_id=unit.pk, name="一科", parent_id=top)
        if kind != "base":
            for _ in range(staff):
                user = people.learner(
                    f"职工{self.serial}", self.next(), Organisation.objects.get(pk=unit.pk), password=None
                )
                open_noted(Organisation.objects.get(pk=unit.pk), user)

    def next(self) -> int:
        self.serial += 2
        return self.serial

    def merge(self, gone: int, survivor: int) -> None:
        ids = [self.ids[place % len(self.ids)] for place in (gone, survivor)]
        try:
            merge_units(
                actor=self.support,
                gone_id=ids[0],
                survivor_id=ids[1],
                reason="合并",
                evidence=attachment(),
                now=START,
            )
        except Refusal:
            return

    def decide_all(self) -> None:
        raise_overdue(now=START)
        for step in Step.objects.filter(state="open").select_related("case"):
            reviewer = next(self.reviewers(step))
            decide_case(actor=reviewer, case_id=step.case_id, decision=PASS, now=START)

    def reviewers(self, step: Step):
        """Everybody who may decide it now, the engine's own refusals aside."""
        offices = {step.organisation_id, step.risen_to_id}
        for user in User.objects.filter(memberships__organisation_id__in=offices).exclude(pk=step.case.applicant_id):
            for role in roles_of(user):
                if role.organisation_id in offices and role.may(step.module):
                    yield role


@pytest.mark.slow
class Merging(TestCase):
    @given(units, mergers)
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_the_rows_equal_a_recount_and_nothing_in_review_is_lost(self, drawn, merged) -> None:
        province = Province(drawn)
        technicians = set(Membership.objects.filter(kind="technician", state="active").values_list("user", flat=True))
        departments = WorkDepartment.objects.count()
        cases = Case.objects.filter(state="open").count()

        for gone, survivor in merged:
            province.merge(gone, survivor)

        self.check_tree()
        standing = Membership.objects.filter(state="active").select_related("organisation")
        assert {row.user_id for row in standing if row.kind == "technician"} == technicians
        assert all(row.organisation.state == "active" for row in standing)
        assert Step.objects.filter(state="open", organisation__state="active").count() == cases
        assert not WorkDepartment.objects.filter(organisation__state="merged").exists()
        assert WorkDepartment.objects.count() >= departments
        for department in WorkDepartment.objects.filter(parent__isnull=False).select_related("parent"):
            assert department.parent.organisation_id == department.organisation_id

        province.decide_all()

        assert len(province.kind.applied) == cases

    def check_tree(self) -> None:
        """treebeard's rows are sound, and an alias has nobody below it and stands for one that stands."""
        assert not any(Organisation.find_problems())
        for node in Organisation.objects.all():
            assert (
                node.numchild == Organisation.objects.filter(path__startswith=node.path, depth=node.depth + 1).count()
            )
            if node.state == "merged":
                assert node.merged_into.state == "active"
                assert not node.get_children().filter(state="active").exists()
