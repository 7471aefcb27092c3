"""Publishing writes the published syllabus, by difference (mechanism 5)."""

import pytest

from cms.models import ClassPage, Course, Lesson, QuizPoint, SyllabusVersion
from cms.queries import class_terms, syllabus_of
from tests.cms.factories import class_page, course, lesson, question_set, quiz, video

pytestmark = pytest.mark.django_db


def test_the_first_publication_is_version_1(clock):
    page = class_page(courses=[course("甲", [lesson("一"), lesson("二")]), course("乙", [lesson("三")])])

    terms = class_terms(page.pk)
    syllabus = syllabus_of(page.pk, terms.version)

    assert (terms.version, terms.hours) == (1, 4)
    assert [(c.title, [each.title for each in c.lessons]) for c in syllabus.courses] == [
        ("甲", ["一", "二"]),
        ("乙", ["三"]),
    ]


def test_nothing_changed_makes_no_new_version(clock):
    first = lesson(quizzes=[quiz()])
    page = class_page(courses=[course(lessons=[first])])

    class_page(courses=[course(lessons=[first])])

    assert SyllabusVersion.objects.get(class_page=page).number == 1
    assert (Course.objects.count(), Lesson.objects.count(), QuizPoint.objects.count()) == (1, 1, 1)


def test_a_changed_title_place_and_preview_are_updated_in_place(clock):
    one = lesson("一", video())
    page = class_page(courses=[course("甲", [one])])
    row = Lesson.objects.get()

    class_page(courses=[course("改名", [lesson("新名", row.video, is_preview=True)])])

    assert class_terms(page.pk).version == 1
    changed = Lesson.objects.get()
    assert (changed.pk, changed.title, changed.is_preview, changed.course.title) == (row.pk, "新名", True, "改名")


def test_another_video_is_a_new_row_and_the_old_one_is_retired(clock):
    class_page(courses=[course(lessons=[lesson("一")])])
    old = Lesson.objects.get()

    class_page(courses=[course(lessons=[lesson("一", video(90))])])

    old.refresh_from_db()
    new = Lesson.objects.get(retired_in__isnull=True)
    assert (old.retired_in, old.duration_ms, new.added_in, new.duration_ms) == (2, 60_000, 2, 90_000)
    assert new.block_id == old.block_id
    assert Course.objects.count() == 1


def test_a_learner_of_version_1_still_sees_version_1(clock):
    page = class_page(courses=[course(lessons=[lesson("一", quizzes=[quiz()])])])
    before = syllabus_of(page.pk, 1)

    class_page(courses=[course(lessons=[lesson("一", video(90)), lesson("二")])])

    assert syllabus_of(page.pk, 1) == before
    assert [each.title for each in syllabus_of(page.pk, 2).courses[0].lessons] == ["一", "二"]


def test_a_changed_quiz_is_a_new_row_while_its_lesson_stays(clock):
    clip = video()
    class_page(courses=[course(lessons=[lesson("一", clip, quizzes=[quiz("0:20")])])])

    class_page(courses=[course(lessons=[lesson("一", clip, quizzes=[quiz("0:30")])])])

    assert Lesson.objects.count() == 1
    assert list(QuizPoint.objects.order_by("pk").values_list("at_ms", "added_in", "retired_in")) == [
        (20_000, 1, 2),
        (30_000, 2, None),
    ]


def test_questions_are_frozen_until_the_class_is_published_again(clock):
    from tests.cms.factories import QUESTION

    first = lesson(quizzes=[quiz()])
    class_page(courses=[course(lessons=[first])])
    question_set(questions=[QUESTION, QUESTION.__class__("true_false", "要让胸廓充分回弹。", ["对", "错"], [0])])

    assert len(QuizPoint.objects.get().questions) == 1

    class_page(courses=[course(lessons=[first])])

    assert len(QuizPoint.objects.get(retired_in__isnull=True).questions) == 2


def test_what_is_removed_is_retired_and_what_comes_back_is_a_new_row(clock):
    one, two = lesson("一"), lesson("二")
    page = class_page(courses=[course(lessons=[one, two])])

    class_page(courses=[course(lessons=[one])])
    class_page(courses=[course(lessons=[one, two])])

    rows = Lesson.objects.filter(title="二").order_by("pk").values_list("added_in", "retired_in")
    assert list(rows) == [(1, 2), (3, None)]
    assert class_terms(page.pk).version == 3


def test_a_quiz_at_the_end_stands_at_the_duration(clock):
    class_page(courses=[course(lessons=[lesson("一", video(19.5), quizzes=[quiz("")])])])

    assert QuizPoint.objects.get().at_ms == 19_500


def test_moving_a_lesson_to_another_course_leaves_the_old_version_alone(clock):
    page = class_page(courses=[course("甲", [lesson("一"), lesson("二")]), course("乙", [lesson("三")])])
    before = syllabus_of(page.pk, 1)
    blocks = page.syllabus.get_prep_value()
    moved = blocks[0]["value"]["lessons"].pop()
    blocks[1]["value"]["lessons"].append(moved)
    page.syllabus = blocks

    page.save_revision().publish()

    assert syllabus_of(page.pk, 1) == before
    assert [len(c.lessons) for c in syllabus_of(page.pk, 2).courses] == [1, 2]


def test_an_unpublished_class_keeps_its_terms_for_its_learners(clock):
    page = class_page()

    ClassPage.objects.get(pk=page.pk).unpublish()

    terms = class_terms(page.pk)
    assert (terms.is_live, terms.version) == (False, 1)
