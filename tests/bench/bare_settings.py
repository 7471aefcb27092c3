"""The bare view's settings: the same server and workers, no middleware, no database."""

from config.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.bench.urls"
