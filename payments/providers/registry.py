"""The providers that are set up. One that isn't, or isn't rightly, is not on offer; `doctor` says why."""

import logging
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from payments.providers import accounts
from payments.providers.alipay import Alipay
from payments.providers.base import Provider
from payments.providers.deadline import WEB_SECONDS
from payments.providers.wechat import WeChat

logger = logging.getLogger(__name__)

_SETTINGS = {
    WeChat.name: (*accounts.WECHAT_SETTINGS, "WECHAT_PUBLIC_KEY_ID", "WECHAT_GATEWAY"),
    Alipay.name: (*accounts.ALIPAY_SETTINGS, "ALIPAY_GATEWAY"),
}
_BUILD: dict[str, Callable[[float], Provider]] = {
    WeChat.name: lambda seconds: WeChat(accounts.wechat_account(), seconds=seconds),
    Alipay.name: lambda seconds: Alipay(accounts.alipay_account(), seconds=seconds),
}


class NotOnOffer(LookupError):
    """No such provider, or it isn't set up."""


def is_set_up(name: str) -> bool:
    """Whether somebody meant it to be on offer: any of its settings but the gateway is there."""
    return any(getattr(settings, setting) for setting in _SETTINGS[name] if not setting.endswith("_GATEWAY"))


def on_offer() -> list[str]:
    """Names of the providers that one can pay with, in the order in which they are offered."""
    return [name for name in _BUILD if is_set_up(name) and _provider(name, WEB_SECONDS, _values(name)) is not None]


def provider(name: str, *, seconds: float = WEB_SECONDS) -> Provider:
    """The provider of this name, whose calls hold their caller for `seconds` at most. Raises NotOnOffer."""
    if name not in _BUILD or not is_set_up(name):
        raise NotOnOffer(name)
    found = _provider(name, seconds, _values(name))
    if found is None:
        raise NotOnOffer(name)
    return found


def _values(name: str) -> tuple[object, ...]:
    return (settings.DEMO, settings.DEBUG, *(getattr(settings, setting) for setting in _SETTINGS[name]))


@lru_cache(maxsize=16)
def _provider(name: str, seconds: float, values: tuple[object, ...]) -> Provider | None:
    """Kept while its settings stay the same: reading keys takes longer than a signature."""
    try:
        return _BUILD[name](seconds)
    except ImproperlyConfigured as fault:
        logger.error("%s is not on offer: %s", name, fault)
        return None
