"""What became of an import of questions, in words and figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cms.models import BankQuestion, QuestionImport, QuestionImportFault


@dataclass(frozen=True)
class AlikeRow:
    """A row whose question looks like another of the bank."""

    row: int
    question: BankQuestion
    other: BankQuestion
    percent: int


@dataclass(frozen=True)
class ImportResult:
    """How an import stands. `percent` of the rows is done; `failed` rows weren't taken."""

    id: int
    state: str
    state_label: str
    is_over: bool
    percent: int
    added: int
    changed: int
    unchanged: int
    failed: int
    doubled: int
    notes: tuple[str, ...]
    refusal: str

    @property
    def taken(self) -> int:
        """How many rows of questions were read."""
        return self.added + self.changed + self.unchanged + self.failed

    @property
    def lines(self) -> list[str]:
        """The figures, a line each."""
        return [
            _("读到 %d 题") % self.taken,
            _("新增 %d 题") % self.added,
            _("更新 %d 题") % self.changed,
            _("没有变化 %d 题") % self.unchanged,
            _("有问题，没有导入 %d 行") % self.failed,
            _("可能和已有的题重复 %d 题") % self.doubled,
        ]


def import_result(import_id: int) -> ImportResult:
    """How an import stands. Raises QuestionImport.DoesNotExist. One query."""
    row = QuestionImport.objects.get(pk=import_id)
    done = row.added + row.changed + row.unchanged + row.failed
    is_over = row.state in {QuestionImport.State.DONE, QuestionImport.State.REFUSED}
    return ImportResult(
        id=row.pk,
        state=row.state,
        state_label=str(QuestionImport.State(row.state).label),
        is_over=is_over,
        percent=100 if row.state == "done" else min(done * 100 // max(row.rows_expected, 1), 99),
        added=row.added,
        changed=row.changed,
        unchanged=row.unchanged,
        failed=row.failed,
        doubled=row.doubled,
        notes=tuple(row.notes),
        refusal=row.refusal,
    )


def import_faults(import_id: int, most: int | None = None) -> Iterator[str]:
    """第 3 行：没有填正确答案: the rows that weren't taken, in order."""
    rows = QuestionImportFault.objects.filter(of_import=import_id).order_by("row")
    for row, reasons in rows.values_list("row", "reasons")[:most].iterator():
        yield _("第 %(row)d 行：%(reasons)s") % {"row": row, "reasons": "；".join(reasons)}


def fault_rows(import_id: int) -> tuple[Iterator[tuple[dict[str, str], list[str]]], frozenset[str]]:
    """The rows that weren't taken as (cells, reasons), and the columns that any of them has."""
    rows = QuestionImportFault.objects.filter(of_import=import_id).order_by("row")
    every = rows.values_list("cells", flat=True).iterator()
    columns = {name for cells in every for name, text in cells.items() if text}
    return rows.values_list("cells", "reasons").iterator(), frozenset(columns)


def alike_rows(import_id: int) -> list[AlikeRow]:
    """The imported questions that look like others, as far as they were written down and still stand. Two queries."""
    told: list[dict[str, Any]] = QuestionImport.objects.values_list("doubles", flat=True).get(pk=import_id)
    found = BankQuestion.objects.in_bulk({one[name] for one in told for name in ("question", "other")})
    return [
        AlikeRow(one["row"], found[one["question"]], found[one["other"]], one["percent"])
        for one in told
        if one["question"] in found and one["other"] in found
    ]
