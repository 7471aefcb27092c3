"""What of a text a provider may be given, and what of its answer may be kept."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_NUMBER = re.compile(r"[0-9A-Za-z_]{6,32}", re.ASCII)
_REFUND_NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}", re.ASCII)
_OF_A_PERSON = frozenset(
    {
        "openid",
        "sub_openid",
        "sp_openid",
        "open_id",
        "buyer_open_id",
        "buyer_id",
        "buyer_user_id",
        "buyer_logon_id",
        "buyer_user_name",
        "user_received_account",
    }
)
_SECRETS = frozenset({"sign", "sign_type"})


def check_number(number: str) -> None:
    """What both providers take for a payment's number, and what stays itself within an address."""
    if not _NUMBER.fullmatch(number):
        raise ValueError(f"not a payment number: {number!r}")


def check_refund_number(number: str) -> None:
    """What both providers take for a refund's number."""
    if not _REFUND_NUMBER.fullmatch(number):
        raise ValueError(f"not a refund number: {number!r}")


def shortened(text: str, *, max_bytes: int) -> str:
    """As much of a text as a provider takes: no control characters, no half characters."""
    plain = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text).strip()
    return plain.encode()[:max_bytes].decode(errors="ignore").strip()


def masked(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer to keep: who paid is recognisable to somebody who asks the provider, and to nobody else."""
    return {name: _masked(name, value) for name, value in answer.items() if name not in _SECRETS}


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return masked(value)
    if isinstance(value, list):
        return [_masked(name, part) for part in value]
    if name in _OF_A_PERSON and value:
        text = str(value)
        return f"{text[:3]}…{text[-2:]}" if len(text) > 8 else "…"
    return value
