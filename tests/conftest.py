"""Fixtures for every test: database, clock, services, browser. Factories of a room are in that room's own folder."""

import gc
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from wagtail.signal_handlers import disable_reference_index_auto_update

from cms.queries.blueprints import blueprint_terms
from core import clock as server_clock
from exams.queries.shapes import forget_shapes
from identity.queries import forget_codes
from identity.quick_access import forget_proofs
from learning.queries.keys import video_of
from media_pipeline import queries as media_queries
from tests.support import database, network
from tests.support.clock import FakeClock
from tests.support.sandbox import running_sandbox, sandbox
from web.middleware import AnonymousPageCacheMiddleware

__all__ = ["running_sandbox", "sandbox"]  # fixtures of the payment sandbox


# --- What holds for all -----------------------------------------------------------------------------------------------
@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        network.forbid(patch)
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Also what a process keeps for itself by id: the next test's rows have the same ids."""
    yield
    cache.clear()
    video_of.cache_clear()
    blueprint_terms.cache_clear()
    forget_shapes()
    forget_proofs()
    media_queries._kept.clear()
    forget_codes()
    AnonymousPageCacheMiddleware.pages.clear()


# Too much for a minute: once, in the whole run. SQLite meets exams by their rules, orders by their API.
_ONCE = (
    "tests/cms/test_import_bad_workbooks.py",
    "tests/console/test_purchases_page.py",
    "tests/exams/test_attacks.py",
    "tests/exams/test_complaints.py",
    "tests/payments/",
    "tests/web/test_exam_",
    "tests/web/test_mistakes_page.py",
    "tests/web/test_order",
    "tests/web/test_practice_pages.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser journeys last: what Playwright leaves in the thread concerns them alone."""
    for item in items:
        if item.nodeid.startswith(_ONCE):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose server isn't there fails: a skipped promise is an unkept one."""
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.fail("needs PostgreSQL: `make test`, or pytest beside `make services`", pytrace=False)
    if item.get_closest_marker("s3") and "TEST_S3_ENDPOINT" not in os.environ:
        pytest.fail("needs the S3 server: `make test`, or pytest beside `make services`", pytrace=False)


# --- Database ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Takes the place of pytest-django's: a copy of the migrated template (see tests/support/database.py)."""
    mine = database.for_this_worker()
    with django_db_blocker.unblock():
        mine.create()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: mine.restore())
        yield
    with django_db_blocker.unblock():
        mine.drop()


@pytest.fixture(autouse=True)
def _no_reference_index(request: pytest.FixtureRequest) -> Iterator[None]:
    """Wagtail's index of what refers to what takes a sixth of the fast run's time, and only deleting a video asks it.

    On PostgreSQL, where everything is tested once more, it is kept as in production.
    """
    if connection.vendor == "postgresql" or "media_pipeline" in request.path.parts:
        yield
        return
    with disable_reference_index_auto_update():
        yield


# --- Time -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def clock() -> Iterator[FakeClock]:
    """The server's clock, standing still: `clock.tick(10)`, `clock.set(instant)`, `clock.now()`."""
    fake = FakeClock()
    with server_clock.use(fake):
        yield fake


# --- Services ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class S3Server:
    endpoint: str
    access_key: str
    secret_key: str

    def client(self) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )


@pytest.fixture
def s3_server() -> S3Server:
    """The S3-compatible server of `make test`. For tests marked s3."""
    names = ("TEST_S3_ENDPOINT", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    return S3Server(*(os.environ[name] for name in names))


@pytest.fixture
def s3_bucket(s3_server: S3Server) -> str:
    """The name of a new, empty bucket."""
    name = f"bucket-{uuid.uuid4().hex[:12]}"
    s3_server.client().create_bucket(Bucket=name)
    return name


@pytest.fixture
def media_on_s3(s3_server: S3Server, s3_bucket: str, settings: Any) -> str:
    """The default storage is on the S3 server, as with MEDIA_STORAGE=s3://…; gives the bucket's name."""
    import environ

    from config.environment import media_storage

    address = f"s3://{s3_bucket}?endpoint={s3_server.endpoint}"
    settings.MEDIA_STORAGE = address
    settings.STORAGES = {**settings.STORAGES, "default": media_storage(address, environ.Env())}
    return s3_bucket


# --- Browser ----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, one a worker, driven by Playwright. For tests marked browser."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # as patient as clicks are: the 5 seconds it has are little on a busy machine
    program = shutil.which("chromium")
    assert program, "chromium is missing: `make test` installs it"
    arguments = ["--autoplay-policy=no-user-gesture-required", "--mute-audio"]
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread from now on; Django would take each test for a coroutine.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """`open_page(width=1280, height=800)`: a page of a new, cookie-less browser context on the live server.

    The test fails at its end where a page threw, wrote an error to the console or broke the content security policy.
    A page that is expected to complain says so: `page.complaints.clear()`.
    """
    contexts, complaints = [], []

    def open_one(width: int = 1280, height: int = 800, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = complaints
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda line: complaints.append(f"console: {line.text}") if line.type == "error" else None)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """A page at 1280 × 800."""
    return open_page()


@pytest.fixture
def phone(open_page: Callable[..., Any]) -> Any:
    """A page as a phone shows it, 390 × 844, with touch."""
    return open_page(width=390, height=844, has_touch=True, is_mobile=True, device_scale_factor=2)
