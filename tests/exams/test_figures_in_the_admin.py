"""题目分析 in Wagtail's admin: how questions do, which are suspicious, and voiding one that is wrong (E1)."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from cms.models import BankQuestion
from cms.services import EDITORS, REVIEWERS
from core.models import AuditEntry
from exams.models import Attempt, QuestionFigures, QuestionVoiding
from exams.queries.figures import discrimination, doubts, figures_for_office, suspicious
from exams.services import count_attempts, regrade
from registry.people.services import SUPPORT
from tests.exams import classes
from tests.exams.office import staff_of, text

pytestmark = pytest.mark.django_db
LIST = "/admin/exams/questions/"


@pytest.fixture
def counted(candidate: Any, exam_of: Any) -> list[BankQuestion]:
    """Five questions that one learner answered: two right, two wrong, one left out. In the order of ids."""
    course = exam_of(in_bank=5, pass_points=3)
    attempt = candidate.sits(course)
    paper = sorted(attempt.paper.questions, key=lambda question: question["question"])
    wrong = classes.wrong_answers(str(attempt.public_id))
    candidate.answers(attempt, {q["id"]: q["right"] for q in paper[:2]} | {q["id"]: wrong[q["id"]] for q in paper[2:4]})
    candidate.hands_in(attempt)
    count_attempts(now=candidate.clock.now())
    return list(BankQuestion.objects.order_by("pk"))


def figures(question: BankQuestion, **fields: Any) -> QuestionFigures:
    """Figures as many attempts would have left them."""
    QuestionFigures.objects.filter(pk=question.pk).update(**fields)
    return figures_for_office().get(pk=question.pk)


def test_every_question_is_listed_with_its_figures(counted):
    figures(counted[0], shown=40, right=2)
    page = text(staff_of(EDITORS).get(LIST))

    for question in counted:
        assert f"{LIST}{question.pk}/" in page
    assert "急救题库" in page
    assert page.count("100%") >= 1
    assert "太难" in page


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"shown": 100, "right": 19}, ["hard"]),
        ({"shown": 100, "right": 20}, []),
        ({"shown": 10, "right": 0}, ["hard"]),
        ({"shown": 9, "right": 0}, []),
        ({"shown": 10, "right": 10}, ["easy"]),
        ({"shown": 9, "right": 9}, []),
        ({"shown": 100, "right": 95}, []),
        ({"shown": 100, "right": 96}, ["easy"]),
        ({"shown": 30, "right": 15, "right_score_sum": 15 * 0.5}, ["weak"]),
        ({"shown": 29, "right": 15, "right_score_sum": 15 * 0.5}, []),
        ({"shown": 30, "right": 15, "right_score_sum": 15 * 0.6}, []),
    ],
)
def test_what_is_suspicious_is_flagged_at_the_bounds(counted, fields, expected):
    shown, right = fields["shown"], fields["right"]
    sums = {"score_sum": shown * 0.5, "score_square_sum": shown * 0.3, "right_score_sum": right * 0.7}
    row = figures(counted[0], **sums | fields)

    assert doubts(row) == expected
    flagged = set(suspicious(figures_for_office()).values_list("pk", flat=True))
    assert (counted[0].pk in flagged) == bool(expected)


def test_the_database_reckons_discrimination_as_the_program_does(counted):
    cases = [(40, 20, 22.0, 14.0, 13.0), (40, 0, 22.0, 14.0, 0.0), (40, 40, 22.0, 14.0, 22.0), (4, 2, 2.0, 1.0, 1.2)]
    for shown, right, total, squares, of_right in cases:
        fields = {"shown": shown, "right": right, "score_sum": total, "score_square_sum": squares}
        row = figures(counted[0], **fields, right_score_sum=of_right)
        expected = discrimination(row)
        assert row.discriminates == (None if expected is None else pytest.approx(expected))


def test_it_is_filtered_searched_and_sorted(counted):
    browser = staff_of(EDITORS)
    other = classes.bank("别的题库", singles=1)
    question = BankQuestion.objects.get(bank=other)
    QuestionFigures.objects.create(question=question, shown=50, right=25)
    link = f"{LIST}{question.pk}/"
    number = question.stem.split()[1]

    def listed(**query: Any) -> str:
        return text(browser.get(LIST, query))

    assert link in listed(question__bank=other)
    assert f"{LIST}{counted[0].pk}/" not in listed(question__bank=other)
    assert link not in listed(question__kind="multiple")
    assert link in listed(q=f"第 {number} 题")
    assert "没有符合条件的题" in listed(q="没有这样的题干")
    assert link not in listed(doubtful="yes")
    for key in ("shown", "-right_rate", "blank_rate", "-discriminates"):
        assert browser.get(LIST, {"ordering": key}).status_code == 200
    page = listed(ordering="-shown")
    assert page.index(link) < page.index(f"{LIST}{counted[0].pk}/")


def test_the_list_asks_the_same_number_of_queries_for_one_row_and_twenty(counted, django_assert_max_num_queries):
    browser = staff_of(EDITORS)
    bank = classes.bank("大题库", singles=20)
    browser.get(LIST)
    with django_assert_max_num_queries(40) as few:
        browser.get(LIST, {"question__bank": counted[0].bank_id})
    for question in BankQuestion.objects.filter(bank=bank):
        QuestionFigures.objects.create(question=question, shown=50, right=25)
    with django_assert_max_num_queries(40) as many:
        browser.get(LIST, {"question__bank": bank})
    assert len(few) == len(many)


def test_the_same_selection_comes_as_a_workbook_and_that_is_noted(counted):
    BankQuestion.objects.filter(pk=counted[0].pk).update(stem="=1+1 是多少？")
    answer = staff_of(EDITORS).get(LIST, {"export": "xlsx", "ordering": "-right_rate"})
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows())

    assert [cell.value for cell in rows[0]][:4] == ["编号", "题干", "题库", "题型"]
    assert len(rows) == 6
    cell = next(row[1] for row in rows if row[1].value == "=1+1 是多少？")
    assert cell.data_type == "s", "what looks like a formula is text"
    assert sorted(row[7].value for row in rows[1:]) == [0, 0, 0, 0, 1]
    assert AuditEntry.objects.filter(act="question_figures.exported").count() == 1


def test_a_question_s_page_says_how_often_each_option_was_chosen(counted):
    page = text(staff_of(EDITORS).get(f"{LIST}{counted[0].pk}/"))

    assert counted[0].stem in page
    assert "对的做法" in page
    assert "✓ 正确选项" in page
    assert f"/cms/bankquestion/edit/{counted[0].pk}/" in page
    assert "作废这道题" not in page, "editors see figures, reviewers void"


def test_a_reviewer_is_told_what_voiding_reaches_and_does_it(counted, candidate, monkeypatch):
    monkeypatch.setattr("exams.tasks.regrade_question.delay", lambda pk: None)
    reviewer = staff_of(REVIEWERS)
    address = f"{LIST}{counted[4].pk}/void/"
    asked = text(reviewer.get(address))
    assert "有 1 份答错" in asked
    assert "1 份没有通过的试卷" in asked

    reviewer.post(address, {"reason": "两个选项都对"})

    question = BankQuestion.objects.get(pk=counted[4].pk)
    assert (question.state, question.void_reason) == ("retired", "两个选项都对")
    page = text(reviewer.get(f"{LIST}{question.pk}/"))
    assert "正在改判：看过 0/1 份" in page
    assert "作废这道题" not in page
    regrade(question_id=question.pk, clock=candidate.clock)
    assert "改判 1 份" in text(reviewer.get(f"{LIST}{question.pk}/"))
    assert Attempt.objects.get().passed
    entry = AuditEntry.objects.get(act="question.voided")
    assert (entry.actor_id, entry.acting_as) == (reviewer.user.pk, "staff")


def test_voiding_needs_a_reason_and_is_done_once(counted, monkeypatch):
    monkeypatch.setattr("exams.tasks.regrade_question.delay", lambda pk: None)
    reviewer = staff_of(REVIEWERS)
    address = f"{LIST}{counted[0].pk}/void/"

    assert "写上原因" in text(reviewer.post(address, {"reason": " "}))
    assert not QuestionVoiding.objects.exists()
    reviewer.post(address, {"reason": "有误"})
    assert "这道题已经作废过了" in text(reviewer.post(address, {"reason": "再来"}))

    assert BankQuestion.objects.get(pk=counted[0].pk).void_reason == "有误"
    assert AuditEntry.objects.filter(act="question.voided").count() == 1


def test_an_editor_can_not_void_and_support_sees_no_figures(counted):
    editor, support = staff_of(EDITORS), staff_of(SUPPORT)
    address = f"{LIST}{counted[0].pk}/void/"

    assert editor.get(address).status_code == 404
    assert editor.post(address, {"reason": "有误"}).status_code == 404
    for each in (LIST, f"{LIST}{counted[0].pk}/"):
        assert support.get(each).status_code == 302
    assert support.post(address, {"reason": "有误"}).status_code in {302, 404}
    assert not QuestionVoiding.objects.exists()
    assert BankQuestion.objects.get(pk=counted[0].pk).state == "active"


def test_learners_and_strangers_do_not_get_in(counted, candidate, client):
    for browser in (candidate.client, client):
        for each in (LIST, f"{LIST}{counted[0].pk}/", f"{LIST}{counted[0].pk}/void/"):
            assert browser.get(each).status_code in {302, 403, 404}
            assert "急救题库" not in text(browser.get(each))


def test_what_is_no_question_is_not_there(counted):
    reviewer = staff_of(REVIEWERS)
    assert reviewer.get(f"{LIST}0/").status_code == 404
    assert reviewer.post(f"{LIST}0/void/", {"reason": "有误"}).status_code == 404


def test_a_question_that_is_being_sat_for_the_first_time_can_be_voided_too(candidate, exam_of, monkeypatch):
    """No paper with it is finished yet, so it has no figures: the bank's list leads to it."""
    monkeypatch.setattr("exams.tasks.regrade_question.delay", lambda pk: None)
    attempt = candidate.sits(exam_of(in_bank=5, pass_points=5))
    reviewer = staff_of(REVIEWERS)
    pk = attempt.paper.questions[0]["question"]
    assert f"{LIST}{pk}/" in text(reviewer.get("/admin/snippets/cms/bankquestion/"))
    assert "0 次" in text(reviewer.get(f"{LIST}{pk}/"))
    assert "进行中的 1 份" in text(reviewer.get(f"{LIST}{pk}/void/"))

    reviewer.post(f"{LIST}{pk}/void/", {"reason": "有误"})

    candidate.answers(attempt, dict([*classes.right_answers(str(attempt.public_id)).items()][1:]))
    assert candidate.hands_in(attempt).passed


def test_support_has_no_way_from_the_bank_to_figures(counted, monkeypatch):
    from exams.office import listing_button

    assert list(listing_button(counted[0], staff_of(SUPPORT).user)) == []
    assert len(list(listing_button(counted[0], staff_of(EDITORS).user))) == 1
