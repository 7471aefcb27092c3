"""The world of the exam benchmarks: a bank of a hundred thousand questions, and learners with open papers."""

import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection

from cms.models import BankQuestion, Course
from cms.queries import BlueprintTerms, blueprint_terms
from cms.services import BankQuestionDraft, ExamDraft, ExamRule, set_up, write_bank, write_bank_question
from core import clock
from exams.drawing import draw
from exams.models import Attempt, Paper
from identity.acting import SESSION_ROLE
from identity.models import LoginSession, Membership, User
from identity.sessions import SEEN_AT
from learning.models import Enrolment
from tests.exams.classes import exam_class
from tests.identity import factories

_OWN = ("id", "stem", "content", "content_key", "stem_key", "code")
"""Columns in which a copy of a question differs."""
_COPIES = """
INSERT INTO cms_bankquestion (stem, content, content_key, stem_key, code, {columns})
SELECT t.stem || ' ' || n, jsonb_set(t.content, '{{stem}}', to_jsonb(t.stem || ' ' || n)),
       encode(sha256(n::text::bytea), 'hex'), encode(sha256(n::text::bytea), 'hex'), '', {columns_of_t}
FROM cms_bankquestion t, generate_series(2, %s) n WHERE t.id = %s
"""


@dataclass(frozen=True)
class BenchExam:
    """A course whose exam draws from the bank."""

    course: Course
    bank_id: int
    blueprint: BlueprintTerms

    def draw(self) -> list[dict[str, object]]:
        """The questions of one more paper."""
        return draw(blueprint=self.blueprint, seed=secrets.token_hex(16), avoided=())


@dataclass(frozen=True)
class Save:
    """What one learner sends: his answers, one question after the other."""

    path: str
    session: str
    token: str
    bodies: Sequence[str]

    @property
    def cookie(self) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={self.token}"

    def request(self, place: int) -> tuple[str, str, str, str]:
        """For `load.throughput`."""
        return self.path, self.cookie, self.bodies[place % len(self.bodies)], "PATCH"

    def raw(self, place: int) -> bytes:
        """The same as it goes over the wire."""
        body = self.bodies[place % len(self.bodies)].encode()
        head = [
            f"PATCH {self.path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Cookie: {self.cookie}",
            f"X-CSRFToken: {self.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def bench_exam(questions: int, drawn: int) -> BenchExam:
    """A class with one course whose exam draws so many of so many single choices."""
    set_up()
    bank_id = write_bank(title="万题库")
    options = ["立即评估呼吸与脉搏", "先测量身高体重", "等待家属到场再说", "给病人喂水喂食"]
    draft = BankQuestionDraft("single", "发现病人突然倒地，第一步该做什么？", options, [0], "先判断，再施救。")
    _copy(write_bank_question(bank_id=bank_id, draft=draft), questions)
    _page, (course,) = exam_class(ExamDraft([ExamRule(drawn, bank_id)], pass_points=24, minutes=90), slug="bench-exam")
    return BenchExam(course, bank_id, blueprint_terms(course.blueprints.get().pk))


def _copy(question_id: int, number: int) -> None:
    fields = [field.column for field in BankQuestion._meta.concrete_fields if field.column not in _OWN]
    columns, columns_of_t = ", ".join(f'"{name}"' for name in fields), ", ".join(f't."{name}"' for name in fields)
    with connection.cursor() as cursor:
        cursor.execute(_COPIES.format(columns=columns, columns_of_t=columns_of_t), [number, question_id])
        cursor.execute("ANALYZE")


def open_attempts(exam: BenchExam, number: int) -> list[Save]:
    """So many learners, logged in, each with an attempt of his own just opened."""
    unit, now = factories.organisation(), clock.now()
    people = User.objects.bulk_create(
        User(username=f"examinee-{at}", password="!", name="学员") for at in range(number)
    )
    memberships = Membership.objects.bulk_create(
        Membership(user=user, kind="technician", organisation=unit, state="active", since=now) for user in people
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(user=user, class_page_id=exam.course.class_page_id, syllabus_version=1, enrolled_at=now)
        for user in people
    )
    attempts = Attempt.objects.bulk_create(_attempt(exam, enrolment) for enrolment in enrolments)
    papers = Paper.objects.bulk_create(
        (Paper(attempt=attempt, seed="", questions=exam.draw()) for attempt in attempts), batch_size=200
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [
        Save(f"/api/v1/exam-attempts/{paper.attempt.public_id}/answers", _log_in(member, at), token(), _bodies(paper))
        for at, (paper, member) in enumerate(zip(papers, memberships, strict=True))
    ]


def token() -> str:
    """A CSRF token as its cookie holds it."""
    return secrets.token_hex(16)


def _attempt(exam: BenchExam, enrolment: Enrolment) -> Attempt:
    now = clock.now()
    return Attempt(
        public_id=uuid.uuid4(),
        enrolment=enrolment,
        user_id=enrolment.user_id,
        course=exam.course,
        blueprint_id=exam.blueprint.id,
        round=1,
        number=1,
        opened_at=now,
        deadline_at=now + timedelta(minutes=exam.blueprint.minutes),
        total=exam.blueprint.total,
        max_points=exam.blueprint.max_points,
        pass_points=exam.blueprint.pass_points,
    )


def _bodies(paper: Paper) -> list[str]:
    return [
        json.dumps({"answers": {question["id"]: [question["options"][at % 4]["id"]]}})
        for at, question in enumerate(paper.questions)
    ]


def _log_in(member: Membership, at: int) -> str:
    """A session that was noted to be in use some time within the last five minutes, as among people who work."""
    session = SessionStore()
    session[SESSION_KEY] = str(member.user_id)
    session[BACKEND_SESSION_KEY] = "identity.backends.LoginKeyBackend"
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session[SESSION_ROLE] = str(member.pk)
    session[SEEN_AT] = clock.now().timestamp() - at % 300
    session.create()
    now = clock.now()
    LoginSession.objects.create(user=member.user, session_key=session.session_key, begun_at=now, seen_at=now)
    return str(session.session_key)
