"""The pages of an import: template, upload, progress, result, rows to mend (E1)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse, reverse_lazy
from openpyxl import load_workbook

from cms.importing.columns import COLUMNS
from cms.models import BankQuestion, QuestionImport
from cms.services import bank_called, run_import
from tests.cms.bank_forms import URLS
from tests.cms.workbooks import (
    MULTIPLE,
    SINGLE,
    downloaded,
    figures,
    import_file,
    import_rows,
    rows_of,
    saved,
    workbook,
)
from tests.identity import factories as people

pytestmark = pytest.mark.django_db
IMPORT = reverse_lazy(f"{URLS}:import")


def upload(client, content, bank=None, name="题目.xlsx"):
    bank_id = bank or bank_called(title="急救题库")
    return client.post(IMPORT, {"bank": bank_id, "file": SimpleUploadedFile(name, content)})


def test_the_template_has_drop_downs_notes_and_examples_that_can_be_imported(editor):
    file = downloaded(editor, reverse(f"{URLS}:import_template"))

    book = load_workbook(file)
    assert book.sheetnames == ["题目", "填写说明"]
    sheet = book["题目"]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    lists = {str(rule.sqref)[:1]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists == {
        "B": '"单选题,多选题,判断题"',
        "N": '"容易,中等,较难"',
        "O": '"只用于考试,只用于练习,考试和练习"',
        "Q": '"草稿,启用,停用"',
    }
    assert sheet.max_row == 3
    notes = "".join(str(cell.value) for row in book["填写说明"].iter_rows() for cell in row)
    assert "不要合并单元格" in notes
    file.seek(0)
    assert figures(import_file(file)) == (2, 0, 0, 0)


def test_an_editor_uploads_watches_and_reads_the_result(editor, clock, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr("cms.tasks.import_questions.delay", sent.append)
    assert "先建一个题库" in editor.get(IMPORT).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        response = upload(editor, workbook([SINGLE, MULTIPLE | {"正确答案": "C,X"}]).getvalue())

    job = QuestionImport.objects.get()
    assert response.url == reverse(f"{URLS}:import_result", args=[job.pk])
    assert (job.state, job.asked_by, job.file_name) == ("waiting", editor.user, "题目.xlsx")
    assert "data-running" in editor.get(response.url).content.decode()
    assert sent == [job.pk]

    run_import(import_id=job.pk, clock=clock.now)
    page = editor.get(response.url).content.decode()
    assert "data-running" not in page
    assert "有 1 行没有导入" in page
    assert "第 3 行：正确答案 X 没有对应的选项" in page
    assert "<html" not in editor.get(f"{response.url}?part=1").content.decode()
    assert "题目.xlsx" in editor.get(IMPORT).content.decode()


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ" + b"\x00" * 99, "请下载模板"), (b"", "空的"), (b"a,b\n1,2", "另存为 .xlsx")]
)
def test_a_file_that_is_no_workbook_is_refused_at_its_field(editor, content, words):
    response = upload(editor, content)

    assert response.status_code == 200
    assert words in str(response.context["form"].errors["file"])
    assert not QuestionImport.objects.exists()


def test_bank_and_file_are_asked_for(editor):
    response = editor.post(IMPORT, {})

    assert set(response.context["form"].errors) == {"bank", "file"}


def test_rows_at_fault_are_exported_mended_and_imported(editor):
    nine = {f"选项{letter}": letter for letter in "ABCDEFGHI"}
    job = import_file(
        workbook(
            [SINGLE, MULTIPLE | {"正确答案": ""}, SINGLE | nine | {"编号": "Q-9", "题干": "九个选项？"}],
            header=[*COLUMNS, "选项I"],
        )
    )
    assert figures(job) == (1, 0, 0, 2)

    file = downloaded(editor, reverse(f"{URLS}:import_faults", args=[job.pk]))
    without_answer, with_nine = rows_of(file)
    assert without_answer["问题"] == "没有填正确答案"
    assert {name: without_answer[name] for name in MULTIPLE if name != "正确答案"} == {
        name: text for name, text in MULTIPLE.items() if name != "正确答案"
    }
    assert (with_nine["选项I"], with_nine["问题"]) == ("I", "选项太多，最多 8 个")

    file.seek(0)
    book = load_workbook(file)
    sheet = book.active
    column = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, column["正确答案"]).value = "AB"
    sheet.cell(3, column["选项I"]).value = None
    again = import_file(saved(book))
    assert (figures(again), again.notes) == ((2, 0, 0, 0), [])
    assert BankQuestion.objects.count() == 3


def test_likely_doubles_are_listed_with_both_texts(editor):
    import_rows(SINGLE)
    job = import_rows(SINGLE | {"编号": "Q-8", "题干": "成人胸外按压每分钟要多少次？"})

    page = editor.get(reverse(f"{URLS}:import_result", args=[job.pk])).content.decode()

    assert "可能和已有的题重复" in page
    assert "成人胸外按压每分钟要多少次？" in page
    assert SINGLE["题干"] in page


def test_strangers_neither_import_nor_read_results(editor, client):
    job = import_rows(SINGLE | {"正确答案": ""})
    client.force_login(people.learner(), backend="identity.backends.LoginKeyBackend")

    assert upload(client, workbook([MULTIPLE]).getvalue()).status_code in {302, 403}
    for name in ("import_result", "import_faults"):
        assert client.get(reverse(f"{URLS}:{name}", args=[job.pk])).status_code in {302, 403}
    assert QuestionImport.objects.count() == 1
    assert editor.get(reverse(f"{URLS}:import_result", args=[job.pk + 99])).status_code == 404
