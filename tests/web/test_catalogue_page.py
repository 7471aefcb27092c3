"""/catalogue/ and /catalogue/<specialty>/: finding a class (L3), the entrances to both trainings (T4)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cms import factories as content
from tests.identity import factories as people
from tests.support.clock import START
from tests.web.pages import browser, enrols, has_watched, queries, read, titles, words

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TODAY = START.date()


@pytest.fixture(autouse=True)
def _today(clock: Any) -> None:
    content.set_up_site()


def classes(number: int, **terms: Any) -> None:
    for place in range(number):
        content.class_page(f"c{place}", **{"title": f"第{place}班"} | terms)


def test_a_visitor_finds_every_class_with_hours_and_price() -> None:
    content.class_page("a", title="急诊急救", price_fen=12000, original_price_fen=18000)

    page = read(browser(), "/catalogue/")

    card = page.select_one(".xs-class")
    assert titles(page) == ["急诊急救"]
    assert card.a["href"] == "/classes/a/"
    assert "专业2学时·卫生" in words(card)
    assert "¥120.00" in words(card)
    assert "¥180.00" in words(card.s)
    assert "共1个班级" in words(page)


def test_each_training_has_its_own_entrance() -> None:
    content.class_page("a", title="急诊急救")
    content.class_page("b", title="人工智能", subject="public")

    public, professional = (read(browser(), f"/catalogue/?subject={name}") for name in ("public", "professional"))

    assert (titles(public), words(public.h1)) == (["人工智能"], "公需科目")
    assert (titles(professional), words(professional.h1)) == (["急诊急救"], "专业科目")
    assert not public.select(".xs-specs")
    assert len(professional.select(".xs-specs a")) == 2


def test_a_specialty_lists_its_own_and_counts_all() -> None:
    content.class_page("a", title="急诊急救")
    content.class_page("b", title="合同审查", specialty="law")

    page = read(browser(), "/catalogue/law/")

    assert titles(page) == ["合同审查"]
    assert words(page.select_one(".xs-specs [aria-current]")) == "律师1"


@pytest.mark.parametrize(
    ("asked", "found"), [("智能", True), ("工", True), ("智能应用", True), ("能智", False), ("%", False)]
)
def test_any_part_of_a_title_is_found(asked: str, found: bool) -> None:
    content.class_page("a", title="人工智能应用基础")

    page = read(browser(), f"/catalogue/?q={asked}")

    assert bool(titles(page)) is found


def test_what_was_searched_for_stays_in_the_box_as_text() -> None:
    page = read(browser(), "/catalogue/?q=%22><script>alert(1)</script>")

    assert page.find(id="words")["value"] == '"><script>alert(1)</script>'
    assert not page.select("script")


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("free=1", ["免费班"]),
        ("free=0", ["付费班"]),
        ("open=1", ["付费班"]),
        ("sort=price", ["免费班", "付费班"]),
        ("sort=hours", ["付费班", "免费班"]),
    ],
)
def test_filters_and_order(query: str, left: list[str]) -> None:
    content.class_page("a", title="免费班", ends_on=TODAY - timedelta(days=1))
    content.class_page("b", [content.course(hours="8")], title="付费班", price_fen=240)

    assert titles(read(browser(), f"/catalogue/?{query}")) == left


def test_a_region_and_a_series_narrow_the_list() -> None:
    people.region("临河区", "120300")
    people.region()
    people.code("title_series", "01", "卫生技术")
    content.class_page("a", title="别处的班", regions=["120300"])
    content.class_page("b", title="卫生系列的班", title_series=["01"])

    assert titles(read(browser(), "/catalogue/?region=110100")) == ["卫生系列的班"]
    assert titles(read(browser(), "/catalogue/?series=01")) == ["卫生系列的班"]


def test_each_set_filter_is_a_chip_that_takes_off_only_itself() -> None:
    page = read(browser(), "/catalogue/?subject=public&q=急诊&free=1&open=1&sort=price")

    chips = {words(chip): chip.a["href"] for chip in page.select(".xs-chip")}

    assert list(chips) == ["含“急诊”", "免费", "现在能报名"]
    assert chips["免费"] == "?subject=public&q=%E6%80%A5%E8%AF%8A&open=1&sort=price"
    assert page.find("a", string="全部清除")["href"] == "?subject=public&sort=price"


def test_nothing_found_says_what_to_do() -> None:
    content.class_page("a", title="急诊急救")

    page = read(browser(), "/catalogue/?q=天文")

    assert "班级名里没有“天文”" in words(page.select_one(".xs-empty"))
    assert page.select_one(".xs-empty a")["href"] == "?"
    assert "这个专业还没有班级" in words(read(browser(), "/catalogue/law/"))


def test_pages_keep_the_filters() -> None:
    classes(21)

    first = read(browser(), "/catalogue/?q=班")
    second = read(browser(), "/catalogue/" + first.find("a", rel="next")["href"])

    assert (len(titles(first)), len(titles(second))) == (20, 1)
    assert second.find(id="words")["value"] == "班"
    assert second.find("a", rel="prev")["href"].endswith("page=1")


@pytest.mark.parametrize("number", ["abc", "0", "-3", "9999", "9" * 30, "²", ""])
def test_a_page_that_isnt_there_is_the_nearest_one(number: str) -> None:
    classes(1)

    assert titles(read(browser(), f"/catalogue/?page={number}")) == ["第0班"]


def test_dates_that_matter_stand_on_the_card() -> None:
    content.class_page("a", title="以前的", ends_on=TODAY - timedelta(days=1))
    content.class_page("b", title="以后的", starts_on=TODAY + timedelta(days=3))

    cards = {card.h3.get_text(): words(card.footer) for card in read(browser(), "/catalogue/").select(".xs-class")}

    assert cards == {"以前的": "免费已结束", "以后的": "免费2026-03-05开始"}


def test_a_learner_sees_how_far_he_is() -> None:
    user = people.learner()
    pages = {
        name: content.class_page(
            name, [content.course(lessons=[content.lesson(), content.lesson("第二讲")])], title=name
        )
        for name in ("enrolled", "under-way", "finished")
    }
    enrolments = {name: enrols(user, page) for name, page in pages.items()}
    has_watched(enrolments["under-way"], 1, then_ms=12_000)
    has_watched(enrolments["finished"], 2)

    cards = read(browser(user), "/catalogue/").select(".xs-class")

    assert {card.h3.get_text(): words(card.footer) for card in cards} == {
        "enrolled": "免费已报名",
        "under-way": "免费学到60%",
        "finished": "免费已学完",
    }


def test_a_visitors_list_holds_nothing_of_a_person() -> None:
    classes(1)

    response = browser().get("/catalogue/")

    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()


def test_everything_works_as_a_plain_form_and_htmx_swaps_the_same() -> None:
    page = read(browser(), "/catalogue/?subject=public")

    form = page.select_one("form[data-filters]")
    assert (form["method"], form["action"]) == ("get", "/catalogue/")
    assert form.find("input", {"name": "subject"})["value"] == "public"
    assert {field["name"] for field in form.select("[name]")} >= {"q", "free", "open", "sort"}
    assert form.select("noscript button")
    target = page.select_one("[hx-boost=true]")
    assert target["hx-target"] == f"#{target['id']}" == target["hx-select"]


@pytest.mark.parametrize("who", ["visitor", "learner"])
def test_as_many_queries_for_one_class_as_for_twenty(who: str) -> None:
    user = people.learner()
    client = browser(user if who == "learner" else None)
    enrols(user, content.class_page("first"))
    for_one = queries(client, "/catalogue/")
    for place in range(19):
        enrols(user, content.class_page(f"c{place}"))

    assert len(titles(read(client, "/catalogue/"))) == 20
    assert queries(client, "/catalogue/") == for_one <= 18
