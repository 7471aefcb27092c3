"""工作部门 (U1): adding, renaming, moving, closing, only in one's own unit."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from core.errors import FieldRefusals
from identity.errors import DepartmentLoop, DepartmentNamed, DepartmentNotEmpty
from identity.models import Membership, WorkDepartment
from identity.queries import department_choices, work_departments
from registry.units.services import (
    add_department,
    change_department,
    close_department,
    order_department,
    restate_department,
)
from tests.identity import factories as people
from tests.support.clock import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanmei():
    return people.role(people.administrator(), "employer")


@pytest.fixture
def stranger():
    elsewhere = people.organisation("外市职业学校", region=people.region("外市", "120100"))
    return people.role(people.administrator("外校管理员", 28, elsewhere), "employer")


def add(role, name, below=None):
    return add_department(actor=role, name=name, parent_id=below, now=START)


def change(role, pk, name, below=None):
    change_department(actor=role, department_id=pk, name=name, parent_id=below, now=START)


def close(role, pk, closed=True):
    close_department(actor=role, department_id=pk, closed=closed, now=START)


def names(role) -> list[str]:
    return [name for _pk, name in department_choices(role.organisation_id)]


def test_departments_form_a_tree(hanmei):
    clinical = add(hanmei, "临床科室")
    add(hanmei, "急诊科", clinical)
    add(hanmei, "护理部")

    assert names(hanmei) == ["临床科室", "　急诊科", "护理部"]


def test_a_name_stands_once_at_a_level(hanmei):
    clinical = add(hanmei, "临床科室")
    add(hanmei, "急诊科", clinical)
    add(hanmei, "急诊科")

    for below in (clinical, None):
        with pytest.raises(DepartmentNamed):
            add(hanmei, "急诊科", below)


@pytest.mark.parametrize("name", ["", "  ", "科\u0007室", "长" * 61])
def test_a_bad_name_is_told_at_the_field(hanmei, name):
    with pytest.raises(FieldRefusals) as refused:
        add(hanmei, name)
    assert [fault.attr for fault in refused.value.faults] == ["name"]


def test_one_is_renamed_and_moved_with_what_is_below(hanmei):
    clinical, technical = add(hanmei, "临床科室"), add(hanmei, "医技科室")
    emergency = add(hanmei, "急诊科", clinical)
    add(hanmei, "急诊一组", emergency)

    change(hanmei, emergency, "急救科", technical)

    assert names(hanmei) == ["临床科室", "医技科室", "　急救科", "　　急诊一组"]


def test_none_comes_to_stand_below_itself(hanmei):
    clinical = add(hanmei, "临床科室")
    emergency = add(hanmei, "急诊科", clinical)

    for below in (clinical, emergency):
        with pytest.raises(DepartmentLoop):
            change(hanmei, clinical, "临床科室", below)


def test_a_closed_one_cannot_be_picked_and_keeps_its_people(hanmei):
    emergency = add(hanmei, "急诊科")
    lilei = people.learner()
    Membership.objects.filter(user=lilei).update(work_department=emergency)

    close(hanmei, emergency)

    assert names(hanmei) == []
    assert Membership.objects.get(user=lilei).work_department.name == "急诊科"
    close(hanmei, emergency, closed=False)
    assert names(hanmei) == ["急诊科"]


def test_what_has_open_ones_below_is_not_closed(hanmei):
    clinical = add(hanmei, "临床科室")
    add(hanmei, "急诊科", clinical)

    with pytest.raises(DepartmentNotEmpty):
        close(hanmei, clinical)
    assert names(hanmei) == ["临床科室", "　急诊科"]


def test_one_opened_again_below_a_closed_one_stands_at_the_top(hanmei):
    clinical = add(hanmei, "临床科室")
    emergency = add(hanmei, "急诊科", clinical)
    close(hanmei, emergency)
    close(hanmei, clinical)

    close(hanmei, emergency, closed=False)

    assert names(hanmei) == ["急诊科"]


def test_anothers_departments_are_not_found(hanmei, stranger):
    own = add(hanmei, "急诊科")

    for act in (
        lambda: add(stranger, "混入", own),
        lambda: change(stranger, own, "改名"),
        lambda: close(stranger, own),
    ):
        with pytest.raises(ObjectDoesNotExist):
            act()
    assert WorkDepartment.objects.get(pk=own).name == "急诊科"
    assert work_departments(stranger.organisation_id) == []


def test_nothing_is_moved_below_anothers_department(hanmei, stranger):
    theirs = add(stranger, "教务处")
    own = add(hanmei, "急诊科")

    with pytest.raises(ObjectDoesNotExist):
        change(hanmei, own, "急诊科", theirs)


def test_neighbours_change_places_and_the_ends_stay(hanmei):
    first, second, third = (add(hanmei, name) for name in ("临床科室", "护理部", "行政后勤"))
    add(hanmei, "急诊科", first)

    order_department(actor=hanmei, department_id=third, up=True, now=START)
    order_department(actor=hanmei, department_id=first, up=True, now=START)
    order_department(actor=hanmei, department_id=second, up=False, now=START)

    assert names(hanmei) == ["临床科室", "　急诊科", "行政后勤", "护理部"]


def test_anothers_departments_keep_their_order(hanmei, stranger):
    first = add(hanmei, "临床科室")
    add(hanmei, "护理部")

    with pytest.raises(ObjectDoesNotExist):
        order_department(actor=stranger, department_id=first, up=False, now=START)
    assert names(hanmei) == ["临床科室", "护理部"]


def test_several_acts_at_once_are_all_done_or_none(hanmei):
    above = add(hanmei, "临床科室")
    below = add(hanmei, "急诊科", above)
    with pytest.raises(DepartmentLoop):
        restate_department(actor=hanmei, department_id=above, name="新名称", parent=below, now=START)

    restate_department(actor=hanmei, department_id=below, name="急诊医学科", parent=None, closed=True, now=START)

    row = WorkDepartment.objects.get(pk=below)
    assert (row.name, row.parent_id, row.is_closed) == ("急诊医学科", None, True)
    assert WorkDepartment.objects.get(pk=above).name == "临床科室"
