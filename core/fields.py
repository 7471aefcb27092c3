"""A text column that is encrypted at rest."""

from typing import Any

from django.db import models

from core import crypto


class EncryptedTextField(models.TextField):
    """Stores AES-GCM ciphertext, gives and takes plain text. Can't be filtered by: keep a digest column beside it."""

    description = "Encrypted text"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return crypto.encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return crypto.decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in {"isnull", "exact"}:
            raise NotImplementedError("an encrypted column can't be searched")
        return super().get_lookup(lookup_name)
