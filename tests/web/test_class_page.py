"""/classes/<slug>/: what a class is, for whom, and what it would do for this year (L1, L3, L5)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup

from registry.hours.services import credit
from tests.cms import factories as content
from tests.identity import factories as people
from tests.support.clock import START
from tests.web.pages import browser, enrols, has_watched, queries, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(clock: Any) -> None:
    content.set_up_site()


def two_courses() -> list[Any]:
    first = content.lesson("分诊", content.video(1320), is_preview=True)
    second = content.lesson("体征", content.video(40), quizzes=[content.quiz("0:20"), content.quiz("")])
    return [content.course("评估", [first, second]), content.course("复苏", [content.lesson("按压")])]


def test_a_visitor_reads_what_the_class_is() -> None:
    people.region()
    people.code("title_series", "01", "卫生技术")
    terms = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 12, 31), "grace_until": date(2027, 1, 31)}
    content.class_page(
        "a", two_courses(), title="急诊", summary="一句话", regions=["110100"], title_series=["01"], **terms
    )

    page = read(browser(), "/classes/a/")

    facts = dict(zip(map(words, page.select(".xs-facts dt")), map(words, page.select(".xs-facts dd")), strict=True))
    assert words(page.h1) == "急诊"
    assert facts == {
        "学时": "专业4学时",
        "适用系列": "卫生技术",
        "开放地区": "示例市",
        "学习时间": "2026-03-01至2026-12-31，已报名的可学到2027-01-31",
    }
    assert [words(link) for link in page.select(".breadcrumb a")] == ["专业科目", "卫生"]


def test_the_syllabus_says_length_and_questions_and_offers_the_trial() -> None:
    content.class_page("a", two_courses())

    syllabus = read(browser(), "/classes/a/").select_one("#syllabus")

    assert [words(heading) for heading in syllabus.select("h3")] == ["课程一评估2学时", "课程二复苏2学时"]
    first, second, third = syllabus.select("li")
    assert "1.1分诊22分钟" in words(first)
    assert first.a["href"].startswith("/classes/a/preview/")
    assert "1.2体征40秒·2次课中提问" in words(second)
    assert not second.a
    assert "2.1按压" in words(third)


def test_public_subject_classes_call_a_course_a_section_and_count_whole() -> None:
    content.class_page("a", two_courses(), subject="public", year=2026)

    page = read(browser(), "/classes/a/")

    assert [words(heading) for heading in page.select("#syllabus h3")] == ["小节一评估", "小节二复苏"]
    assert "全部小节学完后，4学时一次计入2026年度的公需科目" in words(page.select_one("#rules"))


def test_the_rules_are_those_of_this_class() -> None:
    content.class_page("a", two_courses(), max_rate_pct=150, presence_minutes=15)
    content.class_page("b")

    strict, plain = (words(read(browser(), f"/classes/{slug}/").select_one("#rules")) for slug in "ab")

    assert "课程的学时就计入学完当年的专业科目" in strict
    assert "1.5倍速" in strict
    assert "不定时请你确认" in strict
    assert "课中提问答对" in strict
    assert not any(rule in plain for rule in ("倍速", "确认", "提问"))


def test_an_enrolled_learner_sees_the_state_of_each_lesson_and_goes_on() -> None:
    user = people.learner()
    page = content.class_page("a", two_courses())
    enrolment = enrols(user, page)
    has_watched(enrolment, 1, then_ms=10_000)

    seen = read(browser(user), "/classes/a/")

    states = [words(line) for line in seen.select("#syllabus li")]
    assert "22分钟·已学完回看" in states[0]
    assert "学到25%继续" in states[1]
    assert "学完前面的就开放" in states[2]
    on = seen.select_one(".xs-actionbar a")
    assert (words(on), on["href"]) == ("继续学习", seen.select("#syllabus li a")[1]["href"])
    assert on["href"].startswith(f"/learn/{enrolment.pk}/lessons/")
    assert not seen.find("form", method="post")


def test_a_finished_class_leads_to_its_progress() -> None:
    user = people.learner()
    enrolment = enrols(user, content.class_page("a"))
    has_watched(enrolment, 1)

    page = read(browser(user), "/classes/a/")

    assert page.select_one(".xs-actionbar a")["href"] == f"/learn/{enrolment.pk}/"
    assert "你已经学完这个班" in words(page)


@pytest.mark.parametrize(
    ("earned", "hours", "says"),
    [
        ("38", "12", "你的2026年度专业科目还差22学时，学完本班还差10学时。"),
        ("50", "12", "你的2026年度专业科目还差10学时，学完本班就达标。"),
        ("60", "12", "你的2026年度专业科目已经达标，多学的也会记下来。"),
    ],
)
def test_it_says_what_the_class_would_do_for_the_year(earned: str, hours: str, says: str) -> None:
    user = people.learner()
    credit(
        user_id=user.pk,
        subject="professional",
        hours=Decimal(earned),
        title="以前学的",
        source_kind="course",
        source_key="x",
        now=START,
    )
    content.class_page("a", [content.course(hours=hours)])

    assert words(read(browser(user), "/classes/a/").select_one(".alert")) == says


def test_hours_that_the_class_brought_already_dont_count_twice() -> None:
    user = people.learner()
    page = content.class_page("a", [content.course(hours="20"), content.course("第二门", hours="20")])
    has_watched(enrols(user, page), 1)

    assert "还差40学时，学完本班还差20学时" in words(read(browser(user), "/classes/a/").select_one(".alert"))


def test_a_visitors_page_holds_nothing_of_a_person() -> None:
    content.class_page("a")

    response = browser().get("/classes/a/")

    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert not read(browser(), "/classes/a/").select(".alert")


def test_an_unpublished_class_and_an_unknown_one_are_unknown() -> None:
    content.class_page("draft", publish=False)

    assert browser().get("/classes/draft/").status_code == 404
    assert browser().get("/classes/no-such/").status_code == 404


@pytest.mark.parametrize("who", ["visitor", "newcomer", "enrolled"])
def test_as_many_queries_for_one_lesson_as_for_twenty(who: str) -> None:
    user = people.learner()
    small = content.class_page("a")
    large = content.class_page("b", [content.course(lessons=[content.lesson(f"第{n}讲") for n in range(20)])])
    if who == "enrolled":
        has_watched(enrols(user, small), 0, then_ms=5_000)
        has_watched(enrols(user, large), 10, then_ms=5_000)
    client = browser(None if who == "visitor" else user)

    assert queries(client, "/classes/a/") == queries(client, "/classes/b/") <= {"newcomer": 14}.get(who, 19)


def test_an_editor_previews_a_draft_as_it_would_be_published() -> None:
    page = content.class_page("a", two_courses(), title="旧名", publish=False)
    page.title = "新名"
    asked = browser(people.staff()).get("/catalogue/").wsgi_request

    response = page.make_preview_request(original_request=asked)

    assert response.status_code == 200
    shown = BeautifulSoup(response.content, "html.parser")
    assert words(shown.h1) == "新名"
    assert [words(heading) for heading in shown.select("#syllabus h3")] == ["课程一评估2学时", "课程二复苏2学时"]
