"""make bench: every speed claim as a ratio of two things measured side by side, one JSON line a figure.

python -m tests.bench.run [name …]      all benchmarks, or those named
"""

import os
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from tests.bench import accounts, bank, bills, exams, media, pages, payments, registry, watching  # noqa: E402
from tests.bench.report import Report  # noqa: E402

BENCHES: dict[str, Callable[[Report], None]] = {
    "watching": watching.run,
    "pages": pages.run,
    "media": media.run,
    "accounts": accounts.run,
    "registry": registry.run,
    "bank": bank.run,
    "exams": exams.run,
    "payments": payments.run,
    "bills": bills.run,
}


def main(names: list[str]) -> int:
    """Exit code 1 where a figure falls short of its bound."""
    report = Report()
    began = time.monotonic()
    for name in names or BENCHES:
        BENCHES[name](report)
    report.tell("minutes", (time.monotonic() - began) / 60, "min")
    for bench in report.short:
        print(f"fell short: {bench}", file=sys.stderr)
    return 1 if report.short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
