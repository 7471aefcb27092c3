"""A web process dies in the middle of an exam: every answer it acknowledged is there, and the exam goes on."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
import requests
from django.conf import settings
from django.db import connection
from django.test import Client

from core import clock as server_clock
from exams.grading import grade
from exams.models import Attempt, Paper
from exams.services import hand_in, start_attempt
from identity.services import issue_token
from learning.models import CourseProgress, LessonProgress
from tests.exams import classes
from tests.exams.conftest import Candidate
from tests.identity import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def database_address() -> str:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgresql://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


class WebServer:
    """The product's web process as it is served, on the test's own database."""

    def __init__(self, folder: Any) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.process: subprocess.Popen[bytes] = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database_address(),
            "MEDIA_STORAGE": f"file:{self.folder}",
            "BROKER_URL": "memory://",
            "DEBUG": "1",
        }
        options = ["--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--worker-class", "gthread", "--threads", "4"]
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", *options, "--log-level", "warning"]
        self.process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
        self.wait()
        return self.process

    def wait(self) -> None:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).status_code == 200:
                    return
            except requests.RequestException:
                time.sleep(0.2)
        raise AssertionError("the web process doesn't answer")

    def kill(self) -> None:
        """All of it, without a word of warning."""
        everyone = [*psutil.Process(self.process.pid).children(recursive=True), psutil.Process(self.process.pid)]
        for one in everyone:
            os.kill(one.pid, signal.SIGKILL)
        psutil.wait_procs(everyone, timeout=10)
        self.process.wait()


@pytest.fixture
def server(tmp_path: Any) -> Iterator[WebServer]:
    found = WebServer(tmp_path)
    yield found
    if found.process.poll() is None:
        found.kill()


@pytest.fixture
def sitting(db: None) -> tuple[Any, Attempt, str]:
    """李雷 with an exam of twenty questions open, and a token of his: by the real clock, as the server has it."""
    user = factories.learner()
    candidate = Candidate(user, None)
    page, (course,) = classes.exam_class(classes.exam(classes.bank(singles=20), 20, pass_points=12))
    candidate.client = Client()
    candidate.client.force_login(user, backend="identity.backends.LoginKeyBackend")
    candidate.enrols(page)
    now = server_clock.now()
    lesson = course.lessons.get()
    enrolment_id = user.enrolments.get().pk
    LessonProgress.objects.create(
        enrolment_id=enrolment_id, lesson=lesson, duration_ms=20_000, frontier_ms=20_000, done_at=now
    )
    CourseProgress.objects.create(enrolment_id=enrolment_id, course=course, videos_done_at=now)
    attempt, _is_new = start_attempt(actor=factories.role(user), course_id=course.pk, now=now)
    _token, text = issue_token(user=user, role=factories.role(user), address=None, now=now)
    return user, attempt, text


def save_until_it_dies(server: WebServer, attempt: Attempt, token: str, kill_after: int) -> dict[str, list[str]]:
    """What was acknowledged of answers given on several connections until the server is killed amidst."""
    paper = Paper.objects.get(attempt=attempt).questions
    address = f"http://127.0.0.1:{server.port}/api/v1/exam-attempts/{attempt.public_id}/answers"
    safe: dict[str, list[str]] = {}
    done = threading.Semaphore(0)

    def answer(questions: list[dict[str, Any]]) -> None:
        with requests.Session() as client:
            client.headers["Authorization"] = f"Bearer {token}"
            for turn in range(10_000):
                question = questions[turn % len(questions)]
                chosen = [question["options"][turn % 4]["id"]]
                try:
                    told = client.patch(address, json={"answers": {question["id"]: chosen}}, timeout=10)
                except requests.RequestException:
                    safe.pop(question["id"], None)  # sent, never acknowledged: it may be there or not
                    return
                assert told.status_code == 200, told.text
                safe[question["id"]] = chosen
                done.release()

    threads = [threading.Thread(target=answer, args=(paper[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(kill_after):
        assert done.acquire(timeout=60)
    server.kill()
    for thread in threads:
        thread.join()
    return safe


@pytest.mark.parametrize("kill_after", [3, 40])
def test_every_acknowledged_answer_is_there_and_the_exam_goes_on(server, sitting, kill_after):
    user, attempt, token = sitting
    safe = save_until_it_dies(server, attempt, token, kill_after)

    row = Attempt.objects.get()
    assert row.state == "open"
    assert safe
    assert safe.items() <= row.answers.items()

    server.start()
    address = f"http://127.0.0.1:{server.port}/api/v1/exam-attempts/{attempt.public_id}/submit"
    told = requests.post(address, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert told.status_code == 200, told.text
    found = grade(Paper.objects.get().questions, row.answers)
    assert (told.json()["right"], told.json()["total"]) == (found.right, 20)
    assert (
        hand_in(actor=factories.role(user), attempt_id=attempt.public_id, now=server_clock.now()).right == found.right
    )
