"""Finance at its desk in Wagtail's admin."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from payments.services import FINANCE, set_up_finance
from tests.identity import factories as people


def finance(username: str = "finance") -> Client:
    """One of finance at his browser; `user` is who he is."""
    set_up_finance()
    user = people.staff(username, f"财务{username}")
    user.groups.add(Group.objects.get(name=FINANCE))
    browser = Client()
    browser.force_login(user, backend="identity.backends.LoginKeyBackend")
    browser.user = user  # type: ignore[attr-defined]
    return browser


def text(answer: Any) -> str:
    return answer.content.decode()
