"""Setting a site up gives its groups their rights over exams, and no more than theirs (E1)."""

import pytest
from django.contrib.auth.models import Group, Permission

from cms.services import EDITORS, REVIEWERS, set_up
from exams.services import set_up_exam_staff
from registry.people.services import SUPPORT

pytestmark = pytest.mark.django_db


def rights(group: str) -> set[str]:
    own = Group.objects.get(name=group).permissions.filter(content_type__app_label="exams")
    return set(own.values_list("codename", flat=True))


def test_setting_a_site_up_brings_the_rights_of_exams_in_line():
    Group.objects.get_or_create(name=SUPPORT)
    for group in Group.objects.all():
        group.permissions.remove(*Permission.objects.filter(content_type__app_label="exams"))

    set_up()

    assert rights(EDITORS) == {"view_questionfigures"}
    attempts = {"view_attempt", "change_attempt", "view_extratime", "add_extratime", "change_extratime"}
    assert rights(SUPPORT) == attempts
    assert rights(REVIEWERS) == attempts | {"view_questionfigures", "add_questionvoiding"}


def test_a_right_that_a_group_should_not_have_is_taken_and_others_stay():
    set_up_exam_staff()
    group = Group.objects.get(name=EDITORS)
    group.permissions.add(Permission.objects.get(codename="change_attempt"))
    others = set(group.permissions.exclude(content_type__app_label="exams").values_list("pk", flat=True))

    set_up_exam_staff()

    assert rights(EDITORS) == {"view_questionfigures"}
    assert set(group.permissions.exclude(content_type__app_label="exams").values_list("pk", flat=True)) == others
