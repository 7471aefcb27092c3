"""One day reconciled in a process of its own: prints its seconds, those of them it worked itself, and the most memory
that the process ever had, in MB.

What to do comes as JSON on its input: the sandbox's settings, provider and day.
"""

import json
import os
import sys
import time
from datetime import date
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from django.conf import settings  # noqa: E402

from core import clock  # noqa: E402
from payments.services import order_bill, reconcile, reconciling  # noqa: E402

LINK_SECONDS = 120
"""The sandbox writes the whole bill when it is asked for it; providers have it ready."""


def main() -> None:
    given = json.load(sys.stdin)
    for name, value in given["settings"].items():
        setattr(settings, name, value)
    reconciling.TASK_SECONDS = LINK_SECONDS
    settings.DEMO = True  # the sandbox is no provider's own address
    day = date.fromisoformat(given["day"])
    job = order_bill(provider_name=given["provider"], day=day, now=clock.now(), send=False)
    began, worked = time.perf_counter(), time.process_time()
    bill = reconcile(bill_id=job.pk, clock=clock.now)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    assert bill.state == "different", (bill.state, bill.fault)
    # Not getrusage: what the parent had when it forked would count too.
    told = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    print(seconds, worked, int(told.split()[0]) / 1024)


if __name__ == "__main__":
    main()
