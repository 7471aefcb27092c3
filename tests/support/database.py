"""A migrated template with the portal set up, kept between runs, from which each worker's database is copied.

Migrating takes many times as long as most tests together, and making the portal's tree half a second in each test. On
SQLite the template is a file under var/, on PostgreSQL a database of the server that is running; both are named after
everything that goes into them, so a new migration makes a new one. A test that really commits (`transaction=True`, live
servers) is followed by a fresh copy instead of a flush: rows that stood there before, such as Wagtail's root page, are
there again.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections

KEPT = settings.VAR_DIR / "test"
_KEEP_TEMPLATES = 3
# What the portal's tree is made by and of, and the code tables.
_PORTAL = ("cms/models/*.py", "cms/services/*.py", "identity/reference/*.csv", "tests/cms/factories.py")


def template_key() -> str:
    """Changes with any migration of ours, any release of the libraries, the models' own meta data, and the portal."""
    digest = hashlib.sha256()
    for pattern in ("*/**/migrations/*.py", *_PORTAL, "requirements/base.txt"):
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            if ".venv" not in path.parts and "node_modules" not in path.parts:
                digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode() + path.read_bytes())
    for model in apps.get_models():
        meta = model._meta
        digest.update(f"{meta.label} {meta.permissions} {meta.default_permissions} {meta.verbose_name}".encode())
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _Database:
    """One worker's database; `create` and `restore` leave it as the template is."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _point_at(self, name: str) -> None:
        connections["default"].close()
        settings.DATABASES["default"]["NAME"] = name
        connection.settings_dict["NAME"] = name

    def _migrate(self, name: str) -> None:
        from tests.cms import factories

        self._point_at(name)
        call_command("migrate", verbosity=0, interactive=False)
        factories.set_up_site()
        connections["default"].close()

    def restore(self) -> None:
        connections["default"].close()
        self._copy()
        ContentType.objects.clear_cache()
        cache.clear()


class SqliteDatabase(_Database):
    @property
    def _template(self) -> Path:
        return KEPT / f"template-{template_key()}.sqlite3"

    def create(self) -> None:
        self._kept = self._template
        with _one_at_a_time():
            if not self._kept.exists():
                making = self._kept.with_suffix(".making")
                self._remove(making)
                self._migrate(str(making))
                making.rename(self._kept)
                for old in sorted(KEPT.glob("template-*.sqlite3"), key=os.path.getmtime)[:-_KEEP_TEMPLATES]:
                    old.unlink()
        self._point_at(self.name)
        self._copy()

    def _remove(self, path: Path) -> None:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{path}{end}").unlink(missing_ok=True)

    def _copy(self) -> None:
        # A new file: whoever still holds the old one open writes into nothing.
        self._remove(Path(self.name))
        shutil.copyfile(self._kept, self.name)

    def drop(self) -> None:
        connections["default"].close()
        self._remove(Path(self.name))


class PostgresDatabase(_Database):
    def _do(self, *statements: str) -> list[tuple[object, ...]]:
        import psycopg

        known = connection.settings_dict
        with psycopg.connect(
            host=known["HOST"],
            port=known["PORT"],
            user=known["USER"],
            password=known["PASSWORD"],
            dbname="postgres",
            autocommit=True,
        ) as server:
            rows: list[tuple[object, ...]] = []
            for statement in statements:
                done = server.execute(statement)  # type: ignore[call-overload]
                rows = done.fetchall() if done.description else []
            return rows

    def create(self) -> None:
        self._kept = f"template_{template_key()}"
        with _one_at_a_time():
            if not self._do(f"SELECT 1 FROM pg_database WHERE datname = '{self._kept}'"):
                making = f"{self._kept}_making"
                self._do(f"DROP DATABASE IF EXISTS {making} WITH (FORCE)", f"CREATE DATABASE {making}")
                self._migrate(making)
                self._do(f"ALTER DATABASE {making} RENAME TO {self._kept}")
        self._point_at(self.name)
        self._copy()

    def _copy(self) -> None:
        self._do(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self._kept} STRATEGY FILE_COPY",
        )

    def drop(self) -> None:
        connections["default"].close()
        self._do(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def for_this_worker() -> SqliteDatabase | PostgresDatabase:
    if connection.vendor == "sqlite":
        return SqliteDatabase(str(settings.TEST_DIR / "test.sqlite3"))
    return PostgresDatabase(f"test_{os.getpid()}")
