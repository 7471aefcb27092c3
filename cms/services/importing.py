"""Importing questions (E1): a workbook is kept, its row is the job; whoever holds the row's lease works on it."""

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from cms.errors import QuestionFileRefused
from cms.importing.opening import refuse_unless_workbook
from cms.importing.reading import SheetRow, reading
from cms.importing.rules import QuestionRow, question_of
from cms.importing.writing import Seen, Written, remember, write_rows
from cms.models import QuestionBank, QuestionImport, QuestionImportFault
from cms.queries.doubles import doubles_of
from core.attachments import clean_name

Clock = Callable[[], datetime]
CHUNK = 500
"""Rows that are written together."""
_LEASE = timedelta(minutes=2)
_SENT_AGAIN_AFTER = timedelta(minutes=1)
_MOST_ATTEMPTS = 5
_MOST_DOUBLES = 100
_FOLDER = "private/question-imports"


class _LeaseLostError(Exception):
    """Another worker took the import over."""


@transaction.atomic
def ask_import(
    *, bank_id: int, file: IO[bytes], file_name: str, user_id: int | None, now: datetime, send: bool = True
) -> QuestionImport:
    """Keep a workbook and the job to import it into a bank; gives the job. Raises QuestionFileRefused for what is none.

    Without `send` the caller runs it himself.
    """
    refuse_unless_workbook(file)
    row = QuestionImport.objects.create(
        bank=QuestionBank.objects.get(pk=bank_id),
        file=default_storage.save(f"{_FOLDER}/{uuid.uuid4()}.xlsx", File(file)),
        file_name=clean_name(file_name) or "questions.xlsx",
        asked_by_id=user_id,
        asked_at=now,
        lease_until=now + _SENT_AGAIN_AFTER,
    )
    if send:
        _send(row.pk)
    return row


def run_import(*, import_id: int, clock: Clock) -> bool:
    """Do a waiting import, or go on with one that was cut off; False where there was nothing to do, or it was lost."""
    job = _claim(import_id, clock())
    if job is None:
        return False
    try:
        _work(job, clock)
    except QuestionFileRefused as refusal:
        _end(job, QuestionImport.State.REFUSED, clock(), refusal=str(refusal)[:500])
    except FileNotFoundError:
        _end(job, QuestionImport.State.REFUSED, clock(), refusal=_("文件已经不在了：请重新上传"))
    except _LeaseLostError:
        return False
    return True


def sweep_imports(*, now: datetime) -> list[int]:
    """Send again the imports that nobody works on; gives their ids."""
    waiting = QuestionImport.objects.claimable(now).filter(Q(lease_until__lte=now) | Q(lease_until__isnull=True))
    sent = []
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[:100]:
        with transaction.atomic():
            if waiting.filter(pk=pk).update(lease_until=now + _SENT_AGAIN_AFTER):
                _send(pk)
                sent.append(pk)
    return sent


def _send(import_id: int) -> None:
    from cms.tasks import import_questions

    # A broker that is down does no harm: the sweeper sends it again.
    transaction.on_commit(lambda: import_questions.delay(import_id), robust=True)


def _claim(import_id: int, now: datetime) -> QuestionImport | None:
    """Take the import, with a token that every later write names."""
    job = QuestionImport.objects.claimable(now).filter(pk=import_id).first()
    if job is None:
        return None
    token = secrets.token_hex(8)
    claimed = (
        QuestionImport.objects.claimable(now)
        .filter(pk=import_id, attempts=job.attempts, lease_token=job.lease_token)
        .update(
            state=QuestionImport.State.RUNNING,
            lease_token=token,
            lease_until=now + _LEASE,
            attempts=F("attempts") + 1,
        )
    )
    if not claimed:
        return None
    job.refresh_from_db()
    if job.attempts > _MOST_ATTEMPTS:
        _end(job, QuestionImport.State.REFUSED, now, refusal=_("试了几次都没有做完：请把文件分成几个再导入"))
        return None
    return job


def _work(job: QuestionImport, clock: Clock) -> None:
    seen = Seen()
    with default_storage.open(job.file) as file, reading(file) as sheet:
        _mine(job).update(rows_expected=sheet.expected)
        rows = iter(sheet.rows)
        while chunk := list(islice(rows, CHUNK)):
            _take(job, chunk, seen, clock())
        notes = list(sheet.notes)
    if not job.rows_taken:
        raise QuestionFileRefused(reason=_("表头下面没有题目"))
    _end(job, QuestionImport.State.DONE, clock(), notes=notes)


def _take(job: QuestionImport, chunk: list[SheetRow], seen: Seen, now: datetime) -> None:
    """Judge and write some rows, with the job's figures, all or none of it."""
    judged = [(row, *question_of(row)) for row in chunk]
    done_before = [row for row, _question, _faults in judged if row.number <= job.row_upto]
    if done_before:
        remember([question for row, question, _faults in judged if question and row.number <= job.row_upto], seen)
        judged = judged[len(done_before) :]
    if not judged:
        return
    questions = [question for _row, question, _faults in judged if question]
    faults = {row.number: list(reasons) for row, _question, reasons in judged if reasons}
    for attempt in range(3):
        try:
            with transaction.atomic():
                _write(job, judged, questions, faults, seen, now)
            return
        except (IntegrityError, OperationalError):
            # Somebody else wrote one of these questions just now, or the two of us waited for each other: read again.
            if attempt == 2:
                raise


def _write(
    job: QuestionImport,
    judged: list[tuple[SheetRow, QuestionRow | None, tuple[str, ...]]],
    questions: list[QuestionRow],
    faults: dict[int, list[str]],
    seen: Seen,
    now: datetime,
) -> None:
    written = write_rows(questions, bank_id=job.bank_id, user_id=job.asked_by_id, seen=seen, now=now)
    found = faults | {number: [reason] for number, reason in written.faults}
    QuestionImportFault.objects.bulk_create(
        QuestionImportFault(of_import=job, row=row.number, cells=row.cells, reasons=found[row.number])
        for row, _question, _reasons in judged
        if row.number in found
    )
    _count(job, written, len(found), judged[-1][0].number, now)


def _count(job: QuestionImport, written: Written, failed: int, upto: int, now: datetime) -> None:
    places = {question.pk: number for number, question in written.touched}
    alike = doubles_of([question for _number, question in written.touched])
    room = max(_MOST_DOUBLES - len(job.doubles), 0)
    told: list[dict[str, Any]] = [
        {"row": places[one.question_id], "question": one.question_id, "other": one.other_id, "percent": one.percent}
        for one in alike[:room]
    ]
    figures = {
        "added": job.added + written.added,
        "changed": job.changed + written.changed,
        "unchanged": job.unchanged + written.unchanged,
        "failed": job.failed + failed,
        "doubled": job.doubled + len(alike),
        "doubles": [*job.doubles, *told],
        "row_upto": upto,
    }
    if not _mine(job).update(lease_until=now + _LEASE, **figures):
        raise _LeaseLostError
    for name, value in figures.items():
        setattr(job, name, value)


def _mine(job: QuestionImport) -> Any:
    return QuestionImport.objects.held_by(job.lease_token).filter(pk=job.pk)


def _end(job: QuestionImport, state: QuestionImport.State, now: datetime, **fields: Any) -> None:
    """Finish, whichever way; the workbook isn't needed any more."""
    if not _mine(job).update(state=state, finished_at=now, lease_token="", lease_until=None, **fields):
        raise _LeaseLostError
    default_storage.delete(job.file)
