"""Two failures: the videos of that course and its quizzes begin anew, and nothing else is touched (L2)."""

from decimal import Decimal
from typing import Any

import pytest

from cms.models import Lesson
from cms.services import CourseDraft, ExamDraft, LessonDraft, QuizDraft
from exams.queries import exam_of as exam_card
from learning.models import CourseClearing, CourseProgress, LessonProgress, QuizTry, Watch
from learning.services import clear_course
from registry.hours.models import HourEntry
from tests.cms.factories import class_page, question_set, video
from tests.exams import classes
from tests.learning.classes import QUESTION

EASY = {"singles": 3, "pass_points": 2}


def frontiers(course) -> dict[str, int]:
    rows = LessonProgress.objects.filter(lesson__course=course).order_by("lesson__position")
    return {row.lesson.title: row.frontier_ms for row in rows}


def two_failures(candidate, course) -> None:
    candidate.fails(course)
    candidate.fails(course)


def quiz_class(candidate):
    """A course of one video of twenty seconds with a quiz at ten."""
    quiz = QuizDraft(question_set("题组", [QUESTION]), "0:10")
    exam = classes.exam(classes.bank(), **EASY)
    lesson = LessonDraft("视频", video(20).pk, quizzes=[quiz])
    page = class_page(
        "with-quiz", [CourseDraft("课程", [lesson], Decimal(1), exam)], subject="public", hours=Decimal(1)
    )
    candidate.enrols(page)
    (course,) = classes.courses_of(page)
    classes.watch_all(candidate, course)
    return page, course


def test_all_videos_of_the_course_are_to_be_watched_again(candidate):
    page, (course,) = classes.exam_class(classes.exam(classes.bank(), **EASY), seconds=(20, 30))
    candidate.enrols(page)
    classes.watch_all(candidate, course)
    assert frontiers(course) == {"视频 1.1": 20_000, "视频 1.2": 30_000}

    two_failures(candidate, course)

    assert frontiers(course) == {"视频 1.1": 0, "视频 1.2": 0}
    row = CourseProgress.objects.get()
    assert (row.round, row.videos_done_at, row.exam_passed_at) == (2, None, None)
    first, second = course.lessons.order_by("position")
    assert candidate.tries_to_start(second).json()["errors"][0]["code"] == "locked"
    assert candidate.starts(first).opened["resume_at"] == 0


def test_the_same_quizzes_are_asked_again_and_the_old_tries_stay(candidate):
    page, course = quiz_class(candidate)
    assert QuizTry.objects.filter(correct=True, round=1).count() == 1
    two_failures(candidate, course)

    lesson = course.lessons.get()
    sitting = candidate.starts(lesson)
    assert sitting.opened["next_stop"] == 10
    answer = candidate.watches_to(sitting, 20)
    assert answer["position"] == 10
    assert answer["quiz"]
    assert candidate.answers_right(sitting, answer["quiz"])["correct"]

    assert sorted(QuizTry.objects.filter(correct=True).values_list("round", flat=True)) == [1, 2]
    assert candidate.watches_to(sitting, 20, 10)["lesson_done"]
    assert exam_card(candidate.role, course.pk).attempts_left == 2


def test_a_video_that_was_cleared_is_watched_at_the_clock_s_pace_again(candidate, exam_of):
    course = exam_of()
    two_failures(candidate, course)

    sitting = candidate.starts(course.lessons.get())
    candidate.clock.tick(5)

    assert sitting.beat(20).json()["position"] == 5, "the ban on seeking ahead is there again (complaints, row 6)"


def test_other_courses_and_other_learners_keep_what_they_have(candidate, stranger):
    bank = classes.bank()
    exam = classes.exam(bank, **EASY)
    page, (first, second) = classes.exam_class(exam, exam)
    elsewhere, (third,) = classes.exam_class(exam)
    for learner in (candidate, stranger):
        for each in (page, elsewhere):
            learner.enrols(each)
        for course in (first, third):
            classes.watch_all(learner, course)
    stranger.fails(first)
    candidate.passes(first)
    classes.watch_all(candidate, second)
    rest = LessonProgress.objects.exclude(lesson__course=second, enrolment__user=candidate.user).order_by("pk")
    others = CourseProgress.objects.exclude(course=second, enrolment__user=candidate.user).order_by("pk")
    before = (list(rest.values()), list(others.values()))

    two_failures(candidate, second)

    assert (list(rest.values()), list(others.values())) == before
    assert exam_card(candidate.role, second.pk).state == "relearn"
    assert exam_card(candidate.role, first.pk).state == "passed"


