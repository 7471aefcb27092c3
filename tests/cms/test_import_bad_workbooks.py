"""What people send instead of a sound workbook (E1): clear words each time, and nothing half done."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image

from cms.errors import QuestionFileRefused
from cms.importing import opening
from cms.importing.columns import COLUMNS
from cms.models import BankQuestion, QuestionImport
from tests.cms.workbooks import (
    MULTIPLE,
    SINGLE,
    TRUE_FALSE,
    figures,
    import_file,
    import_rows,
    reasons,
    saved,
    workbook,
)

pytestmark = pytest.mark.django_db


def refusal(file: io.BytesIO | bytes, name: str = "题目.xlsx") -> str:
    """Why a file isn't even taken; nothing is kept of it."""
    with pytest.raises(QuestionFileRefused) as caught:
        import_file(io.BytesIO(file) if isinstance(file, bytes) else file, name=name)
    assert caught.value.code == "question_file_refused"
    assert not QuestionImport.objects.exists()
    assert not BankQuestion.objects.exists()
    return str(caught.value)


def refused_import(file: io.BytesIO) -> str:
    """Why a file that looked sound isn't imported."""
    job = import_file(file)
    assert job.state == "refused"
    assert not BankQuestion.objects.exists()
    return job.refusal


# --- Files ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00\x04" + b"\x00" * 500, "这不是 .xlsx 文件：请下载模板"),
        ("题型,题干\n单选题,甲".encode(), "像是文本或 csv"),
        ("题型,题干\n单选题,甲".encode("gb18030"), "像是文本或 csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "旧的 .xls 文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (b"", "空的"),
        (b"PK\x03\x04" + b"\x00" * 100, "已损坏"),
    ],
)
def test_what_is_no_workbook_is_named_for_what_it_is(content, words):
    assert words in refusal(content)


