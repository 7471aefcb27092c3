"""Phone and recovery codes are lost: the operator takes the second factor away after seeing papers (P5)."""

import pytest
from django.core.management import CommandError, call_command

from core.models import AuditEntry
from identity.services import has_second_factor, verify
from tests.identity import factories
from tests.identity.test_prove_with_a_second_factor import switched_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def types(monkeypatch):
    """What is typed when the command asks."""
    return lambda text: monkeypatch.setattr("builtins.input", lambda _prompt: text)


def test_by_id_number_it_is_taken_away_and_written_down(lilei, types, capsys):
    switched_on(lilei)
    types(f" {lilei.id_number.lower()} ")

    call_command("remove_second_factor")

    assert not has_second_factor(lilei.pk)
    assert AuditEntry.objects.get(act="second_factor.remove").target_id == str(lilei.pk)


def test_staff_are_named_by_their_login_name(clock):
    editor = factories.staff()
    switched_on(editor, "staff")

    call_command("remove_second_factor", "--staff", "editor")

    assert not has_second_factor(editor.pk)


def test_whoever_has_none_or_is_unknown_is_told(lilei, types):
    for number, words in ((lilei.id_number, "没有开"), (factories.id_number(77), "没有这个账号")):
        types(number)
        with pytest.raises(CommandError, match=words):
            call_command("remove_second_factor")


def test_a_lock_of_wrong_codes_goes_too(lilei, types, clock):
    switched_on(lilei)
    for _ in range(5):
        verify(user_id=lilei.pk, code="000000", now=clock.now())
    types(lilei.id_number)
    call_command("remove_second_factor")

    assert not verify(user_id=lilei.pk, code="000000", now=clock.now())
