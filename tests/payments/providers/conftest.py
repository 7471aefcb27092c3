"""Both adapters with keys of their own, before a gateway that answers what a test wants."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from payments.providers import registry
from payments.providers.accounts import AlipayAccount, WeChatAccount
from payments.providers.alipay import Alipay
from payments.providers.deadline import TASK_SECONDS
from payments.providers.wechat import WeChat
from payments.sandbox import Sandbox
from tests.payments.providers.gateway import Answer, Gateway, core_signed, stamped
from tests.payments.providers.stage import Callbacks, Stage

PLATFORM_ID = "PUB_KEY_ID_0119000000012026030200381111000001"
APIV3_KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="session")
def pairs() -> dict[str, rsa.RSAPrivateKey]:
    """Key pairs of all who take part: ours, the platform's, its next one, and a stranger's."""
    return {name: rsa.generate_private_key(65537, 2048) for name in ("ours", "platform", "next", "stranger")}


@pytest.fixture(scope="session")
def running_gateway() -> Iterator[Gateway]:
    running = Gateway()
    yield running
    running.stop()


@pytest.fixture
def gateway(running_gateway: Gateway) -> Gateway:
    """Nobody has asked it yet, and it fails until it is told what to answer."""
    running_gateway.reset()
    return running_gateway


@pytest.fixture(scope="session")
def wechat_account(pairs: dict[str, rsa.RSAPrivateKey], running_gateway: Gateway) -> WeChatAccount:
    return WeChatAccount(
        merchant_id="1900000001",
        app_id="wx0000000000000001",
        apiv3_key=APIV3_KEY,
        certificate_serial="5F00000000000000000000000000000000000001",
        private_key=pairs["ours"],
        platform_keys={PLATFORM_ID: pairs["platform"].public_key()},
        gateway=running_gateway.base,
    )


@pytest.fixture(scope="session")
def wechat(wechat_account: WeChatAccount) -> WeChat:
    return WeChat(wechat_account, seconds=TASK_SECONDS)


@pytest.fixture(scope="session")
def alipay_account(pairs: dict[str, rsa.RSAPrivateKey], running_gateway: Gateway) -> AlipayAccount:
    return AlipayAccount(
        merchant_id="2088000000000001",
        app_id="2021000000000001",
        private_key=pairs["ours"],
        platform_keys=(pairs["platform"].public_key(),),
        gateway=f"{running_gateway.base}/gateway.do",
    )


@pytest.fixture(scope="session")
def alipay(alipay_account: AlipayAccount) -> Alipay:
    return Alipay(alipay_account, seconds=TASK_SECONDS)


@pytest.fixture
def wechat_says(gateway: Gateway, pairs: dict[str, rsa.RSAPrivateKey]) -> Callable[..., None]:
    """`wechat_says(body, status=404, **stamp)`: every answer from now on, signed as `stamped` does."""

    def say(body: bytes, status: int = 200, **stamp: Any) -> None:
        stamp = {"key": pairs["platform"], "serial": PLATFORM_ID} | stamp
        headers = {"Content-Type": "application/json"}
        gateway.answers = lambda asked: Answer(body, status, headers | stamped(body, **stamp))

    return say


@pytest.fixture
def alipay_says(gateway: Gateway, pairs: dict[str, rsa.RSAPrivateKey]) -> Callable[..., None]:
    """`alipay_says(method, core)`: every answer from now on, the core signed as it is written."""

    def say(method: str, core: str, key: str = "platform", **changed: Any) -> None:
        gateway.always(core_signed(method, core, pairs[key], **changed))

    return say


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


# --- The sandbox ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def running_callbacks() -> Iterator[Callbacks]:
    running = Callbacks()
    yield running
    running.stop()


@pytest.fixture
def stage_of(sandbox: Sandbox, running_callbacks: Callbacks) -> Callable[[str], Stage]:
    """`stage_of("wechat")`: that provider, set up from the settings, as the sandbox plays it."""

    def stage(name: str) -> Stage:
        provider = registry.provider(name, seconds=TASK_SECONDS)  # a test machine may be busy
        running_callbacks.forget(provider)
        return Stage(sandbox, provider, running_callbacks)

    return stage


@pytest.fixture(params=["wechat", "alipay"])
def stage(request: pytest.FixtureRequest, stage_of: Callable[[str], Stage]) -> Stage:
    """Each of both providers in turn."""
    return stage_of(request.param)
