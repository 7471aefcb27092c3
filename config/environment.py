"""Reading the composite settings: broker and media storage addresses."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


def broker(env: environ.Env, var_dir: Path, redis_url: str) -> tuple[str, dict[str, Any]]:
    """Celery's broker address and transport options; files on disk where neither BROKER_URL nor REDIS_URL is set."""
    url = env.str("BROKER_URL", redis_url or "filesystem://")
    if not url.startswith("filesystem:"):
        return url, {}
    folders = {name: var_dir / "broker" / name for name in ("messages", "processed", "control")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return url, {
        "data_folder_in": str(folders["messages"]),
        "data_folder_out": str(folders["messages"]),
        "processed_folder": str(folders["processed"]),
        "control_folder": str(folders["control"]),
        # The default poll takes a second a message (facts/proven.md, C).
        "polling_interval": 0.1,
    }


def media_storage(address: str, env: environ.Env) -> dict[str, Any]:
    """STORAGES["default"] for MEDIA_STORAGE: `file:/folder` or `s3://bucket?endpoint=https://…&region=…`."""
    parts = urlsplit(address)
    if parts.scheme == "file":
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": parts.path}}
    if parts.scheme != "s3" or not parts.netloc:
        raise ImproperlyConfigured("MEDIA_STORAGE: file:/folder or s3://bucket?endpoint=…")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "BACKEND": "media_pipeline.storage.S3MediaStorage",
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "endpoint_url": query.get("endpoint"),
            "region_name": query.get("region", "us-east-1"),
            "access_key": env.str("AWS_ACCESS_KEY_ID", None),
            "secret_key": env.str("AWS_SECRET_ACCESS_KEY", None),
            "signature_version": "s3v4",
            "addressing_style": query.get("addressing", "path"),
            "default_acl": None,
            "file_overwrite": True,
        },
    }
