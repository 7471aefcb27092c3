"""A learner at his browser: the real HTTP interface, with a clock the test holds."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from learning.models import LessonProgress


@dataclass
class Sitting:
    """One open watch as a client knows it."""

    learner: "Learner"
    opened: dict[str, Any]

    @property
    def id(self) -> str:
        return self.opened["id"]

    def beat(self, position: float, **fields: Any) -> HttpResponse:
        return self.learner.post(f"watches/{self.id}/heartbeat", position=position, playing=True, rate=1, **fields)

    def answer(self, quiz: dict[str, Any], chosen: dict[str, list[str]]) -> HttpResponse:
        return self.learner.post(f"watches/{self.id}/quizzes/{quiz['id']}/answers", answers=chosen)

    def end(self) -> HttpResponse:
        return self.learner.client.post(f"/api/v1/watches/{self.id}/end", "", content_type="application/json")


class Learner:
    """Speaks to the API as one browser does; `clock` is the server's."""

    def __init__(self, user: Any, clock: Any) -> None:
        self.user, self.clock = user, clock
        self.client = Client(headers={"user-agent": "test browser"})
        self.client.force_login(user, backend="identity.backends.LoginKeyBackend")

    def another_device(self) -> "Learner":
        """The same person in another session."""
        return Learner(self.user, self.clock)

    def post(self, path: str, **body: Any) -> HttpResponse:
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json")

    def get(self, path: str) -> HttpResponse:
        return self.client.get(path if path.startswith("/") else f"/api/v1/{path}")

    def enrols(self, class_page: Any) -> HttpResponse:
        return self.post(f"classes/{class_page.slug}/enrolment")

    def tries_to_start(self, lesson: Any) -> HttpResponse:
        return self.post(f"lessons/{lesson.pk}/watch")

    def starts(self, lesson: Any) -> Sitting:
        response = self.tries_to_start(lesson)
        assert response.status_code == 201, response.content
        return Sitting(self, response.json())

    def watches_to(self, sitting: Sitting, target: float, start: float = 0) -> dict[str, Any]:
        """Plays from `start` to `target` seconds in honest beats of ten seconds, stopping where a quiz waits."""
        position = start
        answer: dict[str, Any] = {}
        while position < target:
            step = min(10, target - position)
            self.clock.tick(step)
            position += step
            answer = sitting.beat(position).json()
            if answer["quiz"]:
                break
        return answer

    def answers_right(self, sitting: Sitting, quiz: dict[str, Any], right: str = "对的") -> dict[str, Any]:
        """Chooses the options whose text begins with `right`, as a person who knows would."""
        chosen = {
            question["id"]: [option["id"] for option in question["options"] if option["text"].startswith(right)]
            for question in quiz["questions"]
        }
        return sitting.answer(quiz, chosen).json()

    def finishes(self, lesson: Any, duration: float) -> dict[str, Any]:
        """Watches a lesson to its end, answering what is asked."""
        sitting = self.starts(lesson)
        position = sitting.opened["resume_at"]
        answer: dict[str, Any] = {"lesson_done": False, "quiz": None}
        while not answer["lesson_done"]:
            answer = self.watches_to(sitting, duration, position)
            position = answer["position"]
            if answer["quiz"]:
                result = self.answers_right(sitting, answer["quiz"])
                assert result["correct"], result
                answer = {"lesson_done": result["lesson_done"], "quiz": None, "unlocked": result["unlocked"]}
                if not answer["lesson_done"] and position >= duration:
                    answer = sitting.beat(duration).json()
        return answer


def frontier(learner: Learner, lesson: Any) -> float:
    """Seconds of this lesson that the server holds as watched."""
    return LessonProgress.objects.get(enrolment__user=learner.user, lesson=lesson).frontier_ms / 1000
