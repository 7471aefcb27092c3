"""Keys as people put them into an environment: PEM, PEM in one line, the bare base64 that both providers' consoles
give, or a file."""

import re
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

MIN_BITS = 2048
_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
_BARE = re.compile(r"MII[A-Za-z0-9+/=\s]+", re.ASCII)  # how the base64 of every such key begins


def private_key(name: str, value: str) -> rsa.RSAPrivateKey:
    """The private key that the setting `name` holds. Raises ImproperlyConfigured with a sentence that tells why not."""
    text = _text(name, value)
    try:
        if _BARE.fullmatch(text):
            key = load_der_private_key(b64decode(text), password=None)
        else:
            key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ImproperlyConfigured(_("%(name)s 不是可用的私钥（PEM）") % {"name": name}) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ImproperlyConfigured(_("%(name)s 不是 RSA 私钥") % {"name": name})
    _check_bits(name, key.key_size)
    return key


def public_keys(name: str, value: str) -> list[tuple[str, rsa.RSAPublicKey]]:
    """(serial, key) of each in the setting `name`: "" for a bare public key, certificates know their serial.

    A certificate that has expired is left out: the platform has another by then. Raises ImproperlyConfigured.
    """
    value = value.replace("\\n", "\n")
    places = [value] if _BLOCK.search(value) else [part.strip() for part in value.split(",") if part.strip()]
    found = [pair for place in places for pair in _keys_in(name, _text(name, place))]
    if not found:
        raise ImproperlyConfigured(_("%(name)s 里没有可用的公钥或没有过期的证书") % {"name": name})
    return found


def pem(key: rsa.RSAPrivateKey | rsa.RSAPublicKey) -> str:
    """As the SDKs want them: PKCS#8 and SubjectPublicKeyInfo."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def serial_of(text: str) -> str:
    """A serial as it is compared: WeChat writes certificates' in capitals, other programs with zeros in front."""
    return text.strip().upper().lstrip("0")


def _text(name: str, value: str) -> str:
    value = value.replace("\\n", "\n").strip()
    if _BLOCK.search(value) or _BARE.fullmatch(value):
        return value
    try:
        return Path(value).read_text().strip()
    except (OSError, ValueError):
        raise ImproperlyConfigured(_("%(name)s 既不是 PEM，也不是能读的文件") % {"name": name}) from None


def _keys_in(name: str, text: str) -> list[tuple[str, rsa.RSAPublicKey]]:
    try:
        if _BARE.fullmatch(text):
            found = [("", load_der_public_key(b64decode(text)))]
        else:
            found = []
            for block in _BLOCK.finditer(text):
                if block[1] == "CERTIFICATE":
                    certificate = x509.load_pem_x509_certificate(block[0].encode())
                    if certificate.not_valid_after_utc > datetime.now(UTC):
                        found.append((f"{certificate.serial_number:X}", certificate.public_key()))
                else:
                    found.append(("", load_pem_public_key(block[0].encode())))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ImproperlyConfigured(_("%(name)s 不是可用的公钥或证书（PEM）") % {"name": name}) from None
    keys = [(serial, key) for serial, key in found if isinstance(key, rsa.RSAPublicKey)]
    if len(keys) < len(found):
        raise ImproperlyConfigured(_("%(name)s 不是 RSA 公钥") % {"name": name})
    for _serial, key in keys:
        _check_bits(name, key.key_size)
    return keys


def _check_bits(name: str, bits: int) -> None:
    if bits < MIN_BITS:
        raise ImproperlyConfigured(
            _("%(name)s 只有 %(bits)s 位，至少要 %(least)s 位") % {"name": name, "bits": bits, "least": MIN_BITS}
        )
