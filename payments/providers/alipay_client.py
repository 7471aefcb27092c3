"""The SDK's client for Alipay's open platform (RSA2), made stricter.

Ours are: the time of a request in Alipay's own time zone wherever the process runs, several platform keys at once while
they change, and answers that are refused unless Alipay signed them, errors too.
"""

import binascii
from base64 import b64decode
from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from zoneinfo import ZoneInfo

from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from alipay.utils import AliPayConfig
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from payments.providers import keys
from payments.providers.accounts import AlipayAccount
from payments.providers.base import ProviderDown

ALGORITHM = "RSA2"
CHINA = ZoneInfo("Asia/Shanghai")


class NotSigned(ProviderDown):
    """An answer without a signature that can be checked. Alipay doesn't sign where it can't read our own: then the
    application or its key is wrong."""


class StrictClient(AliPay):
    """See the module."""

    def __init__(self, account: AlipayAccount, seconds: float) -> None:
        super().__init__(
            appid=account.app_id,
            app_private_key_string=keys.pem(account.private_key),
            alipay_public_key_string=keys.pem(account.platform_keys[0]),
            sign_type=ALGORITHM,
            config=AliPayConfig(timeout=seconds),
        )
        self._gateway = account.gateway
        self._platform_keys = account.platform_keys

    def ask(self, method: str, content: dict[str, Any], **public: str) -> dict[str, Any]:
        """The answer to a method, as Alipay signed it; `public` are parameters beside it. Raises ProviderDown."""
        try:
            answer: dict[str, Any] = self.server_api(method, content, **public)
        except AliPayValidationError:
            raise NotSigned("signature") from None
        except HTTPError as fault:
            fault.close()
            raise ProviderDown(f"{fault.code}") from None
        except AliPayException as fault:
            raise NotSigned(f"unsigned: {fault}"[:300]) from None
        return answer

    def build_body(self, method: str, biz_content: Any = None, **named: Any) -> dict[str, Any]:
        """Called by the SDK; its own time is the process's, which may be any."""
        named.setdefault("timestamp", datetime.now(CHINA).strftime("%Y-%m-%d %H:%M:%S"))
        body: dict[str, Any] = super().build_body(method, biz_content, **named)
        return body

    def _verify(self, raw_content: str, signature: str) -> bool:
        """Called by the SDK for answers and callbacks."""
        try:
            proof = b64decode(signature, validate=True)
        except (binascii.Error, ValueError, TypeError):
            return False
        return any(_signed(key, proof, raw_content.encode()) for key in self._platform_keys)


def _signed(key: Any, proof: bytes, content: bytes) -> bool:
    try:
        key.verify(proof, content, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
