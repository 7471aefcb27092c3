"""The list of questions: filters and search, the same few queries whatever its length, states by bulk, export."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.models import BankQuestion, QuestionBank
from core.models import AuditEntry
from tests.cms.bank_forms import URLS, question
from tests.cms.workbooks import MULTIPLE, SINGLE, TRUE_FALSE, downloaded, figures, import_file, import_rows, rows_of
from tests.exams import classes
from tests.identity import factories as people

pytestmark = pytest.mark.django_db
LIST = reverse_lazy(f"{URLS}:list")
EXPORT = reverse_lazy(f"{URLS}:export")


@pytest.fixture
def three(db):
    import_rows(SINGLE, MULTIPLE, TRUE_FALSE | {"用途": "只用于练习", "状态": "停用"})


def codes(client, **asked):
    response = client.get(LIST, asked)
    assert response.status_code == 200
    return [
        row.code
        for row in BankQuestion.objects.filter(pk__in=[one.pk for one in response.context["object_list"]]).order_by(
            "code"
        )
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Q-1", "Q-2", "Q-3"]),
        ({"kind": "multiple"}, ["Q-2"]),
        ({"difficulty": "1"}, ["Q-1"]),
        ({"pool": "practice"}, ["Q-3"]),
        ({"state": "active"}, ["Q-1", "Q-2"]),
        ({"q": "按压"}, ["Q-1", "Q-2", "Q-3"]),
        ({"q": "随意 中断"}, ["Q-2"]),
        ({"q": "１００–１２０"}, ["Q-1"]),
        ({"q": "q-3"}, ["Q-3"]),
        ({"q": "%"}, []),
        ({"q": "按压", "state": "retired"}, ["Q-3"]),
    ],
)
def test_the_list_is_narrowed_by_filters_and_words(three, editor, asked, found):
    assert codes(editor, **asked) == found


def test_the_list_is_narrowed_by_bank_and_tag(three, editor):
    question("别的题库里的题？", bank="另一个题库", code="X-1", tags=["复苏"])
    tag = BankQuestion.objects.get(code="Q-1").tags.get(name="复苏")

    assert codes(editor, bank=QuestionBank.objects.get(title="另一个题库").pk) == ["X-1"]
    assert codes(editor, tags=tag.pk) == ["Q-1", "X-1"]


def test_the_list_asks_as_often_for_forty_questions_as_for_one(editor):
    question("1 号病人先做哪一步？", tags=["急救"])
    counts = []
    for more in (0, 40):
        for at in range(more):
            question(f"{at * 7919} 号病人先做哪一步？")
        for asked in ({}, {"q": "哪"}):
            editor.get(LIST, asked)
            with CaptureQueriesContext(connection) as queries:
                editor.get(LIST, asked)
            counts.append(len(queries))

    assert counts[2:] == counts[:2]


def bulk(client, act, *questions, confirm=True):
    ids = "&".join(f"id={one.pk}" for one in questions)
    address = reverse("wagtail_bulk_action", args=["cms", "bankquestion", act]) + f"?{ids}"
    return client.post(address) if confirm else client.get(address)


def test_many_are_put_out_of_use_and_back_in(editor, clock, messages_of):
    bank = QuestionBank.objects.get(pk=question("第一题？").bank_id)
    first, second = question("第一题？"), question("第二题？", state="draft")
    stamp = QuestionBank.objects.get(pk=bank.pk).stamp

    assert "第一题？" in bulk(editor, "retire", first, second, confirm=False).content.decode()
    response = bulk(editor, "retire", first, second)
    assert [told.strip() for told in messages_of(response)] == ["已停用 2 题"]
    assert set(BankQuestion.objects.values_list("state", flat=True)) == {"retired"}
    assert QuestionBank.objects.get(pk=bank.pk).stamp != stamp

    assert messages_of(bulk(editor, "activate", first, second))[-1].strip() == "已启用 2 题"
    assert set(BankQuestion.objects.values_list("state", flat=True)) == {"active"}
    assert BankQuestion.objects.get(pk=second.pk).used_from == clock.now()
    page = editor.get(reverse(f"{URLS}:history", args=[first.pk])).content.decode()
    assert "状态改为：停用" in page
    assert "状态改为：启用" in page


def test_a_voided_question_is_not_put_back_in_use(editor):
    voided = question()
    BankQuestion.objects.update(state="retired", voided_at=timezone.now(), void_reason="错题")

    bulk(editor, "activate", voided)

    assert BankQuestion.objects.get().state == "retired"
    assert not ModelLogEntry.objects.filter(action="cms.question_state").exists()


def test_whoever_ticks_all_of_a_list_changes_nothing_beyond_it(editor):
    question()
    address = reverse("wagtail_bulk_action", args=["cms", "bankquestion", "retire"]) + "?id=all"

    assert editor.post(address).status_code == 404
    assert BankQuestion.objects.get().state == "active"


def test_retiring_warns_of_the_exams_that_would_lack_questions(editor):
    bank_id = classes.bank(singles=6)
    page, _courses = classes.exam_class(classes.exam(bank_id, singles=5))
    first, second = BankQuestion.objects.order_by("pk")[:2]

    assert page.title not in bulk(editor, "retire", first, confirm=False).content.decode()
    asked = bulk(editor, "retire", first, second, confirm=False).content.decode()
    assert "会缺题" in asked
    assert f"{page.title} · 课程 1" in asked

    bulk(editor, "retire", first, second)
    home = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert "缺题的考试" in home
    assert "要 5 题，只够 4 题" in home

    bulk(editor, "activate", first)
    assert "缺题的考试" not in editor.get(reverse("wagtailadmin_home")).content.decode()


def test_the_selection_is_exported_and_imported_again_unchanged(three, editor):
    risky = SINGLE | {"编号": "'+1", "题干": "下面哪个是负数？", "选项A": "'=2", "选项B": "'-5", "选项C": "'@3"}
    import_rows(risky)
    assert BankQuestion.objects.get(code="+1").content["options"][1]["text"] == "-5"

    file = downloaded(editor, EXPORT)
    rows = rows_of(file)

    assert [row["编号"] for row in rows] == ["Q-1", "Q-2", "Q-3", "'+1"]
    assert rows[0] | {"标签": "急救、复苏"} == dict.fromkeys(rows[0], "") | SINGLE | {"标签": "急救、复苏"}
    assert set(rows[0]["标签"].split("、")) == {"急救", "复苏"}
    assert [rows[3][f"选项{letter}"] for letter in "ABC"] == ["'=2", "'-5", "'@3"]
    file.seek(0)
    assert figures(import_file(file)) == (0, 0, 4, 0)
    file.seek(0)
    assert figures(import_file(file, bank="新的题库")) == (4, 0, 0, 0)
    contents = [
        list(
            BankQuestion.objects.filter(bank__title=title)
            .order_by("code")
            .values("code", "content_key", "state", "pool")
        )
        for title in ("急救题库", "新的题库")
    ]
    assert contents[0] == contents[1]


def test_the_export_follows_the_filters_and_is_written_down(three, editor):
    rows = rows_of(downloaded(editor, f"{EXPORT}?kind=multiple"))

    assert [row["编号"] for row in rows] == ["Q-2"]
    entry = AuditEntry.objects.get(act="questions.exported")
    assert (entry.actor_id, entry.after) == (editor.user.pk, {"questions": 1, "selection": "kind=multiple"})


def test_learners_see_neither_the_list_nor_the_export(three, client):
    client.force_login(people.learner(), backend="identity.backends.LoginKeyBackend")

    for address in (LIST, EXPORT, reverse(f"{URLS}:doubles"), reverse(f"{URLS}:import")):
        assert client.get(address).status_code in {302, 403, 404}
    client.logout()
    assert client.get(EXPORT).status_code == 302
