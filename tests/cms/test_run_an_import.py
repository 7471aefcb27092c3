"""An import of questions is a job (E1): killed, it goes on where it was; two workers don't do it twice."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from cms.models import BankQuestion, QuestionImport, QuestionImportFault
from cms.services import ask_import, bank_called, importing, run_import, sweep_imports
from tests.cms.workbooks import MULTIPLE, SINGLE, figures, reasons, workbook

pytestmark = pytest.mark.django_db


def rows(count, **fields):
    return [SINGLE | {"编号": f"R-{at}", "题干": f"{at * 7919} 号病人先做哪一步？"} | fields for at in range(count)]


@pytest.fixture
def asked(db, clock, monkeypatch):
    """`asked(rows)`: an import that waits, its rows written five at a time."""
    monkeypatch.setattr(importing, "CHUNK", 5)

    def ask(given):
        return ask_import(
            bank_id=bank_called(title="急救题库"),
            file=workbook(given),
            file_name="题目.xlsx",
            user_id=None,
            now=clock.now(),
            send=False,
        )

    return ask


class Killed(BaseException):
    """What a kill looks like from inside: nothing catches it."""


def run_until_killed(job, clock, monkeypatch, after):
    """Run an import and die before its `after`-th time of writing."""
    times = iter(range(after + 10))
    write = importing.write_rows

    def dying(*args, **kwargs):
        if next(times) == after:
            raise Killed
        return write(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(importing, "write_rows", dying)
        with pytest.raises(Killed):
            run_import(import_id=job.pk, clock=clock.now)


def test_a_killed_import_goes_on_where_it_was(asked, clock, monkeypatch):
    faulty = [*rows(7), SINGLE | {"编号": "X", "正确答案": ""}, *rows(2), MULTIPLE, *rows(18)[7:]]
    job = asked(faulty)
    run_until_killed(job, clock, monkeypatch, after=2)
    job.refresh_from_db()
    assert (job.state, job.row_upto, BankQuestion.objects.count()) == ("running", 11, 7)
    assert not run_import(import_id=job.pk, clock=clock.now), "somebody holds it"

    clock.tick(121)
    assert sweep_imports(now=clock.now()) == [job.pk]
    clock.tick(1)
    QuestionImport.objects.update(lease_until=clock.now())
    assert run_import(import_id=job.pk, clock=clock.now)

    job.refresh_from_db()
    assert (job.state, figures(job)) == ("done", (19, 0, 0, 3))
    assert reasons(job) == {9: ["没有填正确答案"], 10: ["和第 2 行是同一道题"], 11: ["和第 3 行是同一道题"]}
    assert BankQuestion.objects.count() == 19
    assert not default_storage.exists(job.file)


def test_a_worker_that_was_taken_over_writes_no_more(asked, clock, monkeypatch):
    job = asked(rows(20))
    write = importing.write_rows

    def overtaken(*args, **kwargs):
        QuestionImport.objects.filter(pk=job.pk).update(lease_token="another")
        return write(*args, **kwargs)

    monkeypatch.setattr(importing, "write_rows", overtaken)

    assert not run_import(import_id=job.pk, clock=clock.now)
    assert not BankQuestion.objects.exists()
    job.refresh_from_db()
    assert (job.state, job.row_upto, figures(job)) == ("running", 0, (0, 0, 0, 0))


def test_an_import_that_is_over_is_not_done_again(asked, clock):
    job = asked(rows(3))
    assert run_import(import_id=job.pk, clock=clock.now)

    assert not run_import(import_id=job.pk, clock=clock.now)
    clock.tick(timedelta(days=1).total_seconds())
    assert sweep_imports(now=clock.now()) == []
    assert BankQuestion.objects.count() == 3


def test_an_import_that_dies_again_and_again_is_given_up(asked, clock):
    job = asked(rows(3))
    QuestionImport.objects.update(attempts=5)

    assert not run_import(import_id=job.pk, clock=clock.now)

    job.refresh_from_db()
    assert (job.state, "没有做完" in job.refusal) == ("refused", True)
    assert not BankQuestion.objects.exists()


def test_a_waiting_import_is_sent_again_only_when_its_message_is_late(asked, clock):
    job = asked(rows(1))

    assert sweep_imports(now=clock.now()) == []
    clock.tick(61)
    assert sweep_imports(now=clock.now()) == [job.pk]
    assert sweep_imports(now=clock.now()) == []


def test_a_workbook_that_is_gone_is_said(asked, clock):
    job = asked(rows(1))
    default_storage.delete(job.file)

    run_import(import_id=job.pk, clock=clock.now)

    job.refresh_from_db()
    assert (job.state, "重新上传" in job.refusal) == ("refused", True)


def test_what_somebody_else_writes_meanwhile_is_read_again(asked, clock, monkeypatch):
    job = asked(rows(3))
    write = importing.write_rows
    raced = []

    def raced_by_another(*args, **kwargs):
        done = write(*args, **kwargs)
        if not raced:
            raced.append(True)
            # As the database says it to whoever comes second.
            from django.db import IntegrityError

            raise IntegrityError
        return done

    monkeypatch.setattr(importing, "write_rows", raced_by_another)

    assert run_import(import_id=job.pk, clock=clock.now)
    job.refresh_from_db()
    assert figures(job) == (3, 0, 0, 0)
    assert not QuestionImportFault.objects.exists()


# --- manage.py import_questions ---------------------------------------------------------------------------------------
def test_the_command_prints_what_became_of_the_file(db, clock, tmp_path, capsys):
    path = tmp_path / "急救.xlsx"
    path.write_bytes(workbook([SINGLE, MULTIPLE]).getvalue())

    call_command("import_questions", str(path), "--bank", "急救题库")

    told = capsys.readouterr().out.splitlines()
    assert told[:4] == ["读到 2 题", "新增 2 题", "更新 0 题", "没有变化 0 题"]
    assert set(BankQuestion.objects.values_list("bank__title", flat=True)) == {"急救题库"}

    call_command("import_questions", str(path), "--bank", "急救题库")
    assert "没有变化 2 题" in capsys.readouterr().out


def test_the_command_names_the_bank_after_the_file_and_fails_with_rows_at_fault(db, clock, tmp_path, capsys):
    path = tmp_path / "急救.xlsx"
    path.write_bytes(workbook([SINGLE, MULTIPLE | {"正确答案": ""}]).getvalue())

    with pytest.raises(CommandError, match="1 行没有导入"):
        call_command("import_questions", str(path))

    assert "第 3 行：没有填正确答案" in capsys.readouterr().out
    assert BankQuestion.objects.get().bank.title == "急救"


@pytest.mark.parametrize("content", [None, b"MZ nothing"])
def test_the_command_refuses_what_it_can_not_read(db, tmp_path, content):
    path = tmp_path / "x.xlsx"
    if content:
        path.write_bytes(content)

    with pytest.raises(CommandError):
        call_command("import_questions", str(path))
    assert not BankQuestion.objects.exists()
