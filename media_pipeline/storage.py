"""Where videos lie in the default storage, local or S3, and what may go wrong with it."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

# What a storage raises when it is out of reach or full; the job is tried again.
STORAGE_ERRORS = (OSError, Boto3Error, BotoCoreError, ClientError)


class S3MediaStorage(S3Storage):
    """A private bucket: browsers reach its files through a CDN (MEDIA_BASE_URL) or the app, never directly."""

    def url(self, name: str, *_: Any, **__: Any) -> str:
        return public_url(name)


def public_url(name: str) -> str:
    """The address a browser gets a public file from."""
    return f"{settings.MEDIA_BASE_URL or '/media'}/{filepath_to_uri(name)}"


def video_folder(public_id: object) -> str:
    return f"hls/{public_id}"


def build_folder(public_id: object, build: str) -> str:
    return f"{video_folder(public_id)}/{build}"


def after_commit(act: Callable[[], object]) -> None:
    """Do something outside the database once the row stands; its failure is logged and undoes nothing.

    A function or lambda: Django names it in the log, and a `partial` has no name.
    """
    transaction.on_commit(act, robust=True)


def put(name: str, content: bytes) -> None:
    """Store a file under exactly this name. Raises FileExistsError where the name is taken."""
    saved = default_storage.save(name, ContentFile(content))
    if saved != name:
        default_storage.delete(saved)
        raise FileExistsError(name)


def remove(names: Iterable[str]) -> None:
    """Remove files; those already gone are fine."""
    for name in names:
        if name:
            with suppress(FileNotFoundError):
                default_storage.delete(name)


def remove_folder(folder: str, *, keep: str = "") -> None:
    """Remove everything below a folder, but for its sub-folder `keep`."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in folders:
        if name and name != keep:
            remove_folder(f"{folder}/{name}")
    remove(f"{folder}/{name}" for name in files if name)
    if not keep:
        # Local folders are things of their own; on S3 there is nothing left to remove.
        with suppress(OSError, NotImplementedError):
            default_storage.delete(folder)
