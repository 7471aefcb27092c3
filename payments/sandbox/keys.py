"""Who is who, and who signs: both merchants' keys and both providers', made at the first start and never elsewhere."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from payments.sandbox.clock import Clock
from payments.sandbox.store import Store

_OWNERS = ("wechat_merchant", "wechat_platform", "alipay_app", "alipay_platform")


@dataclass(frozen=True)
class Key:
    """One pair; `id` is what its owner's messages call it."""

    id: str
    private: rsa.RSAPrivateKey
    certificate_pem: str = ""

    @property
    def private_pem(self) -> str:
        form = serialization.PrivateFormat.PKCS8
        return self.private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()

    @property
    def public_pem(self) -> str:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()

    def sign(self, message: bytes) -> str:
        """RSA-SHA256, as both providers use it, in base64."""
        return base64.b64encode(self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()

    def signed(self, message: bytes, signature: str) -> bool:
        try:
            raw = base64.b64decode(signature, validate=True)
            self.private.public_key().verify(raw, message, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True


def _new_pair() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _read(private_pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101
    return key


def nobodys_key() -> Key:
    """What a forger signs with: a good key that belongs to no one."""
    return Key("NOBODY", _forgers_pair())


@cache
def _forgers_pair() -> rsa.RSAPrivateKey:
    return _new_pair()


class Keys:
    """The keys of one sandbox. A provider may have several at once while it changes over."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        with store.transaction():
            if store.fact("merchant") is None:
                store.say("merchant", _invented_merchant())
                store.say("wechat_mode", "public_key")
                for owner in _OWNERS:
                    self._add(owner)
        self.merchant: dict[str, str] = store.fact("merchant")

    # --- Reading ------------------------------------------------------------------------------------------------------
    def _live(self, owner: str) -> list[Key]:
        rows = self._store.rows("SELECT * FROM keys WHERE owner = ? AND live = 1 ORDER BY rowid DESC", owner)
        return [Key(row["id"], _read(row["private_pem"]), row["certificate_pem"]) for row in rows]

    def current(self, owner: str) -> Key:
        return self._live(owner)[0]

    @property
    def wechat_mode(self) -> str:
        """public_key, as new merchants have it, or certificate."""
        mode: str = self._store.fact("wechat_mode")
        return mode

    def wechat_serial(self, key: Key) -> str:
        """What WeChat's messages call a key of its own: its certificate's number, or its id."""
        return certificate_serial(key) if self.wechat_mode == "certificate" else key.id

    def wechat_signer(self, asked_serial: str) -> Key | None:
        """Who signs the answer: the key the client says it can verify, else the newest; None for a foreign name."""
        live = self._live("wechat_platform")
        if not asked_serial:
            return live[0]
        return next((key for key in live if self.wechat_serial(key) == asked_serial), None)

    def wechat_certificates(self) -> list[Key]:
        return self._live("wechat_platform")

    # --- Changing -----------------------------------------------------------------------------------------------------
    def use_wechat_mode(self, mode: str) -> None:
        if mode not in ("public_key", "certificate"):
            raise ValueError(f"WeChat signs as public_key or certificate, not {mode}")
        self._store.say("wechat_mode", mode)

    def rotate(self, provider: str, *, keep_old: bool) -> None:
        """A new key of the provider's own; the old one still answers those who name it, or is gone."""
        owner = {"wechat": "wechat_platform", "alipay": "alipay_platform"}[provider]
        with self._store.transaction():
            if not keep_old:
                self._store.change("UPDATE keys SET live = 0 WHERE owner = ?", owner)
            self._add(owner)

    def _add(self, owner: str) -> None:
        pair = _new_pair()
        name = "PUB_KEY_ID_0" + secrets.token_hex(18).upper() if owner == "wechat_platform" else secrets.token_hex(20)
        if owner == "wechat_merchant":
            name = name.upper()
        key = Key(name, pair)
        certificate = self._certificate(pair) if owner == "wechat_platform" else ""
        self._store.insert(
            "keys", id=name, owner=owner, private_pem=key.private_pem, certificate_pem=certificate, live=1
        )

    def _certificate(self, pair: rsa.RSAPrivateKey) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Payment sandbox")])
        now = self._clock.now()
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(pair.public_key())
        # Valid from long ago: a test's clock may stand there.
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=3650)).not_valid_after(now + timedelta(days=3650))
        return builder.sign(pair, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    # --- For the merchant ---------------------------------------------------------------------------------------------
    def settings(self, base: str) -> dict[str, str]:
        """The environment of a project that trades here."""
        merchant, wechat = self.merchant, self.current("wechat_platform")
        own = self.current("wechat_merchant")
        return {
            "WECHAT_GATEWAY": f"{base}/wechat",
            "WECHAT_MCHID": merchant["mchid"],
            "WECHAT_APPID": merchant["appid"],
            "WECHAT_APIV3_KEY": merchant["apiv3_key"],
            "WECHAT_CERT_SERIAL": own.id,
            "WECHAT_PRIVATE_KEY": own.private_pem,
            "WECHAT_PUBLIC_KEY": wechat.public_pem,
            "WECHAT_PUBLIC_KEY_ID": wechat.id,
            "ALIPAY_GATEWAY": f"{base}/alipay/gateway.do",
            "ALIPAY_APPID": merchant["app_id"],
            "ALIPAY_SELLER_ID": merchant["seller_id"],
            "ALIPAY_PRIVATE_KEY": self.current("alipay_app").private_pem,
            "ALIPAY_PUBLIC_KEY": self.current("alipay_platform").public_pem,
        }


def certificate_serial(key: Key) -> str:
    return f"{x509.load_pem_x509_certificate(key.certificate_pem.encode()).serial_number:X}"


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


def _invented_merchant() -> dict[str, str]:
    return {
        "mchid": "19" + _digits(8),
        "appid": "wx" + secrets.token_hex(8),
        "apiv3_key": secrets.token_hex(16),
        "app_id": "2021" + _digits(12),
        "seller_id": "2088" + _digits(12),
    }


def write_settings(folder: Path, settings: dict[str, Any]) -> None:
    """Whole or not at all, and readable by its owner alone."""
    making = folder / "settings.json.making"
    making.unlink(missing_ok=True)
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(settings, file, indent=2)
    making.rename(folder / "settings.json")
