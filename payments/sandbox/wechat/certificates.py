"""Platform certificates, for merchants of the older kind: those with a public key are told there are none."""

import base64
import secrets
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.sandbox.clock import rfc3339
from payments.sandbox.keys import Key, certificate_serial
from payments.sandbox.wechat.signing import Fault
from payments.sandbox.world import Call

_AAD = "certificate"


def certificates(call: Call, said: dict[str, Any]) -> dict[str, Any]:
    if call.world.keys.wechat_mode != "certificate":
        raise Fault(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请使用微信支付公钥")
    secret = call.world.keys.merchant["apiv3_key"]
    return {"data": [_sealed(key, secret) for key in call.world.keys.wechat_certificates()]}


def _sealed(key: Key, secret: str) -> dict[str, Any]:
    certificate = x509.load_pem_x509_certificate(key.certificate_pem.encode())
    nonce = secrets.token_hex(6)
    sealed = AESGCM(secret.encode()).encrypt(nonce.encode(), key.certificate_pem.encode(), _AAD.encode())
    return {
        "serial_no": certificate_serial(key),
        "effective_time": rfc3339(certificate.not_valid_before_utc),
        "expire_time": rfc3339(certificate.not_valid_after_utc),
        "encrypt_certificate": {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": nonce,
            "associated_data": _AAD,
            "ciphertext": base64.b64encode(sealed).decode(),
        },
    }
