"""A learner sitting exams over the real HTTP interface, in a browser or by a program with a token."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from cms.models import Course
from identity.acting import SESSION_ROLE
from identity.services import issue_token
from identity.sessions import SEEN_AT
from tests.exams import classes
from tests.identity import factories
from tests.learning.driving import Learner

JSON = "application/json"


class Examinee(Learner):
    """Logged in as the login page does it: the session knows its role and when it was used last."""

    def __init__(self, user: Any, clock: Any) -> None:
        super().__init__(user, clock)
        session = self.client.session
        session[SESSION_ROLE] = factories.role(user).id
        session[SEEN_AT] = clock.now().timestamp()
        session.save()

    def another_device(self) -> "Examinee":
        return Examinee(self.user, self.clock)

    def with_token(self) -> "Examinee":
        """The same person in an app: a token and no cookie."""
        role = factories.role(self.user)
        _row, text = issue_token(user=self.user, role=role, address=None, now=self.clock.now())
        app = Examinee(self.user, self.clock)
        app.client = Client(headers={"authorization": f"Bearer {text}"})
        return app

    def opens(self, course: Course) -> dict[str, Any]:
        """Start the exam; the paper as the API gives it."""
        response = self.tries_to_open(course)
        assert response.status_code in (200, 201), response.content
        return response.json()

    def tries_to_open(self, course: Course) -> HttpResponse:
        return self.post(f"courses/c{course.pk}/exam-attempts")

    def reads(self, attempt_id: str) -> HttpResponse:
        return self.get(f"exam-attempts/{attempt_id}")

    def saves(self, attempt_id: str, answers: Any) -> HttpResponse:
        return self.sends(attempt_id, {"answers": answers})

    def sends(self, attempt_id: str, body: Any, content_type: str = JSON, **headers: str) -> HttpResponse:
        return self.client.patch(
            f"/api/v1/exam-attempts/{attempt_id}/answers", body, content_type=content_type, headers=headers
        )

    def submits(self, attempt_id: str) -> HttpResponse:
        return self.post(f"exam-attempts/{attempt_id}/submit")

    def sits(self, course: Course, *, right: int) -> dict[str, Any]:
        """A whole attempt with so many right answers and nothing else answered; its result."""
        paper = self.opens(course)
        self.saves(paper["id"], classes.right_answers(paper["id"], right))
        return self.submits(paper["id"]).json()


def went_fast(response: HttpResponse) -> bool:
    """Whether the fast lane answered: everybody else's answers say their language."""
    return "Content-Language" not in response.headers


def open_exam(learner: Learner, *, in_bank: int = 12, **fields: Any) -> Course:
    """A course whose videos this learner has watched: five single choices, three to pass, thirty minutes."""
    page, courses = classes.exam_class(classes.exam(classes.bank(singles=in_bank), **fields))
    learner.enrols(page)
    classes.watch_all(learner, courses[0])
    return courses[0]


def code_of(response: HttpResponse) -> tuple[int, str]:
    """(status, error code) of a refusal."""
    return response.status_code, response.json()["errors"][0]["code"]
