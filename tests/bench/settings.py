"""Production's own settings, with the reference views beside the project's addresses."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
