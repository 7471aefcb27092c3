"""One import in a process of its own: prints its seconds, and the most memory that the process ever had, in MB."""

import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from cms.services import ask_import, bank_called, run_import  # noqa: E402
from core import clock  # noqa: E402


def main(path: Path) -> None:
    """Import the workbook into a bank of its name."""
    began = time.perf_counter()
    with path.open("rb") as file:
        bank_id = bank_called(title=path.stem)
        job = ask_import(bank_id=bank_id, file=file, file_name=path.name, user_id=None, now=clock.now(), send=False)
    assert run_import(import_id=job.pk, clock=clock.now)
    seconds = time.perf_counter() - began
    # Not getrusage: what the parent had when it forked would count too.
    told = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    print(seconds, int(told.split()[0]) / 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
