"""The catalogue by subject, specialty, series, region, price and dates (L3), in a constant number of queries."""

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist

from cms.models import ClassPage, SpecialtyPage
from cms.queries import class_by_slug, find_classes, specialties_with_counts
from cms.queries import terms as terms_room
from cms.queries.memory import Memory
from tests.cms.factories import class_page
from tests.identity import factories as people

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cold(monkeypatch):
    """A process that knows nothing yet."""
    monkeypatch.setattr(terms_room, "_kept", Memory(most=100))


def found(**filters):
    return {terms.slug for terms in find_classes(**filters).classes}


def test_by_subject_and_specialty(clock):
    class_page("public", subject="public")
    class_page("health")
    class_page("law", specialty="law")

    assert found(subject="public") == {"public"}
    assert found(subject="professional") == {"health", "law"}
    assert found(specialty="law") == {"law"}
    assert found(specialty="none") == set()


def test_by_title_series(clock):
    people.code("title_series", "01", "卫生")
    people.code("title_series", "02", "律师")
    class_page("one", title_series=["01", "02"])
    class_page("any")

    assert found(series="02") == {"one"}
    assert found(series="03") == set()
    assert class_by_slug("one").title_series_names == ("卫生", "律师")


def test_a_class_of_a_region_is_for_those_in_it_and_below_and_one_without_for_all(clock):
    city = people.region()
    district = people.region("东城区", "110101", parent=city)
    other = people.region("外市", "120100")
    class_page("city", regions=["110100"])
    class_page("district", regions=["110101"])
    class_page("all")

    assert found(region=city.path) == {"city", "all"}
    assert found(region=district.path) == {"city", "district", "all"}
    assert found(region=other.path) == {"all"}
    assert class_by_slug("city").region_paths == (city.path,)


def test_by_price(clock):
    class_page("free")
    class_page("paid", price_fen=240)

    assert found(free=True) == {"free"}
    assert found(free=False) == {"paid"}


def test_those_one_may_enrol_in_today(clock):
    today = clock.now().date()
    class_page("open", starts_on=today, ends_on=today)
    class_page("always")
    class_page("over", ends_on=today - timedelta(1))
    class_page("coming", starts_on=today + timedelta(1))

    assert found(open_now=True) == {"open", "always"}


def test_sorted_by_price(clock):
    class_page("dear", price_fen=900)
    class_page("cheap", price_fen=100)

    assert [terms.slug for terms in find_classes(sort="price").classes] == ["cheap", "dear"]


def test_pages_are_bounded(clock):
    for number in range(5):
        class_page(f"c{number}")

    second = find_classes(page=2, size=2)

    assert (second.count, second.page, second.pages, len(second.classes)) == (5, 2, 3, 2)
    assert (second.has_previous, second.has_next) == (True, True)
    assert find_classes(page=99, size=2).page == 3
    assert find_classes(page=-1, size=10_000).page == 1


def test_specialties_count_what_is_on_offer_in_one_query(clock, django_assert_num_queries):
    class_page("one")
    class_page("two", publish=False)
    class_page("three", specialty="law")
    ClassPage.objects.get(slug="three").unpublish()

    with django_assert_num_queries(1):
        rows = specialties_with_counts()

    assert [(row.slug, row.count) for row in rows] == [("health", 1), ("law", 0)]


@pytest.mark.parametrize("number", [1, 20])
def test_a_list_takes_the_same_queries_for_1_and_20_classes(clock, cold, django_assert_num_queries, number):
    city = people.region()
    people.code("title_series", "01", "卫生")
    for serial in range(number):
        class_page(f"c{serial}", title_series=["01"], regions=["110100"])

    with django_assert_num_queries(7):
        result = find_classes(q="急诊", region=city.path, series="01", open_now=True)

    assert len(result.classes) == number
    with django_assert_num_queries(3):
        find_classes(q="急诊", region=city.path, series="01", open_now=True)


def test_a_class_is_known_by_its_slug_while_it_is_on_offer(clock):
    page = class_page()

    assert class_by_slug(page.slug).id == page.pk

    page.unpublish()
    with pytest.raises(ObjectDoesNotExist):
        class_by_slug(page.slug)


def test_a_new_price_is_seen_at_once(clock):
    class_page(price_fen=240)
    assert class_by_slug("ji-jiu").price_fen == 240

    class_page(price_fen=180)

    assert class_by_slug("ji-jiu").price_fen == 180


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=abc", "page=99999999999", "page=２", "sort=drop", "subject=x", "free=maybe",
        "q=%00", "q=%F0%9F%98%80", "region=none", "series=%27", "q=" + "长" * 500, "open=yes",
    ],
)  # fmt: skip
def test_an_odd_address_is_met_politely(client, clock, query):
    class_page()

    assert client.get(f"/catalogue/?{query}").status_code == 200


def test_the_addresses_of_the_contract(client, clock):
    class_page()

    assert client.get("/").status_code == 200
    assert client.get("/catalogue/").status_code == 200
    assert client.get("/catalogue/health/").status_code == 200
    assert client.get("/classes/ji-jiu/").status_code == 200
    assert client.get("/classes/").headers["Location"] == "/catalogue/"
    assert client.get("/catalogue/none/").status_code == 404


def test_a_specialty_with_classes_is_not_deleted(clock):
    from django.db.models import ProtectedError

    class_page()

    with pytest.raises(ProtectedError):
        SpecialtyPage.objects.get(slug="health").delete()
