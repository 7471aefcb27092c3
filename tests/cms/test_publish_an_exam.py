"""An exam is published when its bank can fill every paper (E1): every reason in words, and what publishing writes."""

import pytest

from cms.errors import PublishRefused
from cms.models import BankQuestion, Blueprint, ClassPage, SyllabusVersion
from cms.queries import shortages
from cms.services import CourseDraft, ExamDraft, ExamRule, write_bank_question
from tests.cms.editing import post_edit, reload
from tests.cms.factories import class_page, course
from tests.exams import classes
from tests.identity.driving import Program

pytestmark = pytest.mark.django_db


def with_exam(exam, plain=None):
    """A course with this exam; `plain` is the course it was before."""
    plain = plain or course("急救基础", hours="1")
    return CourseDraft(plain.title, plain.lessons, plain.hours, exam)


def refusal(exam: ExamDraft) -> str:
    """The reasons for which a class with this exam isn't published; nothing went live."""
    with pytest.raises(PublishRefused) as caught:
        class_page(courses=[with_exam(exam)], subject="public")
    assert not ClassPage.objects.live().exists()
    assert not SyllabusVersion.objects.exists()
    assert not Blueprint.objects.exists()
    return "；".join(caught.value.reasons)


def test_a_bank_that_is_too_small_says_what_is_missing(clock):
    bank = classes.bank("急救题库", singles=3)

    reasons = refusal(classes.exam(bank, singles=5))

    assert reasons == "“急救基础”：急救题库 · 单选题：要抽 5 题，启用的考试题只够 3 题，还差 2 题"


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"state": "draft"}, False),
        ({"state": "retired"}, False),
        ({"pool": "practice"}, False),
        ({"pool": "both"}, True),
        ({"kind": "multiple"}, False),
    ],
)
def test_only_active_questions_of_the_exam_pool_count(clock, fields, counts):
    bank = classes.bank(singles=4)
    write_bank_question(bank_id=bank, draft=classes.question(**fields))

    if counts:
        assert class_page(courses=[with_exam(classes.exam(bank, singles=5))], subject="public").live
    else:
        assert "还差 1 题" in refusal(classes.exam(bank, singles=5))


@pytest.mark.parametrize(
    ("exam", "words"),
    [
        (lambda bank: ExamDraft([], pass_points=3), "考试还没有抽题规则"),
        (lambda bank: classes.exam(bank, minutes=0), "考试还没填限时"),
        (lambda bank: classes.exam(bank, pass_points=0), "考试还没填及格分"),
        (lambda bank: classes.exam(bank, singles=5, pass_points=6), "及格分 6 高于全卷总分 5"),
        (lambda bank: ExamDraft([ExamRule(5)], pass_points=3), "每条抽题规则要选题库或者填标签"),
        (lambda bank: ExamDraft([ExamRule(0, bank)], pass_points=3), "每条抽题规则要填题数和分值"),
        (lambda bank: ExamDraft([ExamRule(5, bank, points=0)], pass_points=3), "每条抽题规则要填题数和分值"),
        (
            lambda bank: ExamDraft([ExamRule(5, bank, difficulty=3)], pass_points=3),
            "急救题库 · 单选题 · 较难：要抽 5 题",
        ),
        (
            lambda bank: ExamDraft([ExamRule(5, bank, tags=["心电"])], pass_points=3),
            "急救题库 · 心电 · 单选题：要抽 5 题",
        ),
    ],
)
def test_every_reason_is_said(clock, exam, words):
    bank = classes.bank(singles=12)

    assert words in refusal(exam(bank))


def test_rules_that_overlap_can_not_starve_one_another(clock):
    bank = classes.bank(singles=6, tags=["急救"])
    for _ in range(3):
        write_bank_question(bank_id=bank, draft=classes.question(difficulty=3))
    overlapping = ExamDraft([ExamRule(5, bank), ExamRule(3, bank, difficulty=3), ExamRule(2, bank, tags=["急救"])], 3)

    reasons = refusal(overlapping)

    # Nine in all: three hard ones are taken, two with the tag, so of the five wanted four are sure.
    assert "单选题：要抽 5 题，启用的考试题只够 4 题" in reasons
    write_bank_question(bank_id=bank, draft=classes.question())
    assert class_page(courses=[with_exam(overlapping)], subject="public").live