def test_a_workbook_cut_in_half_is_broken():
    whole = workbook([SINGLE]).getvalue()

    assert "已损坏" in refusal(whole[: len(whole) // 2])


def zipped(**parts: bytes) -> io.BytesIO:
    """The parts of a sound workbook with these put in their place, or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(workbook([SINGLE])) as sound, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sound.namelist():
            if name not in parts:
                archive.writestr(name, sound.read(name))
        for name, content in parts.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def test_a_sheet_that_breaks_off_keeps_what_was_read_and_says_so():
    rows = [SINGLE | {"编号": f"Q-{at}", "题干": f"第 {at} 题问的是什么？"} for at in range(3_000)]
    with zipfile.ZipFile(workbook(rows)) as sound:
        sheet = sound.read("xl/worksheets/sheet1.xml")

    job = import_file(zipped(**{"xl/worksheets/sheet1.xml": sheet[: len(sheet) * 2 // 3]}))

    assert (job.state, "读到一半出错" in job.refusal) == ("refused", True)
    assert job.added == BankQuestion.objects.count() > 0
    assert figures(import_file(workbook(rows)))[:3] == (3_000 - job.added, 0, job.added)


def test_another_zip_is_no_workbook():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")

    assert "请下载模板" in refusal(file)


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(opening, "MOST_BYTES", 3 * 1024 * 1024)

    assert "超过 3 MB" in refusal(b"PK\x03\x04" + b"\x00" * (3 * 1024 * 1024))


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused():
    bomb = zipped(**{"xl/worksheets/sheet9.xml": b" " * (opening.MOST_UNPACKED + 1)})

    assert len(bomb.getvalue()) < 1024 * 1024
    assert "解压后太大" in refusal(bomb)


def test_too_many_shared_texts_are_refused():
    assert "解压后太大" in refusal(zipped(**{"xl/sharedStrings.xml": b" " * (opening.MOST_SHARED + 1)}))


def test_entities_are_refused():
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "lol">]><worksheet/>'

    assert "不允许的内容" in refusal(zipped(**{"xl/worksheets/sheet1.xml": laughs}))


def test_an_embedded_picture_of_ten_megabytes_is_left_out_and_said():
    noise = Image.effect_noise((3400, 3200), 120)
    drawn = io.BytesIO()
    noise.save(drawn, "PNG", compress_level=0)
    assert len(drawn.getvalue()) > 10_000_000

    job = import_file(workbook([SINGLE], change=lambda sheet: sheet.add_image(SheetImage(drawn), "P2")))

    assert figures(job) == (1, 0, 0, 0)
    assert job.notes == ["表格里的 1 张图片没有导入：请在题目页面里添加图片"]


# --- Sheets -----------------------------------------------------------------------------------------------------------
def test_missing_columns_are_named():
    header = [column for column in COLUMNS if column not in {"正确答案", "题型"}]

    assert refused_import(workbook([SINGLE], header=header)) == "表头缺少这些列：题型、正确答案。请下载模板，对照补上"


def test_a_sheet_without_a_header_is_refused():
    assert "没找到表头" in refused_import(workbook([["甲", "乙"]], header=["一", "二"]))


def test_a_header_without_rows_is_refused():
    assert refused_import(workbook([])) == "表头下面没有题目"


def test_a_column_that_comes_twice_is_refused():
    assert "重复的列：题干" in refused_import(workbook([], header=[*COLUMNS, "题目"]))


def test_the_header_may_be_in_the_second_row_below_a_merged_title():
    def title_above(sheet):
        sheet.insert_rows(1)
        sheet["A1"] = "急救题库（2026 年）"
        sheet.merge_cells("A1:F1")

    assert figures(import_file(workbook([SINGLE, MULTIPLE], change=title_above))) == (2, 0, 0, 0)


def test_headers_are_read_in_any_order_and_width_and_others_are_named():
    header = ["题干 ", "题型*", "选项ａ", "选项 B", "答案", "出题人"]

    job = import_file(workbook([["第一步做什么？", "单选", "看", "听", "A", "张三"]], header=header))

    assert figures(job) == (1, 0, 0, 0)
    assert job.notes == ["没有用到的列：出题人"]


def test_rows_with_merged_cells_are_not_taken():
    def merge(sheet):
        sheet.merge_cells("C3:C4")

    job = import_file(
        workbook([SINGLE, MULTIPLE, TRUE_FALSE, SINGLE | {"编号": "Q-4", "题干": "第四题？"}], change=merge)
    )

    assert figures(job) == (2, 0, 0, 2)
    assert all("取消合并" in told[0] for told in reasons(job).values())
    assert list(reasons(job)) == [3, 4]


@pytest.mark.slow
def test_a_million_empty_rows_are_passed_over():
    rows = b"".join(b'<row r="%d" spans="1:16"/>' % number for number in range(2, 1_000_001))
    with zipfile.ZipFile(workbook([SINGLE])) as sound:
        sheet = sound.read("xl/worksheets/sheet1.xml")
    last = (
        b'<row r="1000001"><c r="B1000001" t="inlineStr"><is><t>\xe5\x88\xa4\xe6\x96\xad\xe9\xa2\x98</t></is></c></row>'
    )
    emptied = sheet.replace(b"</sheetData>", rows[len(b'<row r="2" spans="1:16"/>') :] + last + b"</sheetData>")

    job = import_file(zipped(**{"xl/worksheets/sheet1.xml": emptied}))

    assert figures(job) == (1, 0, 0, 1)
    assert list(reasons(job)) == [1_000_001]


def test_of_several_sheets_the_one_called_questions_is_taken_and_said():
    book = Workbook()
    book.active.title = "封面"
    sheet = book.create_sheet("题目")
    sheet.append(list(COLUMNS))
    sheet.append([SINGLE.get(column) for column in COLUMNS])

    job = import_file(saved(book))

    assert figures(job) == (1, 0, 0, 0)
    assert job.notes == ["文件里有 2 个工作表，只导入了“题目”"]


# --- Cells ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "words"),
    [
        (SINGLE | {"正确答案": ""}, "没有填正确答案"),
        (SINGLE | {"正确答案": "AB"}, "单选题和判断题要有且只有一个正确选项"),
        (SINGLE | {"正确答案": "D"}, "正确答案 D 没有对应的选项"),
        (SINGLE | {"正确答案": "AA"}, "同一个字母写了两次"),
        (SINGLE | {"正确答案": "第一个"}, "正确答案填选项的字母"),
        (SINGLE | {"选项C": "100–120 次"}, "选项不能相同"),
        (SINGLE | {"选项C": "１００–１２０ 次"}, "选项不能相同"),
        (SINGLE | {"选项B": ""}, "选项B 是空的"),
        (SINGLE | {"选项B": "", "选项C": "", "正确答案": "A"}, "至少要有两个选项"),
        (SINGLE | {"题型": "填空题"}, "“填空题”不认识"),
        (SINGLE | {"题型": ""}, "没有填题型"),
        (SINGLE | {"题干": ""}, "题干不能为空"),
        (SINGLE | {"难度": "超难"}, "难度“超难”不认识"),
        (SINGLE | {"状态": "上线"}, "状态“上线”不认识"),
        (SINGLE | {"题干": "长" * 1001}, "题干太长，最多 1000 字"),
        (SINGLE | {"选项A": "长" * 301}, "选项A太长"),
        (SINGLE | {"编号": "长" * 41}, "编号太长"),
        (TRUE_FALSE | {"正确答案": "不一定"}, "填“对”或“错”"),
        (TRUE_FALSE | {"选项A": "对", "选项B": "错", "选项C": "不知道"}, "判断题要有两个选项"),
        (SINGLE | {"题干": "=A1"}, "题干：是公式"),
        (SINGLE | {"选项A": date(2026, 1, 2)}, "选项A：是日期"),
        (SINGLE | {"编号": 110101199003070134}, "编号：数字超过 15 位"),
        (SINGLE | {"题干": "看图[图片 99]"}, "图片 99 不存在"),
    ],
)
def test_a_row_at_fault_says_why_and_the_others_are_taken(given, words):
    job = import_rows(MULTIPLE, given)

    assert figures(job) == (1, 0, 0, 1)
    (told,) = reasons(job).values()
    assert any(words in reason for reason in told), told
    assert BankQuestion.objects.get().code == "Q-2"


def test_more_than_eight_options_are_refused():
    nine = {f"选项{letter}": f"第 {letter} 项" for letter in "ABCDEFGHI"}

    job = import_file(workbook([SINGLE | nine | {"正确答案": "A"}], header=[*COLUMNS, "选项I"]))

    assert reasons(job) == {2: ["选项太多，最多 8 个"]}
    assert job.faults.get().cells["选项I"] == "第 I 项"


def test_all_reasons_of_a_row_are_given_at_once():
    job = import_rows(SINGLE | {"题型": "问答", "难度": "超难", "解析": "长" * 1001})

    assert len(reasons(job)[2]) == 3


def test_numbers_full_width_letters_and_blanks_are_understood():
    job = import_rows(
        {
            "编号": 12,
            "题型": " 单选题 ",
            "题干": "  2 的平方是？\u200b",
            "选项A": 4,
            "选项B": 4.5,
            "选项C": 8.0,
            "正确答案": "ａ",
        },
        {
            "编号": "110101199003070134",
            "题型": "多选",
            "题干": "哪些是偶数？",
            "选项A": 2,
            "选项B": 4,
            "选项C": 5,
            "正确答案": "Ａ、Ｂ",
        },
        {"题型": "判断", "题干": "水在标准大气压下 100 ℃ 沸腾。", "正确答案": True},
        {"题型": "判断", "题干": "冰比水重。", "选项A": "正确", "选项B": "错误", "正确答案": "×"},
        {"题型": "判断", "题干": "酒精能消毒。", "选项A": "错", "选项B": "对", "正确答案": "对"},
    )

    assert figures(job) == (5, 0, 0, 0), reasons(job)
    told = {
        question.stem: [
            option["text"] for option in question.content["options"] if option["id"] in question.content["right"]
        ]
        for question in BankQuestion.objects.all()
    }
    assert told == {
        "2 的平方是？": ["4"],
        "哪些是偶数？": ["2", "4"],
        "水在标准大气压下 100 ℃ 沸腾。": ["对"],
        "冰比水重。": ["错误"],
        "酒精能消毒。": ["对"],
    }
    assert set(BankQuestion.objects.values_list("code", flat=True)) == {"12", "110101199003070134", ""}
    first = BankQuestion.objects.get(code="12")
    assert [option["text"] for option in first.content["options"]] == ["4", "4.5", "8"]


def test_a_percentage_is_read_as_it_is_shown():
    def as_percent(sheet):
        sheet["D2"].number_format = "0%"

    import_file(workbook([SINGLE | {"选项A": 0.6}], change=as_percent))

    assert BankQuestion.objects.get().content["options"][0]["text"] == "60%"


def test_a_text_that_begins_like_a_formula_is_a_text():
    import_rows(SINGLE | {"选项A": "'-5", "选项C": "'=2"})

    assert [option["text"] for option in BankQuestion.objects.get().content["options"]] == ["-5", "100–120 次", "=2"]
