"""Telling every process that the content has changed."""

import uuid

from django.core.cache import cache
from django.db import transaction

from cms.queries.site import VERSION_KEY, VERSION_SECONDS


def invalidate() -> None:
    """Change `content_version()`: at once, for who reads in this transaction, and again when it is committed.

    The second time is the one that counts: what others read and kept in between was still the old content.
    """
    _renew()
    transaction.on_commit(_renew)


def _renew() -> None:
    cache.set(VERSION_KEY, uuid.uuid4().hex, VERSION_SECONDS)
