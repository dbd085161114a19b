"""Settings of the tests: the defaults of the site, a database of their own, and faster password hashing.

Set `TEST_DATABASE_URL` to run the tests on PostgreSQL.
"""

import os
import tempfile
from pathlib import Path

_EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"
_LINES = _EXAMPLE.read_text(encoding="utf-8").splitlines()
ENV_NAMES = [line.partition("=")[0] for line in _LINES if "=" in line and not line.startswith("#")]
# A developer's own environment or .env file must not change the tests.
os.environ.update(dict.fromkeys(ENV_NAMES, ""))
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="selfprivacy-site-tests-")
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from selfprivacy_site.settings import *  # noqa: E402, F403 - the environment must be set first.
from selfprivacy_site.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

if not os.environ["DATABASE_URL"]:
    # A file, as in production: an in-memory database has no write-ahead log and no second connection.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = DATA_DIR / "static"
# WhiteNoise warns about a missing folder.
STATIC_ROOT.mkdir()
# Nothing is collected: static files are served from the sources.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
