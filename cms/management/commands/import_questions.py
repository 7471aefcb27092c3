"""import_questions FILE [--bank TITLE]: questions from a workbook into a bank, made where it is missing."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cms import queries, services
from cms.errors import QuestionFileRefused
from core import clock


class Command(BaseCommand):
    help = "Import questions (xlsx) into a question bank; prints what became of them and every row that wasn't taken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--bank", default="", help="title of the bank; without it the file's name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits 1 where the file is refused or rows weren't taken."""
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                bank_id = services.bank_called(title=options["bank"] or path.stem[:80])
                job = services.ask_import(
                    bank_id=bank_id, file=file, file_name=path.name, user_id=None, now=clock.now(), send=False
                )
        except OSError as trouble:
            raise CommandError(_("读不了这个文件：%s") % trouble) from trouble
        except QuestionFileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        services.run_import(import_id=job.pk, clock=clock.now)
        result = queries.import_result(job.pk)
        for line in (*result.lines, *result.notes):
            self.stdout.write(line)
        for fault in queries.import_faults(job.pk):
            self.stdout.write(fault)
        if result.refusal:
            raise CommandError(result.refusal)
        if result.failed:
            raise CommandError(_("%d 行没有导入，改好后再导入一次") % result.failed)
