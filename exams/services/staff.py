"""Which of the platform's staff may do what about exams; the groups are those of content and support."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from cms.services import EDITORS, REVIEWERS
from registry.people.services import SUPPORT

_ATTEMPTS = ("view_attempt", "change_attempt")
_EXTRA_TIME = ("view_extratime", "add_extratime", "change_extratime")
_FIGURES = ("view_questionfigures",)
_RIGHTS: dict[str, tuple[str, ...]] = {
    EDITORS: _FIGURES,
    REVIEWERS: (*_FIGURES, "add_questionvoiding", *_ATTEMPTS, *_EXTRA_TIME),
    SUPPORT: (*_ATTEMPTS, *_EXTRA_TIME),
}


@transaction.atomic
def set_up_exam_staff() -> None:
    """Bring the groups' rights over exams in line (E1). Safe to call again."""
    for name, codenames in _RIGHTS.items():
        group, _created = Group.objects.get_or_create(name=name)
        rights = Permission.objects.filter(content_type__app_label="exams")
        group.permissions.remove(*rights)
        group.permissions.add(*rights.filter(codename__in=codenames))
