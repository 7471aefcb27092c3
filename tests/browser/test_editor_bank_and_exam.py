"""An editor imports questions with faults, mends them, builds an exam, is refused, mends and publishes (E1)."""

import io
import os

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Group
from django.test import Client
from openpyxl import load_workbook

from cms.models import BankQuestion, Blueprint, ClassPage, QuestionImport
from cms.services import REVIEWERS, bank_called, run_import
from core import clock
from tests.browser.waiting import follow, serious_faults
from tests.cms.bank_forms import question
from tests.cms.factories import class_page, course
from tests.cms.workbooks import SINGLE, saved, workbook
from tests.identity import factories as people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = [
    SINGLE | {"编号": f"R-{at}", "题干": f"{at * 7919} 号病人先做哪一步？", "解析": "按 $x=\\frac{1}{2}$ 算。"}
    for at in range(4)
]


def look(page, name):
    """A picture of the page for whoever asks for them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)


def log_in(page, live_server):
    user = people.staff("reviewer", "审核乙")
    user.groups.add(Group.objects.get(name=REVIEWERS))
    client = Client()
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    name = project.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return user


def upload(page, content, name="题目.xlsx"):
    """Send a workbook and let the worker do it."""
    page.get_by_label("导入到题库").select_option(label="急救题库")
    page.get_by_label("xlsx 文件").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    follow(page.get_by_role("button", name="开始导入"))
    page.get_by_text("导入会继续").wait_for()
    run_import(import_id=QuestionImport.objects.latest("pk").pk, clock=clock.now)


def in_order(page):
    """What is ours on the page has no serious fault; Wagtail's own header and menu are Wagtail's."""
    assert serious_faults(page, ".xs-import") == [], page.url


def test_questions_with_faults_are_mended_and_an_exam_of_them_is_published(page, live_server, settings):
    # A draft saved by itself in the instant of publishing is a conflict to Wagtail: that isn't this journey's matter.
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0
    log_in(page, live_server)
    bank_called(title="急救题库")
    page.goto("/admin/")
    follow(page.get_by_role("link", name="导入考题"))
    in_order(page)
    look(page, "import")

    faulty = ROWS[3] | {"正确答案": "D"}
    upload(page, workbook([*ROWS[:3], faulty]).getvalue())
    page.get_by_text("有 1 行没有导入").wait_for()
    page.get_by_text("第 5 行：正确答案 D 没有对应的选项").wait_for()
    in_order(page)
    look(page, "result")

    with page.expect_download() as download:
        page.get_by_role("link", name="导出这些行").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    header = [cell.value for cell in book.active[1]]
    book.active.cell(2, header.index("正确答案") + 1).value = "B"
    follow(page.get_by_role("link", name="再导入一个文件"))
    upload(page, saved(book).getvalue(), "改好.xlsx")
    page.get_by_text("全部导入成功").wait_for()
    assert BankQuestion.objects.filter(state="active").count() == 4

    draft = class_page("ji-jiu", [course("急救基础", hours="1")], subject="public", publish=False)
    page.goto(f"/admin/pages/{draft.pk}/edit/")
    build_exam(page, count=5)
    publish(page)
    page.get_by_role("tab", name="课程目录").click()
    page.get_by_text("要抽 5 题，启用的考试题只够 4 题，还差 1 题").wait_for()
    look(page, "refused")
    assert not ClassPage.objects.live().exists()

    page.locator("[data-contentpath=exam] [data-panel-toggle]").first.click()
    field(page, "rules-0-value-count").fill("4")
    look(page, "exam")
    publish(page)
    page.locator(".messages .success").get_by_text("急诊急救规范化处置").wait_for()
    blueprint = Blueprint.objects.get()
    assert (blueprint.minutes, blueprint.pass_points, blueprint.rules[0]["count"]) == (20, 3, 4)

    page.goto(f"/admin/classes/{draft.pk}/sample-paper/")
    page.locator("math").first.wait_for()
    assert page.get_by_text("✓ 正确").count() == 4
    assert serious_faults(page, ".xs-sample") == []
    look(page, "sample")


def field(page, name):
    """A field of the first course's exam."""
    return page.locator(f"[name=syllabus-0-value-exam-0-value-{name}]")


def build_exam(page, count):
    """In the class's editor: an exam of so many single choices of the bank, three right to pass, twenty minutes."""
    page.get_by_role("tab", name="课程目录").click()
    blocks = page.locator("[data-contentpath=syllabus]")
    add = blocks.locator("[data-contentpath=exam] [data-streamfield-list-add]").first
    if not add.is_visible():
        blocks.locator("[data-panel-toggle]").first.click()
    add.click()
    field(page, "minutes").fill("20")
    field(page, "pass_points").fill("3")
    field(page, "rules-0-value-count").fill(str(count))
    blocks.locator("[data-contentpath=bank] [data-chooser-action-choose]").first.click()
    page.get_by_role("dialog").get_by_role("link", name="急救题库").click()
    page.get_by_role("dialog").wait_for(state="hidden")


def publish(page):
    page.locator("footer").get_by_role("button", name="动作").click()
    follow(page.get_by_role("button", name="发布", exact=True))


def test_the_pages_of_an_import_fit_a_phone(phone, live_server):
    log_in(phone, live_server)
    bank_called(title="急救题库")
    phone.goto("/admin/snippets/cms/bankquestion/import/")
    in_order(phone)
    upload(
        phone,
        workbook(
            [*ROWS[:3], ROWS[3] | {"正确答案": ""}, ROWS[0] | {"编号": "X", "题干": f"{ROWS[1]['题干']}呢"}]
        ).getvalue(),
    )

    phone.get_by_text("有 1 行没有导入").wait_for()
    assert phone.get_by_role("row").filter(has_text="%").count() == 1, "a pair is told once"
    in_order(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "too wide"
    look(phone, "result")


def test_a_question_is_previewed_with_its_formula_and_its_double_is_put_out_of_use(page, live_server):
    log_in(page, live_server)
    old = question("成人胸外按压每分钟 $n$ 次，$n$ 应是多少？")
    question("成人胸外按压每分钟要 $n$ 次，$n$ 应是多少？")
    page.goto(f"/admin/snippets/cms/bankquestion/edit/{old.pk}/")
    preview = page.locator("[data-question-preview]")
    preview.locator("math").first.wait_for()
    page.locator("[name=stem]").fill("已知 $x^2=25$，x 是多少？")
    preview.locator("math msup").wait_for()
    preview.get_by_text("✓ 正确").wait_for()
    assert serious_faults(page, "[data-question-preview]") == []
    look(page, "question")

    page.goto("/admin/snippets/cms/bankquestion/")
    page.get_by_role("link", name="导入", exact=True).wait_for()
    look(page, "list")
    page.goto("/admin/snippets/cms/bankquestion/doubles/")
    page.locator("math").first.wait_for()
    in_order(page)
    look(page, "doubles")
    follow(page.get_by_role("button", name="停用这一题").last)
    page.get_by_text("没有发现重复的题").wait_for()
    assert BankQuestion.objects.filter(state="retired").count() == 1
