"""Whatever hangs, whoever called goes on after the time he gave."""

import threading
import time

import pytest

from payments.providers import deadline
from payments.providers.alipay import Alipay
from payments.providers.base import ProviderDown, ProviderRefused
from payments.providers.deadline import within
from payments.providers.wechat import WeChat
from tests.payments.providers.gateway import Answer

NUMBER = "XS20260302000001"


def test_what_a_call_gives_is_given():
    assert within(1, lambda: 7) == 7


def test_what_a_call_refuses_is_refused():
    def refuse():
        raise ProviderRefused("NO_AUTH", "no")

    with pytest.raises(ProviderRefused) as refused:
        within(1, refuse)

    assert (refused.value.code, refused.value.detail) == ("NO_AUTH", "no")


@pytest.mark.parametrize("fault", [Exception("of an SDK"), ValueError(), OSError(), TimeoutError(), SystemExit(1)])
def test_whatever_else_it_raises_means_down(fault):
    def fail():
        raise fault

    with pytest.raises(ProviderDown, match=type(fault).__name__):
        within(1, fail)


def test_what_hangs_is_left_behind():
    release = threading.Event()
    began = time.monotonic()

    with pytest.raises(ProviderDown):
        within(0.2, lambda: release.wait(30))

    assert time.monotonic() - began < 10
    release.set()


def test_a_dead_provider_cannot_fill_the_process_with_threads(monkeypatch):
    monkeypatch.setattr(deadline, "_slots", threading.BoundedSemaphore(2))
    release, under_way = threading.Event(), threading.Semaphore(0)

    def hang():
        under_way.release()
        return release.wait(30)

    for _call in range(2):
        with pytest.raises(ProviderDown):
            within(0.05, hang)
        assert under_way.acquire(timeout=10)
    before = threading.active_count()

    began = time.monotonic()
    with pytest.raises(ProviderDown):
        within(20, hang)

    assert time.monotonic() - began < 10
    assert threading.active_count() == before
    release.set()


def test_a_place_is_free_again_when_its_call_has_ended(monkeypatch):
    monkeypatch.setattr(deadline, "_slots", threading.BoundedSemaphore(1))

    for _call in range(3):
        _once_free(lambda: within(5, lambda: 7))


def _once_free(call):
    """The place is given back a moment after the answer."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            return call()
        except ProviderDown:
            time.sleep(0.01)
    raise AssertionError("the place was never free again")


@pytest.fixture
def hasty(wechat_account, alipay_account):
    return {"wechat": WeChat(wechat_account, seconds=0.4), "alipay": Alipay(alipay_account, seconds=0.4)}


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_an_answer_that_drips_is_left_behind(hasty, gateway, name):
    """Each byte comes well within the socket's time-out; all of them would take a minute."""
    gateway.answers = lambda asked: Answer(b" " * 300, pause=0.2)

    began = time.monotonic()
    with pytest.raises(ProviderDown):
        hasty[name].query(number=NUMBER)

    assert time.monotonic() - began < 10


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_a_name_that_nobody_resolves_is_left_behind(hasty, monkeypatch, name):
    release = threading.Event()

    def no_answer(*arguments, **named):
        release.wait(30)
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", no_answer)
    began = time.monotonic()
    with pytest.raises(ProviderDown):
        hasty[name].query(number=NUMBER)

    assert time.monotonic() - began < 10
    release.set()


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_nobody_at_the_address_means_down(hasty, gateway, monkeypatch, name):
    gateway.answers = lambda asked: Answer(status=500)
    closed = {"wechat": ("_sdk", "_core"), "alipay": ("_client",)}[name]
    client = hasty[name]
    for attribute in closed:
        client = getattr(client, attribute)
    monkeypatch.setattr(client, "_gate_way" if name == "wechat" else "_gateway", "http://127.0.0.1:9")

    with pytest.raises(ProviderDown, match="Connection refu"):
        hasty[name].query(number=NUMBER)

    assert gateway.asked == []
