"""Encryption at rest for identity data: AES-256-GCM under a key ring, and keyed digests for look-up.

`settings.ID_ENCRYPTION_KEYS` is a list of `kid:base64(32 bytes)`; the first encrypts, all decrypt, so a key is rotated
by putting a new one in front and running `manage.py reencrypt_ids`. The digest key is derived from the *last* entry,
the oldest, because a digest must stay the same for as long as rows are looked up by it.
"""

import base64
import hmac
import os
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_NONCE_BYTES = 12


class UnknownKey(Exception):
    """The value was encrypted under a key that is no longer in the ring."""


@lru_cache(maxsize=4)
def _ring(entries: tuple[str, ...]) -> dict[str, bytes]:
    ring: dict[str, bytes] = {}
    for entry in entries:
        kid, _, encoded = entry.partition(":")
        key = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)) if encoded else b""
        if not kid or len(key) != 32:
            raise ImproperlyConfigured("ID_ENCRYPTION_KEYS: each entry is kid:base64 of 32 bytes")
        ring[kid] = key
    if not ring:
        raise ImproperlyConfigured("ID_ENCRYPTION_KEYS is empty")
    return ring


def _keys() -> dict[str, bytes]:
    return _ring(tuple(settings.ID_ENCRYPTION_KEYS))


def derive(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """HKDF-SHA256 of `secret` for one `purpose`; other purposes can't be computed from the result."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose.encode()).derive(secret)


@lru_cache(maxsize=16)
def _digest_key(oldest: bytes, purpose: str) -> bytes:
    return derive(oldest, f"digest:{purpose}")


def encrypt(plain: str) -> str:
    """`kid$base64(nonce + ciphertext)` under the ring's first key."""
    kid, key = next(iter(_keys().items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), kid.encode())
    return f"{kid}${base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(stored: str) -> str:
    """The plain text of what `encrypt` gave. Raises UnknownKey, or InvalidTag when it was tampered with."""
    kid, _, encoded = stored.partition("$")
    key = _keys().get(kid)
    if key is None:
        raise UnknownKey(kid)
    raw = base64.urlsafe_b64decode(encoded)
    return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], kid.encode()).decode()


def is_current(stored: str) -> bool:
    """Whether the value is encrypted under the ring's first key already."""
    return stored.partition("$")[0] == next(iter(_keys()))


def digest(value: str, purpose: str) -> bytes:
    """Keyed HMAC-SHA256 (32 bytes) for equality look-ups; without the key nothing can be tried against it."""
    oldest = list(_keys().values())[-1]
    return hmac.new(_digest_key(oldest, purpose), value.encode(), sha256).digest()
