"""The audit trail (security.md): who, as what, from where, what; never changed, never removed."""

import pytest
from django.db import DatabaseError, transaction

from core import audit
from core.models import AuditEntry

pytestmark = pytest.mark.django_db


def written(clock):
    return audit.record(
        act="test.act",
        now=clock.now(),
        actor_id=7,
        acting_as="employer:3",
        address="203.0.113.7",
        target=("user", 9),
        before={"state": "open"},
        after={"state": "closed"},
    )


def test_an_entry_says_who_as_what_from_where_and_what(clock):
    entry = written(clock)

    entry.refresh_from_db()
    assert (entry.at, entry.actor_id, entry.acting_as, entry.address) == (clock.now(), 7, "employer:3", "203.0.113.7")
    assert (entry.act, entry.target_kind, entry.target_id) == ("test.act", "user", "9")
    assert (entry.before, entry.after) == ({"state": "open"}, {"state": "closed"})


@pytest.mark.postgres
@pytest.mark.parametrize(
    "tamper",
    [
        lambda entries: entries.update(actor_id=8),
        lambda entries: entries.delete(),
        lambda entries: entries._raw_delete("default"),
    ],
    ids=["update", "delete", "raw delete"],
)
def test_the_database_refuses_to_change_it(clock, tamper):
    entry = written(clock)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        tamper(AuditEntry.objects.filter(pk=entry.pk))

    assert AuditEntry.objects.get(pk=entry.pk).actor_id == 7
