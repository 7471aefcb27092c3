"""Imports at the same time (E1): two workers at one job, one file sent twice into the same bank."""

import pytest

from cms.models import BankQuestion, QuestionImport
from cms.services import ask_import, bank_called, run_import
from core import clock
from tests.cms.workbooks import SINGLE, figures, workbook
from tests.support.threads import in_threads

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROWS = [SINGLE | {"编号": f"R-{at}", "题干": f"{at * 7919} 号病人先做哪一步？"} for at in range(600)]


def ask() -> QuestionImport:
    return ask_import(
        bank_id=bank_called(title="急救题库"),
        file=workbook(ROWS),
        file_name="题目.xlsx",
        user_id=None,
        now=clock.now(),
        send=False,
    )


def test_two_workers_do_one_import_once():
    job = ask()

    done = in_threads(lambda _number: run_import(import_id=job.pk, clock=clock.now), 4)

    assert sorted(done) == [False, False, False, True]
    job.refresh_from_db()
    assert figures(job) == (600, 0, 0, 0)
    assert BankQuestion.objects.count() == 600


def test_one_file_imported_twice_at_once_makes_its_questions_once():
    first, second = ask(), ask()

    in_threads(lambda number: run_import(import_id=(first, second)[number].pk, clock=clock.now), 2)

    for job in (first, second):
        job.refresh_from_db()
    assert BankQuestion.objects.count() == 600
    assert first.added + second.added == 600
    assert first.unchanged + second.unchanged == 600
    assert first.failed == second.failed == 0
