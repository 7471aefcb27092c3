"""GET specialties, GET classes: the catalogue, for everybody (L1, L3)."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def slugs(response):
    assert response.status_code == 200, response.content
    return [row["slug"] for row in response.json()["results"]]


def renamed(made, title):
    page, _lessons = made
    page.title = title
    page.save_revision().publish()
    return page


def test_a_visitor_sees_the_classes(client, class_of, clock):
    page, _lessons = class_of([60])

    body = client.get("/api/v1/classes").json()

    assert (body["count"], body["next"], body["previous"]) == (1, None, None)
    row = body["results"][0]
    assert row["slug"] == page.slug
    assert (row["title"], row["subject"], row["specialty"]) == (page.title, "public", None)
    assert (row["hours"], row["price_fen"]) == (float(page.hours), 0)
    assert (row["enrolled"], row["can_enrol"], row["why_not"]) == (False, False, "not_a_learner")


def test_subject_and_words_choose(client, class_of, clock):
    public = renamed(class_of([60]), "人工智能应用基础")
    professional = renamed(class_of([60], subject="professional"), "护理应用实务")

    assert slugs(client.get("/api/v1/classes", {"subject": "public"})) == [public.slug]
    assert slugs(client.get("/api/v1/classes", {"subject": "professional"})) == [professional.slug]
    assert slugs(client.get("/api/v1/classes", {"q": "智能应"})) == [public.slug]
    assert set(slugs(client.get("/api/v1/classes", {"q": "应用"}))) == {public.slug, professional.slug}
    assert slugs(client.get("/api/v1/classes", {"q": "没有"})) == []


def test_a_specialty_chooses(client, class_of, clock):
    inside, _ = class_of([60], subject="professional")
    class_of([60])

    response = client.get("/api/v1/classes", {"specialty": inside.specialty.slug})

    assert slugs(response) == [inside.slug]
    assert response.json()["results"][0]["specialty"] == inside.specialty.slug
    assert slugs(client.get("/api/v1/classes", {"specialty": "no-such"})) == []


def test_specialties_count_their_classes(client, class_of, clock):
    class_of([60], subject="professional")

    rows = client.get("/api/v1/specialties").json()

    assert rows == [{"slug": "health", "title": "卫生", "classes": 1}, {"slug": "law", "title": "律师", "classes": 0}]


def test_pages_lead_to_one_another(client, class_of, clock):
    for _ in range(21):
        class_of([6])

    first = client.get("/api/v1/classes?subject=public").json()
    second = client.get(first["next"]).json()

    assert (len(first["results"]), len(second["results"]), first["count"]) == (20, 1, 21)
    assert (first["previous"], second["next"]) == (None, None)
    assert client.get(second["previous"]).json()["results"] == first["results"]
    assert "subject=public" in first["next"]
    assert len({row["slug"] for row in first["results"] + second["results"]}) == 21


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("page=abc", "page"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=99999999999999999999999", "page"),
        ("subject=x", "subject"),
        ("q=" + "x" * 5000, "q"),
        ("q=a%00b", "q"),
        ("specialty=%00", "specialty"),
        ("specialty=" + "x" * 5000, "specialty"),
    ],
)
def test_a_bad_query_names_itself(client, query, attr):
    response = client.get(f"/api/v1/classes?{query}")

    assert response.status_code == 400
    assert (response.json()["type"], response.json()["errors"][0]["attr"]) == ("validation_error", attr)


@pytest.mark.parametrize("q", ["%", "_", "\\", "'", '"', "𬭎", "🙂", "*", "a b", "(", "AND", "学"])
def test_any_word_may_be_searched_for(client, class_of, clock, q):
    class_of([60])

    assert slugs(client.get("/api/v1/classes", {"q": q})) == []


def test_what_is_left_empty_is_not_asked_for(client, class_of, clock):
    page, _lessons = class_of([60])

    assert slugs(client.get("/api/v1/classes?subject=&specialty=&q=&page=")) == [page.slug]


def test_a_page_beyond_the_last_is_404(client, class_of, clock):
    class_of([60])

    assert client.get("/api/v1/classes?page=7").status_code == 404


def test_a_class_that_is_not_published_is_not_listed(client, class_of, clock):
    page, _lessons = class_of([60])
    page.unpublish()

    assert slugs(client.get("/api/v1/classes")) == []


def test_a_learner_sees_which_are_his(learner, class_of, clock):
    mine, _ = class_of([60])
    other, _ = class_of([60])
    paid, _ = class_of([60], subject="professional", price_fen=240)
    learner.enrols(mine)

    rows = {row["slug"]: row for row in learner.get("classes").json()["results"]}

    def told(page):
        row = rows[page.slug]
        return row["enrolled"], row["can_enrol"], row["why_not"]

    assert told(mine) == (True, False, None)
    assert told(other) == (False, True, None)
    assert told(paid) == (False, False, "payment_required")


def test_as_many_queries_for_one_class_as_for_twenty(client, learner, class_of, clock, queries_of):
    def both():
        return [queries_of(lambda asker=asker: asker.get("/api/v1/classes")) for asker in (client, learner.client)]

    learner.enrols(class_of([6])[0])
    for_one = both()
    for _ in range(19):
        class_of([6])

    assert both() == for_one
