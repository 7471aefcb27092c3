"""Search in Chinese finds any part of a title (L3)."""

import pytest

from cms.models import ClassIndexPage, ClassPage, ClassTitleGram
from cms.queries import find_classes
from core.grams import grams, normalise
from tests.cms.factories import class_page, set_up_site

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def classes(clock):
    titles = {"er": "急诊急救规范化处置", "ai": "AI 应用基础（2026 年）", "nurse": "护理安全与人文关怀"}
    return {slug: class_page(slug, title=title) for slug, title in titles.items()}


def found(q: str) -> list[str]:
    return [terms.slug for terms in find_classes(q=q).classes]


@pytest.mark.parametrize("q", ["急诊急救规范化处置", "急诊", "诊急", "规范", "置", "急救规范化", " 急诊 ", "处置 急诊"])
def test_any_part_of_a_title_finds_it(classes, q):
    assert found(q) == ["er"]


@pytest.mark.parametrize("q", ["AI", "ai", "ＡＩ", "Ai应用", "ai 应用", "２０２６", "基础(2026"])
def test_width_case_and_blanks_make_no_difference(classes, q):
    assert found(q) == ["ai"]


@pytest.mark.parametrize("q", ["诊急救规范处", "诊诊", "x", "急诊 护理", "%", "_", "'"])
def test_what_is_in_no_title_finds_nothing(classes, q):
    assert found(q) == []


def test_neighbouring_pairs_in_another_order_are_not_the_word(classes):
    class_page("pairs", title="理安全护理")

    assert found("护理安全") == ["nurse"]


def test_an_empty_query_finds_all(classes):
    assert set(found("  ")) == set(classes)


def test_a_renamed_class_is_found_by_its_new_title_only(classes):
    class_page("er", title="院前急救")

    assert found("急诊") == []
    assert found("院前") == ["er"]


def test_a_draft_title_is_not_found_before_it_is_published(classes):
    class_page("er", title="院前急救", publish=False)

    assert found("院前") == []
    assert found("急诊") == ["er"]


def test_an_unpublished_class_is_not_found(classes):
    ClassPage.objects.get(slug="er").unpublish()

    assert found("急诊") == []
    assert not ClassTitleGram.objects.filter(class_page__slug="er").exists()


@pytest.mark.slow
def test_among_5000_classes_it_finds_all_of_them_in_as_many_queries(clock, django_assert_max_num_queries):
    """How quick it is stands in the benchmarks (tests/bench/pages.py)."""
    set_up_site()
    index = ClassIndexPage.objects.get()
    subjects = ["急诊护理", "会计核算", "课堂教学", "工程造价", "农业技术"]
    first = class_page("c0", title="急诊护理规范 0")
    for number in range(1, 5000):
        page = ClassPage(
            title=f"{subjects[number % 5]}规范 {number}",
            slug=f"c{number}",
            path=index.path + ClassPage._int2str(number + 1000).rjust(4, "0"),
            depth=index.depth + 1,
            url_path=f"/portal/classes/c{number}/",
            content_type=first.content_type,
            locale=first.locale,
            draft_title="",
            hours=2,
        )
        page.title_key = normalise(page.title)
        _insert(page)
    pages = ClassPage.objects.exclude(pk=first.pk).values_list("pk", "title_key")
    ClassTitleGram.objects.bulk_create(
        [ClassTitleGram(class_page_id=pk, gram=gram) for pk, key in pages for gram in grams(key)], batch_size=5000
    )

    for q, count in (("急诊护理", 1000), ("课堂", 1000), ("4321", 1), ("农", 1000)):
        with django_assert_max_num_queries(8):
            assert find_classes(q=q).count == count


def _insert(page):
    """Its two rows, without an editor's work: only what the list reads."""
    base = page._meta.get_field("page_ptr").related_model
    columns = [field.attname for field in base._meta.concrete_fields if field.attname != "id"]
    row = base(**{name: getattr(page, name) for name in columns})
    row.save_base(raw=True, force_insert=True)
    page.page_ptr_id = page.id = row.pk
    page.save_base(raw=True, force_insert=True)
