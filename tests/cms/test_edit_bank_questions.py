"""Writing questions of the bank in the admin (E1): what is refused at which field, what the history keeps."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from PIL import Image
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from cms.models import BankQuestion
from cms.services import write_bank
from tests.cms.bank_forms import SOUND, URLS, edited, errors_of, form, question
from tests.cms.workbooks import SINGLE, import_rows
from tests.identity import factories as people

pytestmark = pytest.mark.django_db
ADD = reverse_lazy(f"{URLS}:add")


def picture(title="示意图", description="一只手按压胸骨下段"):
    return get_image_model().objects.create(title=title, description=description, file=get_test_image_file())


def test_an_editor_writes_a_question_with_pictures_and_a_formula(editor, clock):
    bank = write_bank(title="急救题库")
    shown, chosen = picture(), picture("选项图", "心电图甲")
    posted = form(
        bank,
        [("", True), ("$x > 5$", False)],
        stem="看图，$x^2=25$ 时选哪一个？",
        stem_picture=shown.pk,
        tags="急救,看图",
    )
    posted["options-0-value-picture"] = str(chosen.pk)
    assert "xs-question-preview" in editor.get(ADD).content.decode()

    response = editor.post(ADD, posted)

    assert response.status_code == 302
    written = BankQuestion.objects.get()
    assert written.content["picture"] == {"id": shown.pk, "alt": "一只手按压胸骨下段"}
    assert written.content["options"][0]["picture"] == {"id": chosen.pk, "alt": "心电图甲"}
    assert written.content["stem"] == "看图，$x^2=25$ 时选哪一个？"
    assert (written.state, written.used_from) == ("draft", None)
    assert sorted(tag.name for tag in written.tags.all()) == ["急救", "看图"]
    assert written.get_latest_revision() is not None


@pytest.mark.parametrize(
    ("options", "fields", "at", "words"),
    [
        ([("甲", False), ("乙", False)], {}, "options", "有且只有一个正确选项"),
        ([("甲", True), ("乙", True)], {}, "options", "有且只有一个正确选项"),
        ([("甲", True), ("甲", False)], {}, "options", "选项不能相同"),
        ([("甲", True), ("", False)], {}, "options", "选项不能为空"),
        ([("甲", False), ("乙", False)], {"kind": "multiple"}, "options", "至少要有一个正确选项"),
        (SOUND, {"kind": "true_false"}, "options", "判断题要有两个选项"),
        (SOUND, {"stem": "  "}, "stem", "必需字段"),
    ],
)
def test_a_faulty_question_is_refused_at_its_field(editor, options, fields, at, words):
    response = editor.post(ADD, form(write_bank(title="急救题库"), options, **fields))

    told = errors_of(response)
    assert list(told) == [at]
    assert any(words in one for one in told[at]), told
    assert not BankQuestion.objects.exists()


def test_a_double_of_the_bank_is_told_at_the_stem_and_its_code_at_the_code(editor):
    old = question(code="Q-1")

    response = editor.post(ADD, form(old.bank_id, [*reversed(SOUND)], stem=f"{old.stem} "))
    assert "已经有同样的题：Q-1" in errors_of(response)["stem"][0]
    response = editor.post(ADD, form(old.bank_id, SOUND, stem="另一道题？", code="Q-1"))
    assert "已经有这个编号" in errors_of(response)["code"][0]

    assert BankQuestion.objects.count() == 1
    elsewhere = write_bank(title="另一个题库")
    assert editor.post(ADD, form(elsewhere, SOUND, stem=old.stem)).status_code == 302


def test_a_likely_double_is_warned_of_and_saved(editor, messages_of):
    old = question(code="Q-1")

    response = editor.post(ADD, form(old.bank_id, SOUND, stem="成人胸外按压每分钟要多少次？"))

    assert response.status_code == 302
    assert any("可能和已有的题重复" in told and "Q-1" in told for told in messages_of(response))
    assert BankQuestion.objects.count() == 2


def test_an_edited_question_keeps_the_ids_of_its_options_and_how_it_was(editor):
    import_rows(SINGLE)
    written = BankQuestion.objects.get()
    assert written.latest_revision is None

    response = edited(editor, written, stem="成人胸外按压的频率是多少？")

    assert response.status_code == 302
    before = [option["id"] for option in written.content["options"]]
    written.refresh_from_db()
    assert [option["id"] for option in written.content["options"]] == before
    assert [revision.content["stem"] for revision in written.revisions.order_by("pk")] == [
        SINGLE["题干"],
        "成人胸外按压的频率是多少？",
    ]


def test_the_history_page_tells_of_imports_and_states(editor):
    import_rows(SINGLE)
    import_rows(SINGLE | {"解析": "新的解析", "难度": "较难"})
    written = BankQuestion.objects.get()

    page = editor.get(reverse(f"{URLS}:history", args=[written.pk])).content.decode()

    assert "由表格导入" in page
    assert "表格导入，改了：解析、难度" in page


def test_a_voided_question_stays_out_of_use(editor):
    written = question()
    BankQuestion.objects.update(state="retired", voided_at=timezone.now(), void_reason="错题")
    written.refresh_from_db()

    response = edited(editor, written, state="active")

    assert "作废的题不能再启用" in errors_of(response)["state"][0]
    written.refresh_from_db()
    assert written.state == "retired"


def test_what_was_once_active_is_not_deleted(editor, messages_of):
    used = question()
    edited(editor, used, state="draft")
    used.refresh_from_db()
    assert used.state == "draft"

    for ask in (editor.get, editor.post):
        response = ask(reverse(f"{URLS}:delete", args=[used.pk]))
        assert response.status_code == 302
        assert any("启用过的题不能删除" in told for told in messages_of(response))
    bulk = reverse("wagtail_bulk_action", args=["cms", "bankquestion", "delete"]) + f"?id={used.pk}"
    assert editor.post(bulk).status_code == 302

    assert BankQuestion.objects.filter(pk=used.pk).exists()


def test_a_draft_that_was_never_active_is_deleted(editor):
    unused = question(state="draft")

    assert editor.post(reverse(f"{URLS}:delete", args=[unused.pk])).status_code == 302

    assert not BankQuestion.objects.exists()


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("大图.png", 10 * 1024 * 1024 + 1, "文件过大"),
        ("图.svg", 100, "不支持的图片格式"),
        ("说明.pdf", 100, "不支持的图片格式"),
    ],
)
def test_a_picture_that_is_too_large_or_none_is_refused_in_chinese(editor, name, size, words):
    drawn = BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "PNG")
    content = drawn.getvalue() + b"\x00" * (size - len(drawn.getvalue()))
    address = reverse("wagtailimages_chooser:create")

    response = editor.post(
        address, {"image-chooser-upload-title": "图", "image-chooser-upload-file": SimpleUploadedFile(name, content)}
    )

    assert words in response.json()["htmlFragment"]
    assert not get_image_model().objects.exists()


def test_only_editors_write_questions(db, client):
    client.force_login(people.learner(), backend="identity.backends.LoginKeyBackend")

    assert client.get(ADD).status_code in {302, 403}
    assert client.post(ADD, form(write_bank(title="急救题库"), SOUND)).status_code in {302, 403}
    assert not BankQuestion.objects.exists()
