"""Why a class can't be published yet (E1): every required item must be completable."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cms.errors import PublishRefused
from cms.publishing.draft import DraftCourse, DraftLesson, DraftQuiz, draft_of
from cms.publishing.exams import faults_of_exam


@dataclass(frozen=True)
class Fault:
    """A reason in words, and where it lies: a field of the page, or a place in the syllabus (course, lesson)."""

    message: str
    field: str = "syllabus"
    course: int | None = None
    lesson: int | None = None
    part: str = ""

    def sentence(self, courses: tuple[DraftCourse, ...]) -> str:
        """The reason with the names of the course and lesson it lies in."""
        if self.course is None:
            return self.message
        course = courses[self.course]
        names = [course.title or _("第 %d 门课程") % (self.course + 1)]
        if self.lesson is not None:
            names.append(course.lessons[self.lesson].title or _("第 %d 个视频") % (self.lesson + 1))
        return f"“{' · '.join(names)}”：{self.message}"


def refuse_unless_publishable(page: Any) -> None:
    """Raises PublishRefused with every reason in words."""
    courses = draft_of(page)
    faults = list(faults_of(page, courses))
    if faults:
        raise PublishRefused([fault.sentence(courses) for fault in faults])


def faults_of(page: Any, courses: tuple[DraftCourse, ...]) -> Iterator[Fault]:
    """What keeps this state of the page from being published."""
    if page.alias_of_id:
        yield Fault(_("班级不能建镜像，请改用复制"), field="title")
        return
    yield from _faults_of_terms(page)
    if not courses:
        yield Fault(_("课程目录还是空的，至少要有一门课程"))
    yield from _doubled(courses)
    for index, course in enumerate(courses):
        yield from _faults_of_course(page, course, index)
    yield from _hours_that_differ(page, courses)


def _faults_of_terms(page: Any) -> Iterator[Fault]:
    if not page.hours or page.hours <= 0:
        yield Fault(_("还没填班级学时"), field="hours")
    if page.subject == "professional" and page.specialty_id is None:
        yield Fault(_("专业科目要选一个专业"), field="specialty")
    if page.subject == "public" and page.price_fen:
        yield Fault(_("公需科目免费，价格要填 0"), field="price_fen")
    if page.original_price_fen is not None and page.original_price_fen < page.price_fen:
        yield Fault(_("原价不能低于价格"), field="original_price_fen")
    if page.starts_on and page.ends_on and page.ends_on < page.starts_on:
        yield Fault(_("结束日期早于开始日期"), field="ends_on")
    if page.grace_until and not page.ends_on:
        yield Fault(_("没有结束日期，就不用填已报名学员可学到的日期"), field="grace_until")
    elif page.grace_until and page.ends_on and page.grace_until < page.ends_on:
        yield Fault(_("已报名学员可学到的日期早于结束日期"), field="grace_until")


def _doubled(courses: tuple[DraftCourse, ...]) -> Iterator[Fault]:
    """The editor's server accepts a block sent twice under one id; two rows can't share it."""
    seen: set[UUID] = set()
    for block_id in _ids(courses):
        if block_id in seen:
            yield Fault(_("课程目录里有重复的块，请删掉其中一个再复制一次"))
            return
        seen.add(block_id)


def _ids(courses: tuple[DraftCourse, ...]) -> Iterator[UUID]:
    for course in courses:
        yield course.block_id
        if course.exam:
            yield course.exam.block_id
        for lesson in course.lessons:
            yield lesson.block_id
            yield from (quiz.block_id for quiz in lesson.quizzes)


def _faults_of_course(page: Any, course: DraftCourse, index: int) -> Iterator[Fault]:
    if not course.title:
        yield Fault(_("还没有名称"), course=index, part="title")
    if page.subject == "professional" and not course.hours:
        yield Fault(_("还没填学时"), course=index, part="hours")
    if not course.lessons:
        yield Fault(_("还没有视频"), course=index, part="lessons")
    for position, lesson in enumerate(course.lessons):
        for message, part in _faults_of_lesson(lesson):
            yield Fault(message, course=index, lesson=position, part=part)
    if course.exam:
        for message in faults_of_exam(course.exam):
            yield Fault(message, course=index, part="exam")


def _faults_of_lesson(lesson: DraftLesson) -> Iterator[tuple[str, str]]:
    video = lesson.video
    if not lesson.title:
        yield _("还没有名称"), "title"
    if video is None:
        yield _("还没选视频"), "video"
    elif video.state != "ready":
        state = "：".join(filter(None, (str(video.get_state_display()), video.failure_reason)))
        yield _("视频还不能用（%(state)s）") % {"state": state}, "video"
    for quiz in lesson.quizzes:
        for message in _faults_of_quiz(quiz, lesson):
            yield message, "quiz_points"


def _faults_of_quiz(quiz: DraftQuiz, lesson: DraftLesson) -> Iterator[str]:
    if quiz.at_ms is None:
        yield _("课中提问要写一个时刻，或者勾选在片尾提问，二选一")
    elif quiz.at_ms <= 0 and not quiz.at_end:
        yield _("课中提问不能在 0:00")
    elif lesson.video and lesson.video.state == "ready" and quiz.at_ms > lesson.video.duration_ms:
        yield _("课中提问晚于视频结尾")
    if quiz.question_set is None:
        yield _("课中提问还没选题组")
        return
    questions = list(quiz.question_set.questions.all())
    if not questions:
        yield _("题组“%(title)s”里还没有题目") % {"title": quiz.question_set.title}
    elif any(question.faults() for question in questions):
        yield _("题组“%(title)s”里有不完整的题目") % {"title": quiz.question_set.title}


def _hours_that_differ(page: Any, courses: tuple[DraftCourse, ...]) -> Iterator[Fault]:
    """A professional class credits its courses one by one: what it promises must be what they add up to (L7)."""
    if page.subject != "professional" or not page.hours or not all(course.hours for course in courses):
        return
    total = sum((course.hours or Decimal(0) for course in courses), Decimal(0))
    if courses and total != page.hours:
        yield Fault(
            _("各门课程的学时合计 %(total)s，和班级学时 %(hours)s 不一致") % {"total": total, "hours": page.hours},
            field="hours",
        )
