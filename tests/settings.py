"""The product's settings as tests use them: a developer's own data is out of reach, and so is every other machine."""

import os
from pathlib import Path

from tools import scratch

# One folder, cache and broker a worker. Servers' addresses come from `make test` or `make services`.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
TEST_DIR = scratch.folder("tests")
os.environ["MEDIA_STORAGE"] = f"file:{TEST_DIR / 'media'}"
os.environ["BROKER_URL"] = "memory://"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{TEST_DIR / 'db.sqlite3'}")
os.environ.setdefault("SECRET_KEY", "tests-only-" + "k" * 50)
os.environ.setdefault("ID_ENCRYPTION_KEYS", "tests:" + "A" * 43)
if os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rsplit("/", 1)[0] + f"/{_worker}"

from config.settings import *  # noqa: E402, F403
from config.settings import CACHES, REDIS_URL, STORAGES  # noqa: E402

DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  # live servers' threads end with their connections
MEDIA_ROOT = Path(TEST_DIR / "media")
if not REDIS_URL:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"}
# Pages are rendered without `collectstatic`.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# Still Argon2id, with the least work it allows.
PASSWORD_HASHERS = ["tests.support.passwords.QuickArgon2Hasher"]
# Wagtail's own search serves its admin alone; writing its index doubles what saving a page takes.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "AUTO_UPDATE": False}}
