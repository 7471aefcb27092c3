"""/images/…: the pictures of questions, by addresses that we signed and that say nothing of what is right."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image as Pillow
from wagtail.images.models import Image

from cms.queries import shown_pictures

pytestmark = pytest.mark.django_db


def picture(name: str = "right-answer.png", size: tuple[int, int] = (640, 480)) -> Image:
    """A stored picture whose file is named by a careless editor."""
    file = BytesIO()
    Pillow.new("RGB", size, "white").save(file, "PNG")
    return Image.objects.create(title=name, description="心电图", file=ImageFile(file, name=name))


def asked(stem: Image | None = None, option: Image | None = None) -> dict[str, Any]:
    """A question as papers freeze it, with these pictures."""
    named = [{"id": shown.pk, "alt": shown.description} if shown else None for shown in (stem, option)]
    return {"stem": "看图", "picture": named[0], "options": [{"id": "a", "text": "甲", "picture": named[1]}]}


def test_a_picture_comes_by_its_signed_address(client: Client) -> None:
    shown = shown_pictures([asked(stem=picture())])[0]["picture"]

    answer = client.get(shown["url"])

    assert (shown["alt"], shown["width"], shown["height"]) == ("心电图", 640, 480)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert Pillow.open(BytesIO(b"".join(answer.streaming_content))).size == (640, 480)


def test_neither_address_nor_answer_names_the_file(client: Client) -> None:
    url = shown_pictures([asked(option=picture())])[0]["options"][0]["picture"]["url"]

    answer = client.get(url)

    assert answer.status_code == 200
    assert "right" not in url + str(answer.headers)


def test_a_large_picture_is_told_and_served_within_1200_pixels(client: Client) -> None:
    shown = shown_pictures([asked(stem=picture(size=(3000, 1001)))])[0]["picture"]

    answer = client.get(shown["url"])

    assert (shown["width"], shown["height"]) == (1200, 400)
    assert Pillow.open(BytesIO(b"".join(answer.streaming_content))).size == (1200, 400)


@pytest.mark.parametrize("part", [2, 3, 4])
def test_an_address_that_we_did_not_sign_is_unknown(client: Client, part: int) -> None:
    other = picture("other.png")
    parts = shown_pictures([asked(stem=picture())])[0]["picture"]["url"].split("/")
    parts[part] = {2: "A" * 28, 3: str(other.pk), 4: "original"}[part]

    assert client.get("/".join(parts)).status_code == 404


def test_a_picture_that_is_gone_leaves_its_words(client: Client) -> None:
    gone = picture()
    question = asked(stem=gone)
    gone.delete()

    shown = shown_pictures([question])[0]["picture"]

    assert (shown["alt"], shown["width"], shown["height"]) == ("心电图", None, None)
    assert client.get(shown["url"]).status_code == 404


def test_one_query_finds_all_pictures_and_none_is_asked_for_none(django_assert_num_queries: Any) -> None:
    questions = [asked(picture(f"{number}.png"), picture(f"{number}b.png")) for number in range(4)]
    with django_assert_num_queries(1):
        shown = shown_pictures([*questions, asked()])
    assert shown[-1]["picture"] is None
    assert "id" in questions[0]["picture"], "the frozen question itself stays as it is"

    with django_assert_num_queries(0):
        shown_pictures([asked(), asked()])
