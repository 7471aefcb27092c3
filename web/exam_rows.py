"""An exam as the learner's pages show it: its state in words, what is missing, where its one button leads (L2, L9)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.queries import PRACTICE, BlueprintTerms, candidates, class_terms, terms_of
from cms.questions import QuestionKind
from core.errors import Refusal
from exams.queries import IN_PROGRESS, LOCKED, PASSED, RELEARN, TO_SIT, ExamCard, result_of
from learning.queries import ClassProgress, CourseState, why_closed
from web.classes import course_heading, exam_address, player_address

GROUPS: tuple[tuple[str, str | Promise], ...] = (
    (IN_PROGRESS, gettext_lazy("进行中")),
    (TO_SIT, gettext_lazy("待考")),
    (RELEARN, gettext_lazy("重新学习")),
    (LOCKED, gettext_lazy("未开放")),
    (PASSED, gettext_lazy("已通过")),
)
_STATUS = {IN_PROGRESS: "warn", TO_SIT: "wait", RELEARN: "warn", LOCKED: "idle", PASSED: "ok"}


def paper_address(attempt_id: uuid.UUID) -> str:
    return reverse("web:exam-paper", args=(attempt_id,))


def result_address(attempt_id: uuid.UUID) -> str:
    return reverse("web:exam-result", args=(attempt_id,))


def practice_address(course_id: int) -> str:
    """Where the questions of a course are practised (L9)."""
    return f"/learn/practice/{course_id}/"


def exam_name(subject: str) -> str:
    """小节考试, 课程考试: after what a course is called in this subject."""
    return _("小节考试") if subject == "public" else _("课程考试")


def has_practice(blueprint: BlueprintTerms) -> bool:
    """Whether there is anything to practise before this exam."""
    return any(candidates(blueprint.rules, PRACTICE))


@dataclass(frozen=True)
class Step:
    """A button: what stands on it, and where it leads."""

    label: str
    address: str


@dataclass(frozen=True)
class Missing:
    """What has to be done first, in a sentence, and where."""

    words: str
    step: Step | None


@dataclass(frozen=True)
class PastAttempt:
    """A line of the history; `address` is empty for a voided one."""

    title: str
    attempt: object
    kind: str
    state: str
    seconds_used: int
    address: str


@dataclass(frozen=True)
class ExamRow:
    """One exam, ready to be drawn; `closed` says why the class can't be studied now."""

    card: ExamCard
    closed: Refusal | None = None

    @property
    def progress(self) -> ClassProgress:
        return self.card.place.progress

    @property
    def course(self) -> CourseState:
        return self.card.place.course

    @property
    def heading(self) -> str:
        number = 1 + [course.id for course in self.progress.courses].index(self.course.id)
        return course_heading(self.progress.subject, number, self.course.title)

    @property
    def name(self) -> str:
        return exam_name(self.progress.subject)

    @property
    def address(self) -> str:
        return exam_address(self.course.id)

    @property
    def status(self) -> str:
        """The colour that goes with the state."""
        return _STATUS[self.card.state]

    @property
    def state_words(self) -> str:
        return str(dict(GROUPS)[self.card.state])

    @property
    def pass_mark(self) -> str:
        """28 题及格; where questions have different points 60 分及格."""
        return pass_words(self.card.blueprint)

    @property
    def missing(self) -> Missing | None:
        """What has to be done before it opens; None where it is open or passed."""
        if self.card.state == RELEARN:
            words = _("重新学完 %(count)s 个视频，就有 2 次新的机会") % {"count": _left(self.course)}
            return Missing(words, _to_lesson(self.progress, self.course, _("重新学习")))
        return _before_it_opens(self.progress, self.course) if self.card.state == LOCKED else None

    @property
    def step(self) -> Step | None:
        """The one thing to do next; None where nothing is."""
        if self.card.state == IN_PROGRESS and self.card.open_attempt:
            return Step(_("继续答题"), paper_address(self.card.open_attempt.public_id))
        if self.closed and self.card.state != PASSED:
            return None
        if self.card.state == TO_SIT:
            return Step(_("去考试"), self.address)
        if self.card.state == PASSED:
            passed = next((row for row in self.card.attempts if row.passed), None)
            return Step(_("看结果"), result_address(passed.public_id)) if passed else None
        return self.missing.step if self.missing else None

    @property
    def history(self) -> list[PastAttempt]:
        """Every attempt, the latest first, voided ones too."""
        return [_past(attempt, self.course.round > 1) for attempt in self.card.attempts]


