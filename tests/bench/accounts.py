"""Whether an account exists can't be told by the time a refused login takes (security.md)."""

import statistics
import time

from captcha.models import CaptchaStore
from django.test import RequestFactory

from core import clock
from identity.errors import BadCredentials
from identity.services import log_in
from tests.bench.database import prepare
from tests.bench.report import Report
from tests.identity import factories

TRIES = 200


def run(report: Report) -> None:
    """The middle of 200 logins with a wrong password beside that of 200 with an unknown number, taken in turn."""
    prepare()
    factories.organisation()
    known = [factories.learner(f"学员{n}", serial=n, password="Right-" + "x" * 12) for n in range(100, 100 + TRIES)]
    unknown_times, wrong_times = [], []
    for at, person in enumerate(known):
        unknown_times.append(_refused(factories.id_number(at + 100, born="19910307"), at))
        wrong_times.append(_refused(person.id_number, at + TRIES))
    wrong, unknown = statistics.median(wrong_times), statistics.median(unknown_times)
    slower, faster = max(wrong, unknown), min(wrong, unknown)
    report.at_most("refused login, wrong password beside unknown number", 1.15, slower, faster, "s")


def _refused(number: str, at: int) -> float:
    """Seconds a refusal takes; from another address each time, for one that tries many is braked."""
    request = RequestFactory().post("/login/", REMOTE_ADDR=f"10.0.{at // 250}.{at % 250 + 1}")
    captcha = CaptchaStore.objects.get(hashkey=CaptchaStore.generate_key())
    began = time.perf_counter()
    try:
        log_in(
            request=request,
            user_type="technician",
            id_type="resident",
            id_number=number,
            password="Wrong-password-1",
            captcha_key=captcha.hashkey,
            captcha_answer=captcha.response,
            now=clock.now(),
        )
    except BadCredentials:
        return time.perf_counter() - began
    raise AssertionError("a wrong password was taken")
