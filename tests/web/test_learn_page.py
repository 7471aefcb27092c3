"""/learn/ and /learn/<enrolment>/: what I am in the middle of, and one class of mine (L8, T4)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from learning.models import Enrolment
from registry.hours.services import credit, set_target
from tests.cms import factories as content
from tests.identity import factories as people
from tests.support.clock import SHANGHAI, START
from tests.web.pages import browser, enrols, has_watched, queries, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(clock: Any) -> None:
    content.set_up_site()


@pytest.fixture
def learner(clock: Any) -> Any:
    return people.learner()


def class_of_two(slug: str, **terms: Any) -> Any:
    lessons = [content.lesson(), content.lesson("第二讲")]
    return content.class_page(slug, [content.course(lessons=lessons)], **{"title": slug} | terms)


def earns(user: Any, subject: str, figure: str) -> None:
    credit(
        user_id=user.pk,
        subject=subject,
        hours=Decimal(figure),
        title="以前学的",
        source_kind="course",
        source_key=f"{subject}{figure}",
        now=START,
    )


# --- The year ---------------------------------------------------------------------------------------------------------
def test_the_years_target_hours_and_pace(learner: Any) -> None:
    set_target(year=2026, public_hours=Decimal(30), professional_hours=Decimal("60"))
    earns(learner, "public", "24")
    earns(learner, "professional", "37.5")

    year = read(browser(learner), "/learn/").select_one("[aria-labelledby=this-year]")

    assert year.svg["aria-label"] == "本年已完成 61.5 学时，目标 90 学时。公需 24，专业 37.5"
    assert "还差6学时" in words(year)
    assert "还差22.5学时" in words(year)
    assert "还有304天截止，每周学1学时就能达标。" in words(year)
    assert year.find("a", string="看明细")["href"] == "/me/years/2026/"


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (datetime(2026, 12, 31, 9, tzinfo=SHANGHAI), "今天是今年最后一天，还差90学时。"),
        (datetime(2026, 12, 30, 9, tzinfo=SHANGHAI), "还有1天截止，每周学90学时就能达标。"),
        (datetime(2026, 12, 3, 9, tzinfo=SHANGHAI), "还有28天截止，每周学23学时就能达标。"),
    ],
)
def test_the_pace_near_the_end(learner: Any, clock: Any, day: datetime, says: str) -> None:
    clock.set(day)

    assert says in words(read(browser(learner), "/learn/"))


def test_too_much_of_one_subject_doesnt_meet_the_year(learner: Any) -> None:
    earns(learner, "professional", "90")
    assert "每周学1学时就能达标" in words(read(browser(learner), "/learn/"))

    earns(learner, "public", "30")
    assert "今年已经达标" in words(read(browser(learner), "/learn/"))


# --- Going on ---------------------------------------------------------------------------------------------------------
def test_a_new_learner_is_shown_where_to_begin(learner: Any) -> None:
    page = read(browser(learner), "/learn/")

    assert words(page.find(id="next-up")) == "选一个班开始学"
    assert {link["href"] for link in page.select("[aria-labelledby=next-up] a")} == {
        "/catalogue/?subject=public",
        "/catalogue/?subject=professional",
    }
    assert not page.find(id="mine")


def test_it_goes_on_with_the_lesson_watched_last(learner: Any) -> None:
    enrolment = enrols(learner, class_of_two("a"))
    has_watched(enrolment, 1, then_ms=45_000)
    enrols(learner, class_of_two("later"))

    panel = read(browser(learner), "/learn/").select_one("[aria-labelledby=next-up]")

    assert "接着上次学今天09:00Aa第二讲，看到00:45" in words(panel)
    assert panel.select_one(".xs-meter")["aria-label"] == "本视频已学 75%"
    assert panel.select_one(".btn")["href"].startswith(f"/learn/{enrolment.pk}/lessons/")


def test_a_class_not_begun_yet_is_begun(learner: Any) -> None:
    enrolment = enrols(learner, class_of_two("a"))

    panel = read(browser(learner), "/learn/").select_one("[aria-labelledby=next-up]")

    assert words(panel).startswith("从这里开始")
    assert (words(panel.select_one(".btn")), panel.select_one(".btn")["href"].split("lessons")[0]) == (
        "开始学习",
        f"/learn/{enrolment.pk}/",
    )


def test_when_all_is_finished_the_next_class_is_offered(learner: Any) -> None:
    has_watched(enrols(learner, class_of_two("a")), 2)

    page = read(browser(learner), "/learn/")

    assert words(page.find(id="next-up")) == "在学的班都学完了"
    assert "已学完" in words(page.select_one("[aria-labelledby=finished]"))


# --- My classes -------------------------------------------------------------------------------------------------------
def test_my_classes_say_how_far_and_when(learner: Any) -> None:
    under_way = enrols(learner, class_of_two("a"))
    has_watched(under_way, 1)
    yesterday = START - timedelta(days=1)
    Enrolment.objects.filter(pk=under_way.pk).update(last_studied_at=yesterday)
    fresh = enrols(learner, class_of_two("b", subject="public"))

    rows = read(browser(learner), "/learn/").select("[aria-labelledby=studying] li")

    assert [(words(row.h3), row.h3.a["href"], words(row.find_all("p")[-1])) for row in rows] == [
        ("b", f"/learn/{fresh.pk}/", "已学0/2个视频还没开始"),
        ("a", f"/learn/{under_way.pk}/", "已学1/2个视频昨天"),
    ]


@pytest.mark.parametrize(("subject", "left"), [("public", ["b"]), ("professional", ["a"]), ("else", ["b", "a"])])
def test_my_classes_by_subject(learner: Any, subject: str, left: list[str]) -> None:
    enrols(learner, class_of_two("a"))
    enrols(learner, class_of_two("b", subject="public"))

    rows = read(browser(learner), f"/learn/?subject={subject}").select("[aria-labelledby=studying] h3")

    assert sorted(map(words, rows)) == sorted(left)


def test_a_subject_without_classes_says_so(learner: Any) -> None:
    enrols(learner, class_of_two("a"))

    assert "没有在学的公需科目班级" in words(read(browser(learner), "/learn/?subject=public"))


def test_both_trainings_exams_and_practice_are_one_click_away(learner: Any) -> None:
    links = {words(link): link["href"] for link in read(browser(learner), "/learn/").select(".xs-shortcuts a")}

    assert links == {
        "公需科目培训": "/catalogue/?subject=public",
        "专业科目培训": "/catalogue/?subject=professional",
        "全部班级": "/catalogue/",
        "考试": "/learn/exams/",
        "练习": "/learn/practice/",
        "错题本": "/learn/mistakes/",
        "我的订单": "/orders/",
        "年度完成情况": "/me/years/",
    }
    for address in links.values():
        assert browser(learner).get(address).status_code == 200, address


# --- One class of mine ------------------------------------------------------------------------------------------------
def test_one_class_shows_every_lesson_and_the_hours_it_brought(learner: Any) -> None:
    page = content.class_page("a", [content.course(hours="2"), content.course("第二门", hours="3")])
    enrolment = enrols(learner, page)
    has_watched(enrolment, 1)

    seen = read(browser(learner), f"/learn/{enrolment.pk}/")

    done, following = seen.select("[aria-labelledby=syllabus] li")
    assert "已学完回看" in words(done)
    assert "开始" in words(following)
    assert "2/5学时" in words(seen.select_one("[aria-labelledby=hours]"))
    assert [link["href"] for link in seen.select(".btn-primary")] == [following.a["href"]] * 2


def test_a_public_subject_class_brings_its_hours_whole(learner: Any) -> None:
    page = content.class_page(
        "a", [content.course(hours=None), content.course("二", hours=None)], subject="public", hours=Decimal(6)
    )
    enrolment = enrols(learner, page)
    has_watched(enrolment, 1)
    before = words(read(browser(learner), f"/learn/{enrolment.pk}/").select_one("[aria-labelledby=hours]"))
    has_watched_rest(enrolment)
    after = words(read(browser(learner), f"/learn/{enrolment.pk}/").select_one("[aria-labelledby=hours]"))

    assert "0/6学时" in before
    assert "6/6学时" in after
    assert "已学完" in after


def has_watched_rest(enrolment: Enrolment) -> None:
    """The second of two lessons, as the first was."""
    enrolment.lessons.all().delete()
    enrolment.courses.all().delete()
    has_watched(enrolment, 2)


def test_a_class_that_ended_says_why_it_cant_go_on(learner: Any, clock: Any) -> None:
    enrolment = enrols(learner, content.class_page("a", ends_on=START.date()))
    clock.tick(24 * 3600)

    bar = read(browser(learner), f"/learn/{enrolment.pk}/").select_one(".xs-actionbar")

    assert "这个班已在2026-03-02结束" in words(bar)
    assert bar.button.has_attr("disabled")


# --- Who may ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["/learn/", "/learn/1/", "/me/years/", "/me/years/2026/"])
def test_a_visitor_logs_in_and_comes_back(address: str) -> None:
    assert browser().get(address)["Location"] == f"/login/?next={address}"


@pytest.mark.parametrize("address", ["/learn/", "/learn/1/", "/me/years/", "/me/years/2026/"])
def test_who_is_no_learner_is_told_to_switch(address: str) -> None:
    for user in (people.administrator(), people.staff()):
        page = read(browser(user), address, status=403)
        assert page.select_one(".btn-primary")["href"] == "/role/"


def test_somebody_elses_enrolment_is_unknown(learner: Any) -> None:
    enrolment = enrols(learner, class_of_two("a"))

    assert browser(people.stranger()).get(f"/learn/{enrolment.pk}/").status_code == 404
    assert browser(learner).get(f"/learn/{enrolment.pk + 1}/").status_code == 404
    assert browser(learner).get(f"/learn/{'9' * 40}/").status_code == 404


def test_no_cache_keeps_a_learners_page(learner: Any) -> None:
    assert "no-store" in browser(learner).get("/learn/")["Cache-Control"]


def test_as_many_queries_for_one_class_as_for_twenty(learner: Any) -> None:
    client = browser(learner)
    has_watched(enrols(learner, class_of_two("first")), 1)
    for_one = queries(client, "/learn/")
    for place in range(19):
        has_watched(enrols(learner, class_of_two(f"c{place}")), place % 3)

    assert queries(client, "/learn/") == for_one <= 12
