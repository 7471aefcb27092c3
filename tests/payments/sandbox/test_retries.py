"""Notices are sent again until the merchant answers as expected, by each provider's ladder."""

import time
from collections.abc import Callable

import pytest

from payments.sandbox import Sandbox
from payments.sandbox.notices import LADDERS
from tests.payments.sandbox.merchant import AlipayMerchant, Inbox, WeChatMerchant

NUMBER = "XS20261124I"
Merchants = dict[str, Callable[[Sandbox, Inbox], "WeChatMerchant | AlipayMerchant"]]
MERCHANTS: Merchants = {
    "wechat": lambda sandbox, inbox: WeChatMerchant(sandbox.settings, inbox),
    "alipay": lambda sandbox, inbox: AlipayMerchant(sandbox.settings, inbox),
}


def _pay(sandbox: Sandbox, provider: str, inbox: Inbox) -> None:
    MERCHANTS[provider](sandbox, inbox).code_url(NUMBER)
    sandbox.control.pay(NUMBER)


@pytest.mark.parametrize(("provider", "tries", "hours"), [("wechat", 16, 24 + 4 / 60), ("alipay", 8, 24 + 24 / 60)])
def test_it_is_tried_as_often_as_the_provider_does_and_no_more(
    another: Callable[..., Sandbox], inbox: Inbox, provider: str, tries: int, hours: float
) -> None:
    """A day goes by in 0.9 s."""
    sandbox = another(clock_speed=100_000)
    inbox.answers = [(500, b"")]

    began = time.monotonic()
    _pay(sandbox, provider, inbox)
    inbox.wait(tries)

    assert time.monotonic() - began >= hours * 3600 / 100_000
    assert sum(LADDERS[provider]) == pytest.approx(hours * 3600)
    assert sandbox.control.wait_quiet()
    (notice,) = sandbox.control.notices(NUMBER)
    assert (notice["state"], notice["attempts"], len(inbox.received)) == ("given_up", tries, tries)


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        ("wechat", (500, b"")),
        ("wechat", (404, b"")),
        ("wechat", (302, b"")),
        ("wechat", (200, b'{"code":"FAIL","message":"no"}')),
        ("alipay", (200, b"")),
        ("alipay", (200, b"fail")),
        ("alipay", (200, b"SUCCESS")),
        ("alipay", (200, b"success\n")),
        ("alipay", (200, b'"success"')),
        ("alipay", (500, b"success")),
    ],
)
def test_another_answer_than_the_expected_one_brings_it_again(
    sandbox: Sandbox, inbox: Inbox, provider: str, answer: tuple[int, bytes]
) -> None:
    inbox.answers = [answer, (200, b"success")]

    _pay(sandbox, provider, inbox)

    inbox.wait(2)
    assert sandbox.control.wait_quiet()
    assert sandbox.control.notices(NUMBER)[0]["state"] == "accepted"


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        ("wechat", (200, b"")),
        ("wechat", (204, b"")),
        ("wechat", (200, b'{"code":"SUCCESS"}')),
        ("alipay", (200, b"success")),
    ],
)
def test_the_expected_answer_ends_it(sandbox: Sandbox, inbox: Inbox, provider: str, answer: tuple[int, bytes]) -> None:
    inbox.answers = [answer]

    _pay(sandbox, provider, inbox)
    inbox.wait()

    assert sandbox.control.wait_quiet()
    (notice,) = sandbox.control.notices(NUMBER)
    assert (notice["state"], notice["attempts"]) == ("accepted", 1)
    assert [one["status"] for one in notice["deliveries"]] == [answer[0]]


def test_a_merchant_who_is_down_gets_it_when_he_is_back(another: Callable[..., Sandbox]) -> None:
    sandbox = another(clock_speed=60)
    down = Inbox()
    down.close()
    merchant = WeChatMerchant(sandbox.settings, down)
    merchant.code_url(NUMBER)
    sandbox.control.pay(NUMBER)
    deadline = time.monotonic() + 10
    while not (notice := sandbox.control.notices(NUMBER)[0])["attempts"] and time.monotonic() < deadline:
        time.sleep(0.02)

    assert (notice["state"], notice["deliveries"][0]["status"]) == ("waiting", 0)


def test_another_machine_is_never_called(sandbox: Sandbox, wechat: WeChatMerchant) -> None:
    wechat.code_url(NUMBER, notify_url="https://merchant.example/callback")
    sandbox.control.pay(NUMBER)

    (notice,) = sandbox.control.notices(NUMBER)
    assert (notice["state"], notice["deliveries"]) == ("unreachable", [])