def test_a_tag_is_drawn_from_all_banks(clock):
    for title in ("甲题库", "乙题库"):
        classes.bank(title, singles=3, tags=["急救"])

    page = class_page(courses=[with_exam(ExamDraft([ExamRule(6, tags=["急救"])], 3))], subject="public")

    assert page.live
    assert Blueprint.objects.get().rules[0]["tags"] == ["急救"]


def test_a_changed_rule_is_a_new_blueprint_and_version_and_the_same_is_none(clock):
    bank, plain = classes.bank(singles=12), course("急救基础", hours="1")
    page = class_page(courses=[with_exam(classes.exam(bank, singles=5), plain)], subject="public")
    first = Blueprint.objects.get()

    class_page(courses=[with_exam(classes.exam(bank, singles=5), plain)], subject="public")
    assert SyllabusVersion.objects.filter(class_page=page).count() == 1

    class_page(courses=[with_exam(classes.exam(bank, singles=6), plain)], subject="public")
    first.refresh_from_db()
    second = Blueprint.objects.get(retired_in__isnull=True)
    assert (first.retired_in, second.added_in, second.block_id) == (2, 2, first.block_id)
    assert (first.rules[0]["count"], second.rules[0]["count"]) == (5, 6)

    class_page(courses=[with_exam(None, plain)], subject="public")
    assert not Blueprint.objects.filter(retired_in__isnull=True).exists()
    assert SyllabusVersion.objects.filter(class_page=page).count() == 3


def test_a_refused_change_leaves_the_published_exam(clock):
    bank = classes.bank(singles=5)
    class_page(courses=[with_exam(classes.exam(bank, singles=5))], subject="public")
    before = list(Blueprint.objects.values())

    with pytest.raises(PublishRefused):
        class_page(courses=[with_exam(classes.exam(bank, singles=6))], subject="public")

    assert list(Blueprint.objects.values()) == before
    assert ClassPage.objects.live().exists()


def test_the_api_says_which_course_has_an_exam(clock):
    bank = classes.bank(singles=5)
    class_page(courses=[with_exam(classes.exam(bank)), course("第二门", hours="1")], subject="public")

    courses = Program().get("classes/ji-jiu").json()["courses"]

    assert [one["has_exam"] for one in courses] == [True, False]


def syllabus_with(page, **exam):
    """The page's stream with figures of its exam changed."""
    blocks = page.get_latest_revision_as_object().syllabus.get_prep_value()
    blocks[0]["value"]["exam"][0]["value"] |= exam
    return blocks


def test_the_editor_reads_what_is_missing_at_the_exam_and_keeps_her_draft(reviewer, clock):
    bank = classes.bank("急救题库", singles=3)
    page = class_page(courses=[with_exam(classes.exam(bank, singles=3))], subject="public", publish=False)
    blocks = syllabus_with(page, minutes=45)
    blocks[0]["value"]["exam"][0]["value"]["rules"][0]["value"]["count"] = 5

    refused = post_edit(reviewer, page, "action-publish", syllabus=blocks)

    assert refused.status_code == 200
    told = refused.context["form"].errors.as_data()["syllabus"][0].as_json_data()
    assert "还差 2 题" in str(told["blockErrors"][0]["blockErrors"]["exam"])
    assert not reload(page).live

    saved = post_edit(reviewer, page, syllabus=blocks)
    assert saved.status_code == 302
    assert not reload(page).live
    latest = reload(page).get_latest_revision_as_object()
    assert latest.syllabus[0].value["exam"][0]["minutes"] == 45

    for _ in range(2):
        write_bank_question(bank_id=bank, draft=classes.question())
    assert post_edit(reviewer, page, "action-publish", syllabus=blocks).status_code == 302
    assert reload(page).live
    assert Blueprint.objects.get().minutes == 45


def test_what_is_taken_out_of_use_makes_a_published_exam_short(clock):
    bank = classes.bank(singles=5)
    class_page(courses=[with_exam(classes.exam(bank, singles=5))], subject="public")
    rules = Blueprint.objects.get().rules
    assert shortages(rules) == []

    question = BankQuestion.objects.order_by("pk")[0]
    question.state = "retired"
    question.save()

    (short,) = shortages(rules)
    assert short.available == 4
