"""Providers change their keys while orders are open: both keys are set up, and nothing is refused that is genuine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import clock
from payments.providers import registry
from payments.providers.base import PaymentState, ProviderDown
from payments.sandbox import Sandbox
from tests.payments.providers.stage import Callbacks, Stage

NUMBER = "XS20260302000001"


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox of the test's own, whose keys may change."""
    with Sandbox(tmp_path / "changing", clock_speed=600, now=lambda: clock.now()) as sandbox:
        yield sandbox


@pytest.fixture
def set_up(changing: Sandbox, running_callbacks: Callbacks, settings) -> Callable[..., Stage]:
    """`set_up("wechat", names)`: this provider of that sandbox, with these settings."""

    def set_up(name: str, names: dict[str, str]) -> Stage:
        settings.DEMO = True
        for setting, value in names.items():
            setattr(settings, setting, value)
        provider = registry.provider(name)
        running_callbacks.forget(provider)
        return Stage(changing, provider, running_callbacks)

    return set_up


def is_traded(stage: Stage) -> None:
    stage.paid()

    assert stage.provider.query(number=NUMBER).state is PaymentState.PAID
    assert (len(stage.callbacks.read), stage.callbacks.refused) == (1, [])


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_with_both_keys_all_is_believed_through_a_change(changing, set_up, name):
    old = changing.settings
    new_first = {"WECHAT_PUBLIC_KEY": "", "WECHAT_PUBLIC_KEY_ID": ",", "ALIPAY_PUBLIC_KEY": ""}
    changing.control.rotate(name)
    new = changing.settings
    both = {setting: f"{new[setting]}{between}{old[setting]}" for setting, between in new_first.items()}
    both = {setting: value for setting, value in both.items() if setting.startswith(name.upper())}

    is_traded(set_up(name, new | both))


def test_wechat_answers_with_the_key_it_is_asked_to_use(changing, set_up):
    old = changing.settings
    changing.control.rotate("wechat")
    stage = set_up("wechat", old)

    stage.begin()

    assert stage.provider.query(number=NUMBER).state is PaymentState.UNPAID


def test_the_new_key_alone_reads_a_callback_the_old_one_does_not(changing, set_up):
    old = changing.settings
    changing.control.rotate("wechat")
    stage = set_up("wechat", old)
    stage.begin()
    stage.control.pay(NUMBER)
    stage.until(lambda: stage.callbacks.refused != [])
    assert set(stage.callbacks.refused) == {"serial"}

    stage = set_up("wechat", changing.settings)
    stage.until(lambda: stage.callbacks.read != [])

    assert stage.callbacks.read[0].payment.number == NUMBER


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_a_key_that_is_gone_believes_nothing(changing, set_up, name):
    stage = set_up(name, changing.settings)
    changing.control.rotate(name, keep_old=False)

    with pytest.raises(ProviderDown):
        stage.provider.query(number=NUMBER)


def test_wechats_certificates_serve_those_who_have_them(changing, set_up):
    changing.control.use_wechat_mode("certificate")
    certificate = changing._world.keys.current("wechat_platform").certificate_pem
    named = {"WECHAT_PUBLIC_KEY": certificate, "WECHAT_PUBLIC_KEY_ID": ""}

    is_traded(set_up("wechat", changing.settings | named))

    assert "certificates" not in [call["call"] for call in changing.control.calls()]