def test_hours_that_were_earned_stay(candidate):
    exam = classes.exam(classes.bank(), **EASY)
    page, (first, second) = classes.exam_class(exam, exam, subject="professional", specialty="health")
    candidate.enrols(page)
    classes.watch_all(candidate, first)
    candidate.passes(first)
    earned = list(HourEntry.objects.values())
    assert len(earned) == 1
    classes.watch_all(candidate, second)

    two_failures(candidate, second)

    assert list(HourEntry.objects.values()) == earned


def test_a_course_that_counted_is_never_cleared(candidate, exam_of):
    course = exam_of()
    candidate.passes(course)
    row = CourseProgress.objects.get()
    place = {"enrolment_id": row.enrolment_id, "course_id": course.pk}

    assert not clear_course(**place, round_=1, now=candidate.clock.now())

    assert LessonProgress.objects.get().frontier_ms == 20_000
    assert not CourseClearing.objects.exists()


def test_it_is_cleared_once_a_round(candidate, exam_of):
    course = exam_of()
    two_failures(candidate, course)
    row = CourseProgress.objects.get()
    candidate.watches_to(candidate.starts(course.lessons.get()), 10)

    again = clear_course(enrolment_id=row.enrolment_id, course_id=course.pk, round_=1, now=candidate.clock.now())

    assert not again
    assert LessonProgress.objects.get().frontier_ms == 10_000
    assert CourseProgress.objects.get().round == 2


def test_a_watch_that_is_open_ends(candidate, exam_of):
    course = exam_of()
    candidate.fails(course)
    sitting = candidate.starts(course.lessons.get())
    candidate.fails(course)

    answer = sitting.beat(20)

    assert answer.status_code == 410
    assert answer.json()["errors"][0]["code"] == "ended"
    assert Watch.objects.latest("pk").end == "cleared"
    assert LessonProgress.objects.get().frontier_ms == 0


def test_a_lesson_that_left_the_class_is_not_asked_for_again(candidate):
    """An editor took the second video out for those who begin later: whoever studies this version has it still."""
    exam = classes.exam(classes.bank(), **EASY)
    page, (course,) = classes.exam_class(exam, seconds=(20, 30))
    candidate.enrols(page)
    classes.watch_all(candidate, course)
    retire_second_lesson(page, exam)
    assert Lesson.objects.filter(retired_in__isnull=False).count() == 1

    two_failures(candidate, course)

    assert set(frontiers(course).values()) == {0}
    for lesson in course.lessons.order_by("position"):
        candidate.finishes(lesson, lesson.duration_ms / 1000)
    assert exam_card(candidate.role, course.pk).attempts_left == 2


def retire_second_lesson(page: Any, exam: ExamDraft) -> None:
    kept = Lesson.objects.filter(class_page=page).order_by("position")[0]
    courses = [CourseDraft("课程 1", [LessonDraft(kept.title, kept.video_id)], Decimal(1), exam)]
    class_page(page.slug, courses, title=page.title, subject="public", hours=Decimal(1))


@pytest.mark.parametrize("seconds", [0, 7, 20])
def test_after_watching_again_two_new_attempts_are_open_and_not_before(candidate, exam_of, seconds):
    course = exam_of()
    two_failures(candidate, course)
    if seconds:
        candidate.watches_to(candidate.starts(course.lessons.get()), seconds)

    card = exam_card(candidate.role, course.pk)

    assert card.state == ("to_sit" if seconds == 20 else "relearn")
    assert card.attempts_left == (2 if seconds == 20 else 0)
    assert [(a.round, a.number, a.state) for a in card.attempts] == [(1, 2, "finished"), (1, 1, "finished")]
