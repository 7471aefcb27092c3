"""Everything a browser is sent about an exam before its end, so that tests can look through it for what is right."""

import re
from typing import Any

from django.db import connection

from cms.models import Course
from cms.queries import BlueprintTerms, blueprint_terms
from exams.models import Attempt, Paper
from tests.exams.driving import Examinee

_ONCE = re.compile(r'(csrfmiddlewaretoken" value=|nonce=|csrf=|Expires: )("[^"]*"|.* GMT)')
"""What is new in each answer, whatever it shows."""


def everything_before_the_end(examinee: Examinee, course: Course, paper: dict[str, Any]) -> dict[str, str]:
    """Address → headers and body of every answer that has to do with this open attempt, over the API and as pages."""
    attempt = paper["id"]
    chosen = {question["id"]: [question["options"][0]["id"]] for question in paper["questions"]}
    answers = {
        "start": examinee.tries_to_open(course),
        "save": examinee.saves(attempt, chosen),
        "save all": examinee.saves(attempt, {question: [] for question in chosen}),
        "save what isn't one": examinee.saves(attempt, {next(iter(chosen)): ["x"]}),
    }
    paths = [
        "exams",
        f"exam-attempts/{attempt}",
        f"exam-attempts/{attempt}/review",
        "practice",
        f"practice?course=c{course.pk}",
        "mistakes",
        f"classes/{course.class_page.slug}",
        "me/summary",
        f"/classes/{course.class_page.slug}/",
        "/learn/",
        "/learn/exams/",
        f"/learn/exams/{course.pk}/",
        f"/learn/exams/attempts/{attempt}/",
        f"/learn/exams/attempts/{attempt}/result/",
    ]
    answers |= {path: examinee.get(path) for path in paths}
    return {what: _told(answer) for what, answer in answers.items()}


def _told(answer: Any) -> str:
    assert answer.status_code < 500, answer.content
    head = "".join(f"{name}: {value}\n" for name, value in sorted(answer.headers.items()))
    return _ONCE.sub(r'\1""', f"{answer.status_code}\n{head}\n{answer.text}")


def with_another_key(attempt: Attempt) -> None:
    """Let other options be right in this frozen paper, for other reasons and from other questions of the bank."""
    paper = Paper.objects.get(attempt=attempt)
    for question in paper.questions:
        others = [option["id"] for option in question["options"] if option["id"] not in question["right"]]
        question["right"] = others[:1]
        question["explanation"] = "完全不同的理由" * 20
        question["question"] += 1_000_000
        question["sources"] = {name: source[::-1] for name, source in question["sources"].items()}
    paper.seed = paper.seed[::-1]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # whose triggers let nobody else do this
            cursor.execute("SET LOCAL session_replication_role = replica")
        Paper.objects.bulk_update([paper], ["questions", "seed"])
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def blueprint_of(course: Course) -> BlueprintTerms:
    """The terms of a course's exam."""
    return blueprint_terms(course.blueprints.get().pk)
