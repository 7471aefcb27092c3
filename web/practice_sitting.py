"""A sitting at practice (L9): which questions are in hand, how many were answered, how many right.

It lives in the session, so that the page works without JavaScript and a reload shows the same question. What is right
is never in it.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from django.http import HttpRequest

from exams.services import PracticeResult

_KEY = "practice"
_FORGOTTEN_AFTER_SECONDS = 2 * 3600


@dataclass(frozen=True)
class Told:
    """The answer to the question in hand, once it is given. `times`: how often it had been answered before."""

    chosen: list[str]
    times: int
    correct: bool
    to_go: int
    leaves_book: bool


@dataclass(frozen=True)
class Sitting:
    """`ids`: the batch; `at`: the place in it, past its end when it is done. Counted are this sitting and the batch."""

    course_id: int
    by_mistakes: bool
    ids: list[int]
    at: int = 0
    told: Told | None = None
    answered: int = 0
    right: int = 0
    batch_answered: int = 0
    batch_right: int = 0
    seen_done: bool = False
    used_at: float = field(default=0.0, compare=False)

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.ids)

    @property
    def question(self) -> int | None:
        """The question in hand; None when the batch is done."""
        return None if self.is_done else self.ids[self.at]

    @property
    def number(self) -> int:
        return self.at + 1

    @property
    def is_last(self) -> bool:
        return self.number == len(self.ids)

    def with_batch(self, ids: list[int]) -> Self:
        """The next batch of the same sitting."""
        return replace(self, ids=ids, at=0, told=None, batch_answered=0, batch_right=0, seen_done=False)

    def at_next(self) -> Self:
        return replace(self, at=self.at + 1, told=None)

    def without_question(self) -> Self:
        """The question in hand can't be asked any more: the next one takes its place."""
        return replace(self, ids=self.ids[: self.at] + self.ids[self.at + 1 :], told=None)

    def going_on_with(self, ids: list[int]) -> Self:
        """These questions are what is left of the batch."""
        return replace(self, ids=self.ids[: self.at] + ids)

    def with_answer(self, result: PracticeResult, chosen: list[str], times: int) -> Self:
        """What came of the answer; one that was sent again is shown, but not counted again."""
        told = Told(chosen, times, result.correct, result.to_go, result.leaves_book)
        if not result.counted:
            return replace(self, told=told)
        right = int(result.correct)
        return replace(
            self,
            told=told,
            answered=self.answered + 1,
            right=self.right + right,
            batch_answered=self.batch_answered + 1,
            batch_right=self.batch_right + right,
        )


def kept_sitting(request: HttpRequest, course_id: int, by_mistakes: bool, now: datetime) -> Sitting | None:
    """The sitting at this course as the session has it; None where there is none, or it was left hours ago."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if not kept or (kept["course_id"], kept["by_mistakes"]) != (course_id, by_mistakes):
        return None
    if now.timestamp() - kept["used_at"] > _FORGOTTEN_AFTER_SECONDS:
        return None
    return Sitting(**kept | {"told": Told(**kept["told"]) if kept["told"] else None})


def keep_sitting(request: HttpRequest, sitting: Sitting, now: datetime) -> None:
    """One sitting at a time: another course's takes its place."""
    request.session[_KEY] = asdict(replace(sitting, used_at=now.timestamp()))
