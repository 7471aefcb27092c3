"""Importing questions: rows a second of a large workbook, and whether twice the rows need more memory."""

import random
import subprocess
import sys
import tempfile
from pathlib import Path

from openpyxl import Workbook

from cms.importing.columns import COLUMNS
from cms.models import BankQuestion
from tests.bench.database import prepare
from tests.bench.report import Report

ROWS = 20_000
A_SECOND = 1_000
_SIGNS = (
    "患者急救按压呼吸血压护理评估诊断治疗操作规范记录医嘱药物剂量观察生命体征心电监护吸氧输液感染防控手卫生消毒隔离"
)


def write_workbook(path: Path, rows: int, name: str) -> None:
    """Questions with four options each, every one another."""
    chance = random.Random(name)

    def text(length: int) -> str:
        return "".join(chance.choices(_SIGNS, k=length))

    book = Workbook()  # tells how large the sheet is, as what people's programs write does
    sheet = book.active
    sheet.append(list(COLUMNS))
    for at in range(rows):
        options = [text(10) for _ in range(4)]
        told = ["A", text(40), "中等", "只用于考试", "急救、复苏", "启用"]
        sheet.append([f"{name}-{at}", "单选题", text(30), *options, *[None] * 4, *told])
    book.save(path)


def run(report: Report) -> None:
    """Each import in a process of its own, so that its memory is its own."""
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        peaks = []
        for rows in (ROWS // 4, ROWS):
            path = Path(folder) / f"{rows}.xlsx"
            write_workbook(path, rows, f"B{rows}")
            began = BankQuestion.objects.count()
            command = [sys.executable, "-m", "tests.bench.import_once", str(path)]
            seconds, peak = map(
                float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            )
            assert BankQuestion.objects.count() - began == rows
            peaks.append(peak)
        report.at_least(f"rows of questions imported a second ÷ {A_SECOND:,}", 1.0, rows / seconds, A_SECOND, "rows/s")
        report.at_most("memory of importing 20,000 questions beside 5,000", 1.25, peaks[1], peaks[0], "MB")
