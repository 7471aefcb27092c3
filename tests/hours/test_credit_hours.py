"""The ledger (mechanism 3): credited once, totals kept in the same transaction, equal to a recount in any order."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import now
from registry.hours import queries
from registry.hours.errors import NothingToCredit
from registry.hours.models import AnnualRecord, HourEntry
from registry.hours.services import credit, set_target
from tests.support.threads import in_threads


def give(user, key="1", hours="2.5", subject="public", **fields):
    return credit(
        user_id=user.pk,
        subject=subject,
        hours=Decimal(hours),
        title="人工智能应用基础",
        source_kind="class",
        source_key=key,
        now=now(),
        **fields,
    )


@pytest.mark.django_db
def test_a_source_is_credited_once(person):
    assert give(person)
    assert not give(person, hours="99")

    assert HourEntry.objects.get().recognised == Decimal("2.5")
    assert AnnualRecord.objects.get().public_hours == Decimal("2.5")


@pytest.mark.django_db
@pytest.mark.parametrize("hours", ["0", "-1"])
def test_nothing_is_no_credit(person, hours):
    with pytest.raises(NothingToCredit):
        give(person, hours=hours)
    assert not HourEntry.objects.exists()


@pytest.mark.django_db
def test_no_more_is_recognised_than_was_asked(person):
    give(person)
    with pytest.raises(IntegrityError, match="recognised_within_asked"), transaction.atomic():
        HourEntry.objects.update(recognised=Decimal(100))


@pytest.mark.django_db
def test_a_year_is_complete_when_both_subjects_are(person):
    set_target(year=2026, public_hours=Decimal(30), professional_hours=Decimal(60))
    give(person, key="a", hours="90", year=2026)
    assert not queries.totals(person.pk, 2026).complete

    give(person, key="b", hours="60", subject="professional", year=2026)

    year = queries.totals(person.pk, 2026)
    assert year.complete
    assert (year.total_hours, year.target_hours, year.public_missing) == (150, 90, 0)


@pytest.mark.django_db
def test_a_year_without_entries_still_has_its_row(person):
    rows = queries.years(person.pk, 2024, 2026)

    assert [row.year for row in rows] == [2026, 2025, 2024]
    assert rows[0].public_missing == 30


events = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(["public", "professional"]),
        st.integers(1, 100).map(lambda tenths: Decimal(tenths) / 10),
        st.sampled_from([2025, 2026]),
    ),
    max_size=25,
)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=events)
def test_totals_equal_a_recount_in_any_order_and_any_number_of_times(people, events):
    person = people()
    first = {}
    for key, subject, hours, year in events:
        give(person, key=str(key), hours=str(hours), subject=subject, year=year)
        first.setdefault(key, (subject, hours, year))

    for record in AnnualRecord.objects.filter(user=person):
        entries = HourEntry.objects.filter(user=person, year=record.year)
        for subject, total in (("public", record.public_hours), ("professional", record.professional_hours)):
            assert (entries.filter(subject=subject).aggregate(sum=Sum("recognised"))["sum"] or 0) == total
    assert HourEntry.objects.filter(user=person).count() == len(first)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_threads_that_credit_the_same_source_credit_it_once(person):
    answers = in_threads(lambda _number: give(person))

    assert sorted(answers) == [False] * 7 + [True]
    assert AnnualRecord.objects.get().public_hours == Decimal("2.5")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_threads_that_credit_different_sources_lose_nothing(person):
    in_threads(lambda number: give(person, key=str(number), hours="1"))

    assert AnnualRecord.objects.get().public_hours == 8
