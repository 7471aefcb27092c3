"""Importing questions (E1): what is written, that twice is once, what changes and how the history tells of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from cms.models import BankQuestion, QuestionBank, QuestionTag
from cms.services import BankQuestionDraft, write_bank, write_bank_question
from tests.cms.workbooks import MULTIPLE, SINGLE, TRUE_FALSE, figures, import_rows, reasons

pytestmark = pytest.mark.django_db


def test_rows_become_questions_of_the_bank():
    job = import_rows(SINGLE, MULTIPLE, TRUE_FALSE)

    assert (job.state, figures(job)) == ("done", (3, 0, 0, 0))
    single, multiple, judged = BankQuestion.objects.order_by("code")
    assert (single.kind, single.stem, single.difficulty, single.pool, single.state) == (
        "single", "成人胸外按压每分钟多少次？", 1, "exam", "active"
    )  # fmt: skip
    assert [option["text"] for option in single.content["options"]] == ["60–80 次", "100–120 次", "越快越好"]
    assert single.content["right"] == [single.content["options"][1]["id"]]
    assert sorted(tag.name for tag in single.tags.all()) == ["复苏", "急救"]
    assert len(multiple.content["right"]) == 2
    assert [option["text"] for option in judged.content["options"]] == ["对", "错"]
    assert judged.content["right"] == [judged.content["options"][0]["id"]]
    assert (judged.difficulty, judged.pool) == (2, "exam")


def test_an_imported_question_is_the_same_as_a_written_one():
    import_rows(SINGLE)
    imported = BankQuestion.objects.get()
    other = write_bank(title="另一个题库")
    written = BankQuestion.objects.get(
        pk=write_bank_question(
            bank_id=other,
            draft=BankQuestionDraft(
                "single", SINGLE["题干"], ["60–80 次", "100–120 次", "越快越好"], [1], "100–120 次。", 1
            ),
        )
    )

    for name in ("content", "content_key", "stem_key", "band_1", "band_2", "band_3", "band_4", "words"):
        assert getattr(imported, name) == getattr(written, name), name
    assert imported.options.get_prep_value() == written.options.get_prep_value()
    imported.full_clean()
    assert imported.used_from is not None
    assert written.used_from is not None


def test_importing_the_same_again_changes_nothing():
    import_rows(SINGLE, MULTIPLE, TRUE_FALSE)
    before = list(BankQuestion.objects.order_by("pk").values())
    stamp = QuestionBank.objects.get().stamp
    history = ModelLogEntry.objects.count()

    again = import_rows(SINGLE, MULTIPLE, TRUE_FALSE)

    assert figures(again) == (0, 0, 3, 0)
    assert list(BankQuestion.objects.order_by("pk").values()) == before
    assert QuestionBank.objects.get().stamp == stamp
    assert ModelLogEntry.objects.count() == history


def test_a_question_without_a_code_is_known_by_its_wording():
    bare = SINGLE | {"编号": ""}
    import_rows(bare)

    job = import_rows(bare | {"题干": f"  {SINGLE['题干']}  ", "选项A": SINGLE["选项C"], "选项C": SINGLE["选项A"]})

    assert figures(job) == (0, 1, 0, 0)  # the order of its options is all that changed
    question = BankQuestion.objects.get()
    assert [option["text"] for option in question.content["options"]] == ["越快越好", "100–120 次", "60–80 次"]


def test_a_change_keeps_what_was_left_empty_and_the_ids_of_the_options():
    import_rows(SINGLE)
    before = BankQuestion.objects.get()
    ids = {option["text"]: option["id"] for option in before.content["options"]}

    job = import_rows(
        SINGLE | {"题干": "成人胸外按压的频率是多少？", "难度": "", "用途": "", "状态": "", "解析": "记住。"}
    )

    assert figures(job) == (0, 1, 0, 0)
    question = BankQuestion.objects.get()
    assert (question.pk, question.stem, question.explanation) == (before.pk, "成人胸外按压的频率是多少？", "记住。")
    assert (question.difficulty, question.pool, question.state) == (1, "exam", "active")
    assert {option["text"]: option["id"] for option in question.content["options"]} == ids
    assert question.content["explanation"] == "记住。"
    question.full_clean()


def test_the_history_says_what_an_import_changed():
    import_rows(SINGLE)
    question = BankQuestion.objects.get()
    import_rows(SINGLE | {"题干": "成人胸外按压的频率是多少？", "标签": "急救"})

    made, changed = ModelLogEntry.objects.filter(action="cms.question_imported").order_by("pk")
    assert (made.object_id, made.data["changed"]) == (str(question.pk), [])
    assert changed.data["changed"] == ["stem", "tags"]
    first, second = question.revisions.order_by("pk")
    assert (first.content["stem"], second.content["stem"]) == (SINGLE["题干"], "成人胸外按压的频率是多少？")
    question.refresh_from_db()
    assert question.latest_revision_id == second.pk
    assert [tag.name for tag in question.tags.all()] == ["急救"]
    assert second.as_object().stem == "成人胸外按压的频率是多少？"


def test_a_code_is_given_to_a_question_that_had_none():
    import_rows(SINGLE | {"编号": ""})

    assert figures(import_rows(SINGLE)) == (0, 1, 0, 0)
    assert BankQuestion.objects.get().code == "Q-1"


def test_a_question_that_stands_under_another_code_is_not_written_twice():
    import_rows(SINGLE)

    job = import_rows(SINGLE | {"编号": "Q-9"})

    assert figures(job) == (0, 0, 0, 1)
    assert "编号是 Q-1" in reasons(job)[2][0]
    assert BankQuestion.objects.get().code == "Q-1"


def test_a_wording_that_another_question_has_is_refused():
    import_rows(SINGLE, MULTIPLE)

    job = import_rows(SINGLE | {"编号": "Q-2"})

    assert "已经有同样的题" in reasons(job)[2][0]
    assert BankQuestion.objects.get(code="Q-2").stem == MULTIPLE["题干"]


def test_a_row_that_repeats_another_of_the_file_is_refused():
    job = import_rows(SINGLE, SINGLE | {"编号": "", "题干": "成人胸外按压 每分钟多少次？"}, MULTIPLE | {"编号": "Q-1"})

    assert figures(job) == (1, 0, 0, 2)
    assert reasons(job) == {3: ["和第 2 行是同一道题"], 4: ["编号和第 2 行相同"]}


def test_a_voided_question_is_not_brought_back():
    import_rows(SINGLE)
    from django.utils import timezone

    BankQuestion.objects.update(state="retired", voided_at=timezone.now(), void_reason="错题")

    job = import_rows(SINGLE)

    assert "已经作废" in reasons(job)[2][0]
    assert BankQuestion.objects.get().state == "retired"
    assert figures(import_rows(SINGLE | {"状态": ""})) == (0, 0, 1, 0)


def test_questions_that_look_like_others_are_named():
    import_rows(SINGLE)

    job = import_rows(SINGLE | {"编号": "Q-8", "题干": "成人胸外按压每分钟要多少次？"}, MULTIPLE)

    old, new = BankQuestion.objects.filter(kind="single").order_by("pk")
    assert job.doubled == 1
    (told,) = job.doubles
    assert (told["row"], told["question"], told["other"]) == (2, new.pk, old.pk)
    assert 70 <= told["percent"] < 100


def test_two_rows_of_one_file_that_look_alike_are_told_once():
    job = import_rows(SINGLE, SINGLE | {"编号": "Q-8", "题干": "成人胸外按压每分钟要多少次？"})

    assert [told["row"] for told in job.doubles] == [3]
    assert job.doubled == 1


def test_the_number_of_queries_does_not_grow_with_the_rows():
    def rows(first, count, **changed):
        return [
            SINGLE
            | {"编号": f"R-{at}", "题干": f"{at * 7919} 号病人的处置中最先做的是哪一步？第 {at * 104729} 种情形"}
            | changed
            for at in range(first, first + count)
        ]

    counts = []
    for first, count in ((0, 2), (100, 40)):
        for changed in ({}, {"解析": "改过了", "标签": "急救"}):
            with CaptureQueriesContext(connection) as queries:
                job = import_rows(*rows(first, count, **changed))
            assert job.failed == 0, reasons(job)
            counts.append(len(queries))
    few_made, few_changed, many_made, many_changed = counts
    assert many_made <= few_made
    assert many_changed <= few_changed
    assert QuestionTag.objects.count() == 42
