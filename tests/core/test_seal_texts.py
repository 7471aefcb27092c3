"""Encryption at rest and keyed digests (security.md, first row)."""

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured

from core import crypto

KEY = "a:" + "A" * 43
OTHER = "b:" + "B" * 42 + "A"


@pytest.fixture(autouse=True)
def _ring(settings):
    settings.ID_ENCRYPTION_KEYS = [KEY]


@pytest.mark.parametrize("plain", ["110101199003070134", "𬭎", "a" * 100_000])
def test_what_was_sealed_comes_back(plain):
    assert crypto.decrypt(crypto.encrypt(plain)) == plain


def test_a_changed_byte_is_noticed():
    stored = crypto.encrypt("110101199003070134")
    middle = len(stored) // 2
    changed = stored[:middle] + ("A" if stored[middle] != "A" else "B") + stored[middle + 1 :]

    with pytest.raises(InvalidTag):
        crypto.decrypt(changed)


def test_a_text_sealed_under_another_key_name_is_noticed(settings):
    stored = crypto.encrypt("110101199003070134")
    settings.ID_ENCRYPTION_KEYS = ["b:" + "A" * 43, KEY]

    with pytest.raises(InvalidTag):
        crypto.decrypt(stored.replace("a$", "b$", 1))


def test_old_keys_still_open_and_the_first_one_seals(settings):
    stored = crypto.encrypt("x")
    settings.ID_ENCRYPTION_KEYS = [OTHER, KEY]

    assert crypto.decrypt(stored) == "x"
    assert not crypto.is_current(stored)
    assert crypto.is_current(crypto.encrypt("x"))


def test_without_its_key_a_text_stays_shut(settings):
    stored = crypto.encrypt("x")
    settings.ID_ENCRYPTION_KEYS = [OTHER]

    with pytest.raises(crypto.UnknownKey):
        crypto.decrypt(stored)


def test_a_digest_stays_the_same_when_a_key_is_put_in_front(settings):
    before = crypto.digest("x", "id-number")
    settings.ID_ENCRYPTION_KEYS = [OTHER, KEY]

    assert crypto.digest("x", "id-number") == before


def test_a_digest_depends_on_key_and_purpose(settings):
    first = crypto.digest("x", "id-number")
    assert crypto.digest("x", "mobile") != first

    settings.ID_ENCRYPTION_KEYS = [OTHER]
    assert crypto.digest("x", "id-number") != first


@pytest.mark.parametrize("entry", ["nonsense", "a:", ":" + "A" * 43, "a:AAAA", "a:" + "A" * 44])
def test_a_bad_key_stops_the_start_with_a_message(settings, entry):
    settings.ID_ENCRYPTION_KEYS = [entry]

    with pytest.raises(ImproperlyConfigured, match="ID_ENCRYPTION_KEYS"):
        crypto.encrypt("x")


def test_no_keys_at_all_is_told(settings):
    settings.ID_ENCRYPTION_KEYS = []

    with pytest.raises(ImproperlyConfigured, match="empty"):
        crypto.encrypt("x")
