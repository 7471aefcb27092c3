"""A class as one learner sees it: what is done, what is open, what is still locked (L1)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ObjectDoesNotExist

from cms.queries import ClassTerms, CourseOutline, LessonOutline, Syllabus, class_terms, syllabus_of
from identity.acting import ActingRole
from learning.models import CourseProgress, Enrolment, LessonProgress


@dataclass(frozen=True)
class LessonState:
    """A lesson and how far it is; `state` is locked, open or done; times in milliseconds."""

    id: int
    title: str
    duration_ms: int
    is_preview: bool
    quiz_count: int
    state: str
    frontier_ms: int = 0
    position_ms: int = 0

    @property
    def percent(self) -> int:
        """Watched part in whole percent; 100 only when done."""
        if self.state == "done":
            return 100
        return min(99, self.frontier_ms * 100 // self.duration_ms)


@dataclass(frozen=True)
class CourseState:
    """A course and its lessons; `state` is locked, open or done. `round` counts how often it was begun (L2)."""

    id: int
    block_id: str
    title: str
    hours: Decimal
    blueprint_id: int | None
    state: str
    videos_done: bool
    exam_passed: bool
    lessons: tuple[LessonState, ...]
    round: int = 1

    @property
    def has_exam(self) -> bool:
        return self.blueprint_id is not None

    @property
    def exam_is_open(self) -> bool:
        """Whether its exam can be sat: videos done, not passed, nothing before it undone (L1, L2)."""
        return self.has_exam and self.state == "open" and self.videos_done and not self.exam_passed

    @property
    def public_id(self) -> str:
        """Its id as the API names it: never that of a lesson, for `unlocked` lists both."""
        return f"c{self.id}"


@dataclass(frozen=True)
class ClassProgress:
    """A learner's class. `version` is the syllabus version he studies."""

    enrolment_id: int
    class_id: int
    slug: str
    title: str
    subject: str
    hours: Decimal
    version: int
    completed: bool
    courses: tuple[CourseState, ...]
    syllabus: Syllabus
    cover_tone: int = 1

    @cached_property
    def lessons(self) -> tuple[LessonState, ...]:
        return tuple(lesson for course in self.courses for lesson in course.lessons)

    @property
    def lessons_total(self) -> int:
        return len(self.lessons)

    @property
    def lessons_done(self) -> int:
        return sum(lesson.state == "done" for lesson in self.lessons)

    @property
    def percent(self) -> int:
        """Watched part of the class by time, in whole percent; 100 only when every lesson is done."""
        total = sum(lesson.duration_ms for lesson in self.lessons)
        if not total or self.lessons_done == self.lessons_total:
            return 100 if total else 0
        seen = sum(lesson.duration_ms if lesson.state == "done" else lesson.frontier_ms for lesson in self.lessons)
        return min(99, seen * 100 // total)

    @property
    def next_lesson(self) -> LessonState | None:
        """The first open lesson that isn't done; None when nothing is left to watch."""
        return next((lesson for lesson in self.lessons if lesson.state == "open"), None)

    @property
    def exam_to_sit(self) -> CourseState | None:
        """The course whose exam is what comes next; None where none is open."""
        return next((course for course in self.courses if course.exam_is_open), None)

    def lesson_state(self, lesson_id: int) -> tuple[str, LessonOutline]:
        """(state, outline) of a lesson of this class. Raises ObjectDoesNotExist for one that isn't in his version."""
        outlines = {lesson.id: lesson for course in self.syllabus.courses for lesson in course.lessons}
        for lesson in self.lessons:
            if lesson.id == lesson_id:
                return lesson.state, outlines[lesson_id]
        raise ObjectDoesNotExist

    def open_ids(self) -> set[str]:
        """Ids of lessons and courses that aren't locked, as the API names them."""
        found = {str(lesson.id) for lesson in self.lessons if lesson.state != "locked"}
        return found | {course.public_id for course in self.courses if course.state != "locked"}


def version_of(enrolment: Enrolment, terms: ClassTerms) -> int:
    """The syllabus version an enrolment studies: the one it began with, or a later one that the editor asked for."""
    if enrolment.completed_at or not terms.required_version:
        return enrolment.syllabus_version
    return max(enrolment.syllabus_version, terms.required_version)


def class_progress_of(enrolment: Enrolment, terms: ClassTerms) -> ClassProgress:
    """The class as this enrolment stands. Two queries beside the cached syllabus."""
    syllabus = syllabus_of(enrolment.class_page_id, version_of(enrolment, terms))
    lessons = {row.lesson_id: row for row in LessonProgress.objects.filter(enrolment=enrolment)}
    courses = {row.course_id: row for row in CourseProgress.objects.filter(enrolment=enrolment)}
    return assemble(enrolment, terms, syllabus, lessons, courses)


def assemble(
    enrolment: Enrolment,
    terms: ClassTerms,
    syllabus: Syllabus,
    lessons: dict[int, LessonProgress],
    courses: dict[int, CourseProgress],
) -> ClassProgress:
    """Put the syllabus and the rows of progress together; in order: what follows something undone is locked (L1)."""
    states = []
    is_open = True
    for course in syllabus.courses:
        passed = courses.get(course.id)
        state = _course_state(course, lessons, is_open, passed)
        states.append(state)
        is_open = is_open and state.state == "done"
    return ClassProgress(
        enrolment_id=enrolment.pk,
        class_id=terms.id,
        slug=terms.slug,
        title=terms.title,
        subject=terms.subject,
        hours=terms.hours,
        version=version_of(enrolment, terms),
        completed=enrolment.completed_at is not None,
        courses=tuple(states),
        syllabus=syllabus,
        cover_tone=terms.cover_tone,
    )


def _course_state(
    course: CourseOutline, progress: dict[int, LessonProgress], is_open: bool, row: CourseProgress | None
) -> CourseState:
    """A course that counted once is done for good, whatever an editor asks of others later (L7)."""
    reached = is_open
    lessons = []
    for lesson in course.lessons:
        watched = progress.get(lesson.id)
        done = bool(watched and watched.done_at)
        lessons.append(_lesson_state(lesson, watched, "done" if done else "open" if reached else "locked"))
        reached = reached and done
    videos_done = all(lesson.state == "done" for lesson in lessons)
    exam_passed = bool(row and row.exam_passed_at)
    done = bool(row and row.counted_at) or (videos_done and (exam_passed or not course.has_exam))
    return CourseState(
        id=course.id,
        block_id=str(course.block_id),
        title=course.title,
        hours=course.hours,
        blueprint_id=course.blueprint_id,
        round=row.round if row else 1,
        state="done" if done else "open" if is_open else "locked",
        videos_done=videos_done,
        exam_passed=exam_passed,
        lessons=tuple(lessons),
    )


def _lesson_state(lesson: LessonOutline, row: LessonProgress | None, state: str) -> LessonState:
    return LessonState(
        id=lesson.id,
        title=lesson.title,
        duration_ms=lesson.duration_ms,
        is_preview=lesson.is_preview,
        quiz_count=len(lesson.quiz_points),
        state=state,
        frontier_ms=row.frontier_ms if row else 0,
        position_ms=row.position_ms if row else 0,
    )


def class_progress(role: ActingRole, class_id: int) -> ClassProgress | None:
    """This learner's progress in a class, None where he isn't enrolled."""
    if not role.is_learner:
        return None
    enrolment = Enrolment.objects.filter(
        user_id=role.user_id, class_page_id=class_id, state=Enrolment.State.ACTIVE
    ).first()
    return class_progress_of(enrolment, class_terms(class_id)) if enrolment else None


def enrolment_progress(role: ActingRole, enrolment_id: int) -> ClassProgress:
    """The progress of one's own enrolment. Raises Enrolment.DoesNotExist for anybody else's."""
    enrolment = Enrolment.objects.get(pk=enrolment_id, user_id=role.user_id, state=Enrolment.State.ACTIVE)
    return class_progress_of(enrolment, class_terms(enrolment.class_page_id))


def unenrolled_outline(class_id: int, version: int) -> tuple[CourseState, ...]:
    """The courses of a class for somebody who isn't in it: everything is locked."""
    return tuple(_course_state(course, {}, False, None) for course in syllabus_of(class_id, version).courses)
