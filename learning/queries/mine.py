"""学习 (L8): a learner's classes and what he was at last. A constant number of queries however many classes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cms.queries import syllabi_of, terms_of
from identity.acting import ActingRole
from learning.models import CourseProgress, Enrolment, LessonProgress
from learning.queries.outline import ClassProgress, LessonState, assemble, version_of
from registry.hours import queries as hours

MOST_CLASSES = 100


@dataclass(frozen=True)
class EnrolmentCard:
    """One of my classes: its progress, when I last studied it, the lesson to go on with (None: nothing left)."""

    progress: ClassProgress
    last_studied_at: datetime | None
    enrolled_at: datetime
    current: LessonState | None

    @property
    def is_finished(self) -> bool:
        return self.progress.completed

    @property
    def is_started(self) -> bool:
        return self.last_studied_at is not None


@dataclass(frozen=True)
class LearningSummary:
    """The year's hours, the classes in progress (started, not finished), and the most recent one."""

    year: hours.YearTotals
    in_progress: list[EnrolmentCard]
    latest: EnrolmentCard | None


def my_enrolments(role: ActingRole, class_ids: Collection[int] | None = None) -> list[EnrolmentCard]:
    """My classes, the one studied last first; at most 100. Four queries beside cached syllabi.

    `class_ids` asks for those of them only: what a list of classes marks as one's own.
    """
    mine = Enrolment.objects.filter(user_id=role.user_id, state=Enrolment.State.ACTIVE)
    if class_ids is not None:
        mine = mine.filter(class_page_id__in=class_ids)
    enrolments = list(mine.order_by("-last_studied_at", "-enrolled_at")[:MOST_CLASSES])
    if not enrolments:
        return []
    enrolments.sort(key=lambda row: row.last_studied_at or row.enrolled_at, reverse=True)
    terms = terms_of([row.class_page_id for row in enrolments])
    versions = {row.pk: version_of(row, terms[row.class_page_id]) for row in enrolments}
    syllabi = syllabi_of([(row.class_page_id, versions[row.pk]) for row in enrolments])
    lessons: dict[int, dict[int, LessonProgress]] = {row.pk: {} for row in enrolments}
    for lesson in LessonProgress.objects.filter(enrolment__in=enrolments):
        lessons[lesson.enrolment_id][lesson.lesson_id] = lesson
    courses: dict[int, dict[int, CourseProgress]] = {row.pk: {} for row in enrolments}
    for course in CourseProgress.objects.filter(enrolment__in=enrolments):
        courses[course.enrolment_id][course.course_id] = course
    return [
        _card(
            row,
            assemble(
                row,
                terms[row.class_page_id],
                syllabi[(row.class_page_id, versions[row.pk])],
                lessons[row.pk],
                courses[row.pk],
            ),
            lessons[row.pk],
        )
        for row in enrolments
    ]


def enrolled_in(role: ActingRole, class_ids: Collection[int]) -> frozenset[int]:
    """Those of these classes this learner is enrolled in. One query, none for who learns nothing."""
    if not role.is_learner:
        return frozenset()
    mine = Enrolment.objects.filter(user_id=role.user_id, state=Enrolment.State.ACTIVE, class_page_id__in=class_ids)
    return frozenset(mine.values_list("class_page_id", flat=True))


def _card(enrolment: Enrolment, progress: ClassProgress, rows: dict[int, LessonProgress]) -> EnrolmentCard:
    """The lesson to go on with is the one last beaten in, as long as it is open; else the next open one.

    It is locked again when its course was cleared (L2) and an earlier lesson is to be watched first.
    """
    latest = max(rows.values(), key=lambda row: row.beat_at_ms, default=None)
    current = progress.next_lesson
    if latest and not latest.done_at:
        going_on = (lesson for lesson in progress.lessons if lesson.id == latest.lesson_id and lesson.state == "open")
        current = next(going_on, current)
    return EnrolmentCard(progress, enrolment.last_studied_at, enrolment.enrolled_at, current)


def learning_summary(role: ActingRole, year: int) -> LearningSummary:
    """What the 学习 page says (L8)."""
    cards = my_enrolments(role)
    started = [card for card in cards if card.is_started and not card.is_finished]
    return LearningSummary(
        year=hours.totals(role.user_id, year), in_progress=started, latest=started[0] if started else None
    )
