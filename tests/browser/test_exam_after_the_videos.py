"""The last second of a course's last video leads to its exam, and a passed exam to what comes after (L2)."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from cms.services import CourseDraft, LessonDraft
from tests.browser.stage import Watcher, encrypted_video, phone_watcher, quick_beats, watcher  # noqa: F401
from tests.browser.waiting import follow, serious_faults
from tests.cms import factories as content
from tests.exams import classes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("who", ["watcher", "phone_watcher"])
def test_the_end_of_the_videos_leads_to_the_exam(request: Any, who: str, tmp_path: Path) -> None:
    he: Watcher = request.getfixturevalue(who)
    video = encrypted_video(6, tmp_path)
    exam = classes.exam(classes.bank(), 2, pass_points=1)
    page = content.class_page(
        "an-ya",
        [CourseDraft(title, [LessonDraft(f"第一讲 {title}", video.pk)], None, exam) for title in ("心肺复苏", "除颤")],
        subject="public",
        hours=12,
    )
    first, second = classes.courses_of(page)
    he.opens(page, first.lessons.get())
    exams = he.page.locator("[data-exam-itself]")
    expect(exams).to_contain_text(["视频学完就开放", "视频学完就开放"])

    he.says("视频都学完了，下一步：考试", 40)

    expect(exams).to_contain_text(["可以考了", "视频学完就开放"])
    assert serious_faults(he.page) == []
    follow(he.page.get_by_role("link", name="去考试"))
    he.page.wait_for_url(f"**/learn/exams/{first.pk}/")
    follow(he.page.get_by_role("button", name="开始第 1 次考试"))
    he.page.locator("form[data-exam][data-ready]").wait_for()
    attempt_id = he.page.url.rstrip("/").split("#")[0].rstrip("/").split("/")[-1]
    for chosen in classes.right_answers(attempt_id).values():
        he.page.locator(f"input[value='{chosen[0]}']").check()
        he.page.locator("[data-go='1']").click()
    he.page.get_by_role("dialog", name="2 题都答完了，现在交卷吗？").get_by_role("button", name="交卷").click()
    he.page.wait_for_url("**/result/")
    expect(he.page.get_by_role("heading", name="考试通过，接着往下学")).to_be_visible()
    follow(he.page.get_by_role("link", name="接着学小节二 除颤"))
    he.page.wait_for_url(f"**{he.address(second.lessons.get())}")
    expect(he.page.locator("[data-exam-itself]")).to_contain_text(["已通过", "视频学完就开放"])
