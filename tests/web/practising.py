"""Practising by plain forms, as a browser without JavaScript does."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client

from tests.web.pages import read


def posted(client: Client, address: str, **fields: Any) -> BeautifulSoup:
    """The page that a form leads to."""
    response = client.post(address, fields, follow=True)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def form_of(page: BeautifulSoup) -> dict[str, str]:
    return {field["name"]: field["value"] for field in page.select("#practice form input[type=hidden]")}


def option_of(page: BeautifulSoup, text: str = "对") -> str:
    """The option whose text begins so."""
    for label in page.select("label.xs-option"):
        if label.select_one("[data-formulas]").get_text().startswith(text):
            return label.input["value"]
    raise AssertionError(f"no option {text}")


def answers(client: Client, address: str, text: str = "对") -> BeautifulSoup:
    """Answer the question in hand; the page that tells what came of it."""
    page = read(client, address)
    return posted(client, address, **form_of(page), option=option_of(page, text))


def goes_on(client: Client, address: str) -> BeautifulSoup:
    return posted(client, address, **form_of(read(client, address)))