def pass_words(blueprint: BlueprintTerms) -> str:
    """The mark that is enough, in questions where each counts one point, else in points."""
    if blueprint.is_one_point_each:
        return _("%(count)s 题及格") % {"count": blueprint.pass_points}
    return _("%(mark)s 分及格") % {"mark": blueprint.pass_points}


def _left(course: CourseState) -> int:
    return sum(lesson.state != "done" for lesson in course.lessons)


def _to_lesson(progress: ClassProgress, course: CourseState, label: str) -> Step | None:
    """To the first video of this course that is to be watched."""
    lesson = next((lesson for lesson in course.lessons if lesson.state == "open"), None)
    return Step(label, player_address(progress.enrolment_id, lesson.id)) if lesson else None


def _before_it_opens(progress: ClassProgress, course: CourseState) -> Missing | None:
    for number, other in enumerate(progress.courses, 1):
        if other.id == course.id:
            break
        if other.state == "done":
            continue
        heading = {"course": course_heading(progress.subject, number, other.title)}
        if other.exam_is_open:
            return Missing(_("先通过“%(course)s”的考试") % heading, Step(_("去考试"), exam_address(other.id)))
        return Missing(_("先学完“%(course)s”") % heading, _to_lesson(progress, other, _("去学习")))
    words = _("还有 %(count)s 个视频没学完，学完就开放") % {"count": _left(course)}
    return Missing(words, _to_lesson(progress, course, _("去学习")))


def _past(attempt: object, names_round: bool) -> PastAttempt:
    number = {"round": attempt.round, "number": attempt.number}
    title = _("第 %(round)s 轮第 %(number)s 次") if names_round else _("第 %(number)s 次")
    if attempt.state == "voided":
        kind, state, address = "idle", _("已作废"), ""
    elif attempt.state == "open":
        kind, state, address = "warn", _("进行中"), paper_address(attempt.public_id)
    else:
        kind, state = ("ok", _("已通过")) if attempt.passed else ("warn", _("未通过"))
        address = result_address(attempt.public_id)
    return PastAttempt(title % number, attempt, kind, state, result_of(attempt).seconds_used, address)


def exam_row(card: ExamCard, today: date) -> ExamRow:
    """One exam with what its class's dates say. One query."""
    return ExamRow(card, why_closed(class_terms(card.place.progress.class_id), today))


def exam_groups(cards: Iterable[ExamCard], today: date) -> list[tuple[str, list[ExamRow]]]:
    """The exams by state, what is to be done first; groups without any left out. One query where classes are known."""
    cards = list(cards)
    terms = terms_of({card.place.progress.class_id for card in cards})
    rows = [ExamRow(card, why_closed(terms[card.place.progress.class_id], today)) for card in cards]
    grouped = [(str(title), [row for row in rows if row.card.state == state]) for state, title in GROUPS]
    return [(title, group) for title, group in grouped if group]


# --- Kinds of questions -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class KindRow:
    """How many questions of a kind a paper has, and what they are worth together."""

    label: str
    count: int
    points: int


def kind_rows(blueprint: BlueprintTerms) -> list[KindRow]:
    """In the order of a paper."""
    rows = []
    for kind in QuestionKind:
        rules = [rule for rule in blueprint.rules if rule["kind"] == kind]
        if rules:
            count = sum(rule["count"] for rule in rules)
            points = sum(rule["count"] * rule["points"] for rule in rules)
            rows.append(KindRow(str(kind.label), count, points))
    return rows
