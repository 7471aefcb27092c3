"""Whatever stands in an address or a body, the API answers politely: never a 5xx, nothing lost (security.md)."""

import re

import pytest

from learning.models import LessonProgress
from tests.api.policies import POLICIES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ODD_IDS = [
    "0",
    "-1",
    "9" * 18,
    "9" * 19,
    "9" * 5000,
    "1' OR '1'='1",
    "1;DROP TABLE learning_watch",
    "%00",
    "1%00",
    "%ff%fe",
    "%ED%A0%80",
    "１２",
    "²",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "😀𬭎",
    "a" * 3000,
]
ODD_BODIES = {
    "nothing": b"",
    "no JSON": b"position=1",
    "no UTF-8": b"\xff\xfe\x00",
    "a list": b"[]",
    "a number": b"1",
    "deeply nested": b"[" * 30_000,
    "a nested field": b'{"position": ' + b'{"a":' * 10_000,
    "a number of 5,000 digits": b'{"position": ' + b"9" * 5000 + b"}",
    "half a character": b'{"answers": {"\\ud800": 1}, "role": "\\ud800", "id_number": "\\ud800"}',
    "a NUL": b'{"answers": {"\\u0000": ["\\u0000"]}, "role": "\\u0000", "old_password": "\\u0000"}',
    "far too much": b'{"position": 1, "x": "' + b"x" * 3_000_000 + b'"}',
}
API = {address: policy for address, policy in POLICIES.items() if address.startswith("api/v1/")}
WITH_IDS = [address for address in API if "<" in address]
POSTED = [address for address, policy in API.items() if policy.method == "POST"]


@pytest.fixture
def asking(learner, lesson):
    """A learner in the middle of a lesson, and what stands for each part of an address."""
    sitting = learner.starts(lesson)
    learner.watches_to(sitting, 30)
    learner.client.raise_request_exception = False
    examples = {
        "slug": "class-1",
        "lesson": str(lesson.pk),
        "watch": sitting.id,
        "ticket": sitting.opened["playlist"].split("/")[-2],
        "quiz": "q1",
        "window": "0",
        "rendition": "360p",
        "year": "2026",
        "table": "degree",
    }
    return learner, examples


def parts(address: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", address)


def written(address: str, examples: dict[str, str]) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda place: examples.get(place[1], "999999"), address)


def send(learner, address: str, path: str, body: bytes):
    if API[address].method == "GET":
        return learner.client.get(path)
    return learner.client.generic("POST", path, body, content_type="application/json")


def is_polite(response) -> bool:
    if response.status_code < 400:
        return True
    found = response.json() if response.status_code < 500 else {}
    return found.get("type") in ("client_error", "validation_error") and bool(found["errors"][0]["code"])


@pytest.mark.parametrize("address", WITH_IDS)
def test_an_odd_id_in_an_address_is_unknown(asking, address):
    learner, examples = asking
    faults = {}
    for part in parts(address):
        for odd in ODD_IDS:
            path = written(address, examples | {part: odd})
            response = send(learner, address, path, API[address].body.encode())
            if not is_polite(response):
                faults[part, odd[:30]] = response.status_code

    assert faults == {}
    assert LessonProgress.objects.get().frontier_ms == 30_000


@pytest.mark.parametrize("address", POSTED)
def test_an_odd_body_is_refused_in_the_contracts_shape(asking, address):
    learner, examples = asking
    faults = {}
    for name, body in ODD_BODIES.items():
        response = send(learner, address, written(address, examples), body)
        if not is_polite(response):
            faults[name] = response.status_code

    assert faults == {}
    assert LessonProgress.objects.get().frontier_ms == 30_000
