"""Moving identity data to the ring's first key."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import TextField
from django.db.models.functions import Cast

from core import crypto
from identity import id_numbers
from identity.models import User

_COLUMNS = ("id_number", "mobile", "landline")


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did: rows looked at, rows rewritten, and the key to go on after (None at the end)."""

    seen: int
    changed: int
    last_id: int | None


def reencrypt_batch(*, after_id: int, size: int) -> Batch:
    """Re-encrypt people after this id under the ring's first key, and renew digests made under another last key.

    A row is written only if nobody changed it meanwhile; what is current already is left alone, so it may be stopped
    and started anew at any time. Raises UnknownKey when the key of a value has left the ring.
    """
    rows = list(_with_ciphertext().filter(pk__gt=after_id).order_by("pk")[:size])
    changed = sum(_reencrypt(row) for row in rows)
    return Batch(len(rows), changed, rows[-1].pk if len(rows) == size else None)


_elsewhere: list[Callable[[], int]] = []


def reencrypt_also(move: Callable[[], int]) -> None:
    """Higher rooms register here at start-up what they keep sealed: `move` re-encrypts it and gives how many rows."""
    _elsewhere.append(move)


def reencrypt_elsewhere() -> int:
    """Re-encrypt what the higher rooms keep sealed; gives how many rows. Raises UnknownKey."""
    return sum(move() for move in _elsewhere)


def _with_ciphertext():  # type: ignore[no-untyped-def]  # annotated users have no type of their own
    return User.objects.annotate(**{f"sealed_{name}": Cast(name, TextField()) for name in _COLUMNS})


def _reencrypt(row: User) -> bool:
    sealed: dict[str, str] = {name: getattr(row, f"sealed_{name}") for name in _COLUMNS}
    new: dict[str, object] = {
        name: getattr(row, name) for name, text in sealed.items() if text and not crypto.is_current(text)
    }
    if row.id_type:
        digest = id_numbers.digest(row.id_type, row.id_number)
        if row.id_digest is None or digest != bytes(row.id_digest):
            new["id_digest"] = digest
    mobile_digest = id_numbers.mobile_digest(row.mobile)
    if mobile_digest != (bytes(row.mobile_digest) if row.mobile_digest else None):
        new["mobile_digest"] = mobile_digest
    unchanged = {f"sealed_{name}": text for name, text in sealed.items()}
    return bool(new) and bool(_with_ciphertext().filter(pk=row.pk, **unchanged).update(**new))
