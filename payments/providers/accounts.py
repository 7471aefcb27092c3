"""Each provider's account as the settings hold it; ImproperlyConfigured names the setting that is wrong."""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from payments.providers import keys

WECHAT_SETTINGS = (
    "WECHAT_MCHID",
    "WECHAT_APPID",
    "WECHAT_APIV3_KEY",
    "WECHAT_CERT_SERIAL",
    "WECHAT_PRIVATE_KEY",
    "WECHAT_PUBLIC_KEY",
)
ALIPAY_SETTINGS = ("ALIPAY_APPID", "ALIPAY_SELLER_ID", "ALIPAY_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY")
WECHAT_REAL_GATEWAY = "https://api.mch.weixin.qq.com"
ALIPAY_REAL_GATEWAY = "https://openapi.alipay.com/gateway.do"
_PLAY_MONEY = (".alipaydev.com",)
_PUBLIC_KEY_ID = re.compile(r"PUB_KEY_ID_[0-9A-Z]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class WeChatAccount:
    """`platform_keys`: by serial, those that WeChat may sign with; the first is the one it is asked to use."""

    merchant_id: str
    app_id: str
    apiv3_key: str = field(repr=False)
    certificate_serial: str
    private_key: RSAPrivateKey
    platform_keys: dict[str, RSAPublicKey]
    gateway: str


@dataclass(frozen=True, slots=True)
class AlipayAccount:
    """`platform_keys`: those that Alipay may sign with; a message doesn't say which."""

    merchant_id: str
    app_id: str
    private_key: RSAPrivateKey
    platform_keys: tuple[RSAPublicKey, ...]
    gateway: str


def wechat_account() -> WeChatAccount:
    """WeChat's, as set up."""
    _check_complete(WECHAT_SETTINGS)
    if len(settings.WECHAT_APIV3_KEY.encode()) != 32:
        raise ImproperlyConfigured(_("WECHAT_APIV3_KEY 不是 32 个字节"))
    private = keys.private_key("WECHAT_PRIVATE_KEY", settings.WECHAT_PRIVATE_KEY)
    platform = _wechat_platform_keys()
    _check_not_our_own("WECHAT_PUBLIC_KEY", private, tuple(platform.values()))
    return WeChatAccount(
        merchant_id=settings.WECHAT_MCHID,
        app_id=settings.WECHAT_APPID,
        apiv3_key=settings.WECHAT_APIV3_KEY,
        certificate_serial=settings.WECHAT_CERT_SERIAL,
        private_key=private,
        platform_keys=platform,
        gateway=_gateway("WECHAT_GATEWAY", settings.WECHAT_GATEWAY, WECHAT_REAL_GATEWAY),
    )


def alipay_account() -> AlipayAccount:
    """Alipay's, as set up."""
    _check_complete(ALIPAY_SETTINGS)
    private = keys.private_key("ALIPAY_PRIVATE_KEY", settings.ALIPAY_PRIVATE_KEY)
    platform = tuple(key for _serial, key in keys.public_keys("ALIPAY_PUBLIC_KEY", settings.ALIPAY_PUBLIC_KEY))
    _check_not_our_own("ALIPAY_PUBLIC_KEY", private, platform)
    return AlipayAccount(
        merchant_id=settings.ALIPAY_SELLER_ID,
        app_id=settings.ALIPAY_APPID,
        private_key=private,
        platform_keys=platform,
        gateway=_gateway("ALIPAY_GATEWAY", settings.ALIPAY_GATEWAY, ALIPAY_REAL_GATEWAY),
    )


def _check_complete(names: tuple[str, ...]) -> None:
    missing = [name for name in names if not getattr(settings, name)]
    if missing:
        raise ImproperlyConfigured(_("缺少 %(names)s") % {"names": "、".join(missing)})


def _wechat_platform_keys() -> dict[str, RSAPublicKey]:
    """By serial. Bare public keys take the ids in order, certificates bring their own."""
    found = keys.public_keys("WECHAT_PUBLIC_KEY", settings.WECHAT_PUBLIC_KEY)
    ids = [part.strip() for part in settings.WECHAT_PUBLIC_KEY_ID.split(",") if part.strip()]
    bare = sum(1 for serial, _key in found if not serial)
    if len(ids) != bare:
        raise ImproperlyConfigured(
            _("WECHAT_PUBLIC_KEY 有 %(keys)s 把公钥，WECHAT_PUBLIC_KEY_ID 却有 %(ids)s 个编号")
            % {"keys": bare, "ids": len(ids)}
        )
    wrong = [text for text in ids if not _PUBLIC_KEY_ID.fullmatch(text)]
    if wrong:
        raise ImproperlyConfigured(
            _("WECHAT_PUBLIC_KEY_ID 里的 %(ids)s 不是 PUB_KEY_ID_ 开头的编号") % {"ids": "、".join(wrong)}
        )
    waiting = iter(ids)
    return {keys.serial_of(serial) if serial else next(waiting): key for serial, key in found}


def _check_not_our_own(name: str, private: RSAPrivateKey, platform: tuple[RSAPublicKey, ...]) -> None:
    """The usual mistake: one's own public key, which the provider was given, in the place of the provider's."""
    own = private.public_key().public_numbers()
    if any(key.public_numbers() == own for key in platform):
        raise ImproperlyConfigured(_("%(name)s 填成了自己的公钥，应该填支付平台的公钥") % {"name": name})


def _gateway(name: str, value: str, real: str) -> str:
    """Where to ask; empty is the real one. Play money is for DEMO and DEBUG: no setting slips it into a real site."""
    address = value.rstrip("/") or real
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise ImproperlyConfigured(_("%(name)s 不是网址") % {"name": name})
    if settings.DEMO or settings.DEBUG:
        return address
    if parts.scheme != "https":
        raise ImproperlyConfigured(_("%(name)s 不是 https") % {"name": name})
    if _is_local(host) or host.endswith(_PLAY_MONEY):
        raise ImproperlyConfigured(_("%(name)s 是沙箱，只能用于演示") % {"name": name})
    return address


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
