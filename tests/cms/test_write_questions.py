"""Questions say what is wrong with them (E1), and keep their history."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from cms.models import Question, QuestionSet
from cms.services import QuestionDraft, write_question_set

pytestmark = pytest.mark.django_db


def write(kind, options, right, stem="哪一个是对的？"):
    return write_question_set(title="题组", questions=[QuestionDraft(kind, stem, options, right, "解析")])


@pytest.mark.parametrize(
    ("kind", "options", "right", "words"),
    [
        ("single", ["甲", "乙"], [], "有且只有一个"),
        ("single", ["甲", "乙"], [0, 1], "有且只有一个"),
        ("multiple", ["甲", "乙"], [], "至少要有一个正确选项"),
        ("true_false", ["对", "错", "不知道"], [0], "两个选项"),
        ("true_false", ["对", "错"], [0, 1], "有且只有一个"),
        ("single", ["甲", "甲 "], [0], "不能相同"),
        ("single", ["甲", "  "], [0], "不能为空"),
        ("single", ["甲"], [0], "至少要有两个选项"),
    ],
)
def test_a_faulty_question_is_refused(kind, options, right, words):
    with pytest.raises(ValidationError) as caught:
        write(kind, options, right)

    assert any(words in message for message in caught.value.messages)
    assert not Question.objects.exists()
    assert not QuestionSet.objects.exists()


@pytest.mark.parametrize(
    ("kind", "options", "right"),
    [("single", ["甲", "乙", "丙"], [2]), ("multiple", ["甲", "乙"], [0, 1]), ("true_false", ["对", "错"], [1])],
)
def test_a_sound_question_is_frozen_with_its_right_options(kind, options, right):
    set_id = write(kind, options, right)

    (frozen,) = QuestionSet.objects.get(pk=set_id).frozen()

    assert (frozen["kind"], [each["text"] for each in frozen["options"]]) == (kind, options)
    assert frozen["right"] == [frozen["options"][place]["id"] for place in right]
    assert len({each["id"] for each in frozen["options"]}) == len(options)


def form(stem="按压多少次？", right=1):
    fields = {
        "title": "按压", "note": "",
        "questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "0",
        "questions-MIN_NUM_FORMS": "0", "questions-MAX_NUM_FORMS": "1000",
        "questions-0-kind": "single", "questions-0-stem": stem, "questions-0-explanation": "",
        "questions-0-ORDER": "1", "questions-0-DELETE": "", "questions-0-id": "",
        "questions-0-options-count": "2",
    }  # fmt: skip
    for place, text in enumerate(["80", "100"]):
        at = f"questions-0-options-{place}"
        fields |= {f"{at}-type": "option", f"{at}-order": str(place), f"{at}-deleted": "", f"{at}-id": ""}
        fields[f"{at}-value-text"] = text
        if place == right:
            fields[f"{at}-value-is_right"] = "on"
    return fields


def test_an_editor_writes_a_set_with_its_questions_on_one_page(editor):
    path = reverse("wagtailsnippets_cms_questionset:add")
    assert editor.get(path).status_code == 200

    response = editor.post(path, form())

    assert response.status_code == 302
    question = Question.objects.get()
    assert (question.question_set.title, question.stem) == ("按压", "按压多少次？")
    assert question.get_latest_revision() is not None
    assert question.question_set.get_latest_revision() is not None


def test_a_faulty_question_is_shown_to_the_editor(editor):
    response = editor.post(reverse("wagtailsnippets_cms_questionset:add"), form(right=9))

    assert response.status_code == 200
    assert not QuestionSet.objects.exists()
    assert "有且只有一个正确选项" in str(response.context["form"].formsets["questions"].errors)


def test_a_changed_question_keeps_its_old_state_in_its_history(editor):
    editor.post(reverse("wagtailsnippets_cms_questionset:add"), form())
    question = Question.objects.get()
    again = form(stem="每分钟按压多少次？") | {
        "questions-INITIAL_FORMS": "1",
        "questions-0-id": str(question.pk),
    }
    again |= {f"questions-0-options-{place}-id": option.id for place, option in enumerate(question.options)}

    for _ in range(2):
        response = editor.post(reverse("wagtailsnippets_cms_questionset:edit", args=[question.question_set_id]), again)
        assert response.status_code == 302

    assert [revision.content["stem"] for revision in question.revisions.order_by("pk")] == [
        "按压多少次？",
        "每分钟按压多少次？",
    ]
    question.refresh_from_db()
    assert question.stem == "每分钟按压多少次？"


def test_the_lists_of_the_question_bank_open(editor):
    write("single", ["甲", "乙"], [0])

    for model in ("questionset", "question"):
        assert "题" in editor.get(reverse(f"wagtailsnippets_cms_{model}:list")).content.decode()
    assert editor.get(reverse("wagtailsnippets_cms_question:edit", args=[Question.objects.get().pk])).status_code == 200
