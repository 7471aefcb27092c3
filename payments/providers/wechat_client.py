"""The SDK's client for WeChat Pay v3, made stricter.

The SDK signs, verifies and decrypts. What is ours is the way there and back, because the SDK believes an error without
a signature (a forged "no such order" would close a paid one), knows one platform key, goes and fetches certificates for
a serial it doesn't know, takes answers of any age, and loads a whole bill into memory.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import requests
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core
from wechatpayv3.type import RequestType
from wechatpayv3.utils import build_authorization, rsa_verify

from core import clock
from payments.providers import keys
from payments.providers.accounts import WeChatAccount
from payments.providers.base import ProviderDown

MAX_AGE = timedelta(minutes=5)
MAX_ANSWER_BYTES = 1024 * 1024
ALGORITHM = "WECHATPAY2-SHA256-RSA2048"


class NotSigned(ProviderDown):
    """An answer without a signature that can be checked; `code` is what it says, and worth no more than a hint.

    WeChat doesn't sign where it can't read our own signature: then the key, the serial or the merchant is wrong.
    """

    def __init__(self, status: int, code: str, why: str) -> None:
        self.status, self.code = status, code
        super().__init__(f"{status} {code}: {why}".replace(" :", ":"))


class BadStamp(Exception):
    """The `Wechatpay-*` headers don't prove that WeChat wrote this; `reason` is NoticeRefused's word."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def client(account: WeChatAccount, seconds: float) -> WeChatPay:
    """The SDK's client for this account; `seconds` bounds connecting and each wait for bytes."""
    serial, key = next(iter(account.platform_keys.items()))
    named = {
        "mchid": account.merchant_id,
        "private_key": keys.pem(account.private_key),
        "cert_serial_no": account.certificate_serial,
        "apiv3_key": account.apiv3_key,
        "timeout": (seconds, seconds),
        # Also for a certificate's key: without a public key the SDK would fetch certificates, here and now.
        "public_key": keys.pem(key),
        "public_key_id": serial,
    }
    # Its own core is replaced at once: it needn't read the private key, which takes longest.
    sdk = WeChatPay(WeChatPayType.NATIVE, appid=account.app_id, **named | {"private_key": None})
    sdk._core = StrictCore(account.gateway, account.platform_keys, **named)
    return sdk


class StrictCore(Core):
    """See the module."""

    def __init__(self, gateway: str, platform_keys: Mapping[str, Any], **named: Any) -> None:
        super().__init__(**named)
        self._gate_way = gateway
        self._platform_keys = platform_keys

    # --- Asking -------------------------------------------------------------------------------------------------------
    def request(
        self, path: str, method: RequestType = RequestType.GET, data: Any = None, **_unused: Any
    ) -> tuple[int, dict[str, Any]]:
        """(status, answer), both as WeChat signed them. Raises ProviderDown."""
        with self.send(path, method, data) as response:
            # Of one without end the beginning, whose signature then is wrong.
            content = response.raw.read(MAX_ANSWER_BYTES, decode_content=True)
        answer = _object_in(content)
        try:
            self.check_stamp(response.headers, content, now=clock.now())  # when it came, which no caller can tell
        except BadStamp as bad:
            raise NotSigned(response.status_code, str((answer or {}).get("code", "")), bad.reason) from None
        if answer is None:
            raise ProviderDown(f"{response.status_code} without an object")
        return response.status_code, answer

    def send(
        self, path: str, method: RequestType = RequestType.GET, data: Any = None
    ) -> AbstractContextManager[requests.Response]:
        """Ask; what comes back is neither read nor verified yet. The bytes that are signed are the bytes sent."""
        body = "" if data is None else json.dumps(data, ensure_ascii=False)
        headers = {
            "Authorization": build_authorization(
                path, method.value, self._mchid, self._cert_serial_no, self._private_key, data=body
            ),
            "Wechatpay-Serial": self._public_key_id,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
        }
        response: requests.Response = requests.request(
            method.value,
            self._gate_way + path,
            data=body.encode(),
            headers=headers,
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        )
        return response

    # --- Believing ----------------------------------------------------------------------------------------------------
    def check_stamp(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
        """Refuse what WeChat didn't sign, or not lately. Raises BadStamp.

        Deliberately bad signatures (`WECHATPAY/SIGNTEST/…`), which WeChat sends to see whether one looks, are no
        different from others.
        """
        stamp = {name.lower(): value for name, value in headers.items() if name.lower().startswith("wechatpay-")}
        if not stamp.get("wechatpay-signature"):
            raise BadStamp("signature")
        if stamp.get("wechatpay-signature-type", ALGORITHM) != ALGORITHM:
            raise BadStamp("algorithm")
        at = stamp.get("wechatpay-timestamp", "")
        if not (at.isascii() and at.isdigit() and len(at) <= 12):
            raise BadStamp("timestamp")
        if abs(now.timestamp() - int(at)) > MAX_AGE.total_seconds():
            raise BadStamp("timestamp")
        if self._key_named(stamp.get("wechatpay-serial", "")) is None:
            raise BadStamp("serial")
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise BadStamp("body") from None
        if not self._verify_signature(stamp, text):
            raise BadStamp("signature")

    def _verify_signature(self, headers: Mapping[str, str], body: str) -> bool:
        """Called by the SDK too, before it decrypts. Never fetches anything."""
        stamp = {name.lower(): value for name, value in headers.items()}
        key = self._key_named(stamp.get("wechatpay-serial", ""))
        if key is None:
            return False
        return rsa_verify(
            stamp.get("wechatpay-timestamp", ""),
            stamp.get("wechatpay-nonce", ""),
            body,
            stamp.get("wechatpay-signature", ""),
            key,
        )

    def _key_named(self, serial: str) -> Any:
        return self._platform_keys.get(keys.serial_of(serial))


def _object_in(content: bytes) -> dict[str, Any] | None:
    """The JSON object an answer is; {} for an empty one (204), None for anything else."""
    if not content:
        return {}
    try:
        answer = json.loads(content)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
