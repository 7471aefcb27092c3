"""What a result page says: figures, friendly words, and the way on (L2)."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from cms.queries import blueprint_terms
from cms.questions import QuestionKind
from exams.queries import ATTEMPTS_A_ROUND, IN_PROGRESS, PASSED, RELEARN, TO_SIT, Result, right_by_kind
from learning.queries import ClassProgress
from web.classes import course_heading, exam_address, player_address
from web.exam_rows import ExamRow, Step, has_practice, practice_address

MOST_TICKS = 120
"""More ticks than this run into one another (design guide)."""


@dataclass(frozen=True)
class KindResult:
    """How a kind of questions went."""

    label: str
    right: int
    total: int

    @property
    def wrong(self) -> int:
        return self.total - self.right


@dataclass(frozen=True)
class ResultPage:
    """A finished attempt beside how the exam stands now."""

    row: ExamRow
    result: Result

    @property
    def is_one_point_each(self) -> bool:
        return blueprint_terms(self.result.attempt.blueprint_id).is_one_point_each

    @property
    def is_ticked(self) -> bool:
        return self.result.attempt.total <= MOST_TICKS

    @property
    def pass_mark(self) -> str:
        attempt = self.result.attempt
        words = _("%(mark)s 题及格") if self.is_one_point_each else _("%(mark)s 分及格")
        return words % {"mark": attempt.pass_points}

    @property
    def mark_turn(self) -> str:
        """Degrees at which the pass mark stands on the ring."""
        attempt = self.result.attempt
        return f"{360 * attempt.pass_points / attempt.max_points:.2f}"

    @property
    def blank(self) -> int:
        """Questions that were left out."""
        attempt = self.result.attempt
        return attempt.total - sum(bool(chosen) for chosen in attempt.answers.values())

    @property
    def used(self) -> str:
        """已考次数 in its round: 2/2."""
        return f"{self.result.attempt.number}/{ATTEMPTS_A_ROUND}"

    @property
    def kinds(self) -> list[KindResult]:
        counts = right_by_kind(self.result.attempt)
        return [KindResult(str(QuestionKind(kind).label), right, total) for kind, (right, total) in counts.items()]

    # --- Words
    @property
    def title(self) -> str:
        """What came of it, and in a failure what would have been enough."""
        if self.result.attempt.passed:
            if self.row.progress.completed:
                return _("考试通过，这个班学完了")
            return _("考试通过，接着往下学") if self._following else _("考试通过，学得很扎实")
        words = _("还差 %(count)s 题") if self.is_one_point_each else _("还差 %(count)s 分")
        gap = words % {"count": self.result.missing}
        if self.result.must_relearn:
            return _("%(gap)s，再学一遍会更稳") % {"gap": gap}
        return _("%(gap)s，看准弱项再考一次") % {"gap": gap}

    def advice(self, kinds: list[KindResult]) -> str:
        """The pass mark, what was left out, and which kind went worst."""
        parts = [_("%(mark)s。") % {"mark": self.pass_mark}]
        if self.blank:
            parts.append(_("有 %(count)s 题没有作答，没答的不得分。") % {"count": self.blank})
        worst = max(kinds, key=lambda kind: kind.wrong / kind.total)
        if worst.wrong and len(kinds) > 1 and self.blank < self.result.attempt.total:
            parts.append(_("错得多的是%(kind)s，回看视频时可以多留意。") % {"kind": worst.label})
        if not self.result.attempt.passed and self.row.card.state == TO_SIT:
            left = self.row.card.attempts_left
            parts.append(_("还有 %(count)s 次机会，考前可以回看视频、做做练习。") % {"count": left})
        return "".join(parts)

    # --- The way on
    @property
    def _following(self) -> Step | None:
        return following_step(self.row.progress, self.row.course.id)

    @property
    def step(self) -> Step | None:
        """The primary button."""
        state = self.row.card.state
        if state == TO_SIT:
            return Step(_("再考一次"), self.row.address)
        if state == RELEARN and self.row.step:
            return Step(_("重新学习再考试"), self.row.step.address)
        if state == PASSED:
            return self._following or Step(_("查看年度完成情况"), reverse("web:years"))
        return self.row.step

    @property
    def second_step(self) -> Step | None:
        """The other button: practice, as long as the exam isn't passed."""
        state = self.row.card.state
        if state in (PASSED, IN_PROGRESS) or not has_practice(self.row.card.blueprint):
            return None
        return Step(_("先去练习"), practice_address(self.row.course.id))

    @property
    def is_cleared(self) -> bool:
        """It was the last attempt of its round, and the videos wait to be watched again."""
        attempt = self.result.attempt
        return (
            self.result.must_relearn and self.row.card.state == RELEARN and attempt.round == self.row.course.round - 1
        )


def following_step(progress: ClassProgress, course_id: int) -> Step | None:
    """What comes after a course that is done: the next one's video or exam."""
    for number, course in enumerate(progress.courses, 1):
        if course.id == course_id or course.state != "open":
            continue
        title = {"course": course_heading(progress.subject, number, course.title)}
        if course.exam_is_open:
            return Step(_("去考%(course)s") % title, exam_address(course.id))
        lesson = next((lesson for lesson in course.lessons if lesson.state == "open"), None)
        if lesson:
            return Step(_("接着学%(course)s") % title, player_address(progress.enrolment_id, lesson.id))
    return None
