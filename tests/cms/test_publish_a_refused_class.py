"""What can't be completed isn't published (E1): every reason, said in words, and nothing changed."""

from datetime import date, timedelta

import pytest

from cms.errors import PublishRefused
from cms.models import ClassPage, Lesson, Question, QuestionSet, SyllabusVersion
from cms.services import QuizDraft
from tests.cms.factories import class_page, course, lesson, question_set, quiz, unready_video, video

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


def refusal(**given) -> str:
    """The reasons with which publishing this class is refused; it is checked that nothing went live."""
    with pytest.raises(PublishRefused) as caught:
        class_page(**given)
    assert not ClassPage.objects.live().exists()
    assert not SyllabusVersion.objects.exists()
    return "；".join(caught.value.reasons)


def test_a_video_that_is_being_transcoded(clock):
    reasons = refusal(courses=[course("复苏", [lesson("按压", unready_video())])])

    assert reasons == "“复苏 · 按压”：视频还不能用（转码中）"


def test_a_video_that_failed_says_why(clock):
    broken = unready_video("failed", failure_reason="没有画面")

    assert "（失败：没有画面）" in refusal(courses=[course(lessons=[lesson("按压", broken)])])


def test_a_lesson_without_a_video(clock):
    from cms.services import LessonDraft

    assert "还没选视频" in refusal(courses=[course(lessons=[LessonDraft("按压", None)])])


def test_a_lesson_and_a_course_without_a_title(clock):
    reasons = refusal(courses=[course("", [lesson("")])])

    assert reasons == "“第 1 门课程”：还没有名称；“第 1 门课程 · 第 1 个视频”：还没有名称"


def test_a_course_without_lessons(clock):
    assert "还没有视频" in refusal(courses=[course(lessons=[])])


def test_no_course_at_all(clock):
    assert "课程目录还是空的" in refusal(courses=[], hours=2)


@pytest.mark.parametrize("at", ["1:01", "10:00"])
def test_a_quiz_after_the_end_of_the_video(clock, at):
    assert "晚于视频结尾" in refusal(courses=[course(lessons=[lesson(quizzes=[quiz(at)])])])


@pytest.mark.parametrize("at", ["20", "0:61", "abc", "0:20:"])
def test_a_quiz_at_an_unreadable_moment(clock, at):
    assert "要写一个时刻" in refusal(courses=[course(lessons=[lesson(quizzes=[quiz(at)])])])


def test_a_quiz_at_the_very_beginning(clock):
    assert "不能在 0:00" in refusal(courses=[course(lessons=[lesson(quizzes=[quiz("0:00")])])])


def test_an_empty_question_set(clock):
    empty = question_set("空题组", [])

    assert "“空题组”里还没有题目" in refusal(courses=[course(lessons=[lesson(quizzes=[QuizDraft(empty, "0:10")])])])


def test_a_question_set_that_is_gone(clock):
    gone = question_set()
    QuestionSet.objects.all().delete()

    assert "还没选题组" in refusal(courses=[course(lessons=[lesson(quizzes=[QuizDraft(gone, "0:10")])])])


def test_a_question_without_a_right_option(clock):
    broken = question_set()
    question = Question.objects.get()
    question.options = [{"type": "option", "value": {"text": text, "is_right": False}} for text in "甲乙"]
    question.save()

    assert "有不完整的题目" in refusal(courses=[course(lessons=[lesson(quizzes=[QuizDraft(broken, "0:10")])])])


def test_no_hours(clock):
    assert "还没填班级学时" in refusal(hours=None)


def test_a_professional_course_without_hours(clock):
    assert "“第一门”：还没填学时" in refusal(courses=[course(hours=None)], hours=2)


def test_hours_that_do_not_add_up(clock):
    assert "合计 2，和班级学时 12 不一致" in refusal(hours=12)


def test_a_professional_class_without_a_specialty(clock):
    assert "要选一个专业" in refusal(specialty="")


def test_a_public_class_with_a_price(clock):
    assert "公需科目免费" in refusal(subject="public", price_fen=100)


def test_an_original_price_below_the_price(clock):
    assert "原价不能低于价格" in refusal(price_fen=240, original_price_fen=200)


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"starts_on": DAY, "ends_on": DAY - timedelta(1)}, "结束日期早于开始日期"),
        ({"ends_on": DAY, "grace_until": DAY - timedelta(1)}, "早于结束日期"),
        ({"grace_until": DAY}, "没有结束日期"),
    ],
)
def test_dates_in_the_wrong_order(clock, dates, words):
    assert words in refusal(**dates)


def test_blocks_with_the_same_id(clock):
    page = class_page(courses=[course(lessons=[lesson("一"), lesson("二")])])
    blocks = page.syllabus.get_prep_value()
    lessons = blocks[0]["value"]["lessons"]
    lessons[1]["id"] = lessons[0]["id"]
    page.syllabus = blocks

    with pytest.raises(PublishRefused, match="重复的块"):
        page.save_revision().publish()

    assert SyllabusVersion.objects.get().number == 1


def test_all_reasons_are_given_at_once(clock):
    reasons = refusal(hours=None, specialty="", courses=[course(hours=None, lessons=[])])

    assert reasons.count("；") == 3


def test_a_refused_change_leaves_what_is_published_alone(clock):
    page = class_page(courses=[course(lessons=[lesson("一")])])
    rows = list(Lesson.objects.values())

    with pytest.raises(PublishRefused):
        class_page(courses=[course(lessons=[lesson("一", unready_video())])])

    page.refresh_from_db()
    assert page.live
    assert list(Lesson.objects.values()) == rows


def test_a_sound_class_with_everything_is_published(clock):
    sound = lesson("按压", video(30), quizzes=[quiz("0:10"), quiz("0:30"), quiz("")], is_preview=True)

    page = class_page(
        courses=[course(lessons=[sound])],
        starts_on=DAY,
        ends_on=DAY,
        grace_until=DAY,
        price_fen=240,
        original_price_fen=360,
    )

    assert page.live
