"""Staff at exams' pages in Wagtail's admin."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from cms.services import EDITORS, REVIEWERS
from exams.services import set_up_exam_staff
from registry.people.services import SUPPORT, set_up_support
from tests.identity import factories as people

NAMES = {EDITORS: "editor", REVIEWERS: "reviewer", SUPPORT: "support"}


def staff_of(group: str) -> Client:
    """One of the group at his browser; `user` is who he is."""
    set_up_support()
    set_up_exam_staff()
    user = people.staff(NAMES[group], f"{group}甲")
    user.groups.add(Group.objects.get(name=group))
    browser = Client()
    browser.force_login(user, backend="identity.backends.LoginKeyBackend")
    browser.user = user  # type: ignore[attr-defined]
    return browser


def text(answer: Any) -> str:
    return answer.content.decode()
