"""All settings, read from the environment (see `.env.example`); without any, a safe site for this machine alone."""

import contextlib
import os
import re
import tempfile
import zoneinfo
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(BASE_DIR / ".env")


def setting(name, kind, default, expected):
    """Return the environment's value of a setting, or stop the start with a sentence that names it."""
    value = os.environ.get(name, "")
    if not value.strip():
        return default
    try:
        return kind(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is wrong: it takes {expected}.") from error


def insist(holds, name, expected):
    """Stop the start with a sentence that names the setting, unless its value holds."""
    if not holds:
        raise ImproperlyConfigured(f"{name}={os.environ.get(name)!r} is wrong: it takes {expected}.")


def true_or_false(value):
    """Read a switch; a word that is neither must not count as off."""
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if (word := value.strip().lower()) not in words:
        raise ValueError(value)
    return words[word]


def listed(value):
    """Read a list with commas between its parts, none of them empty."""
    parts = [part.strip() for part in value.split(",")]
    if not all(parts):
        raise ValueError(value)
    return parts


def site_address(value):
    """Read the address of a whole site: scheme, host and port, in the form in which browsers send an origin."""
    address = value.strip().rstrip("/").lower()
    site = urlsplit(address)
    # Asking for the port raises ValueError where it is none.
    if not re.fullmatch(r"https?://[^/?#@\s]+", address) or not site.hostname or site.port == 0:
        raise ValueError(value)
    return address


def secret_key_of(folder):
    """Return the secret key kept under the data folder; the first start makes it, readable by its owner alone."""
    path = folder / "secret_key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=folder) as file:
            file.write(get_random_secret_key())
            file.flush()
            # Of processes that start together, one sets its key and all read that one, never half of it.
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text(encoding="ascii").strip()


# --- Where things are -------------------------------------------------------------------------------------------------

DATA_DIR = Path(setting("DATA_DIR", str, BASE_DIR / "var", "a folder")).resolve()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    SECRET_KEY = setting("SECRET_KEY", str, "", "a long random text") or secret_key_of(DATA_DIR)
except OSError as error:
    raise ImproperlyConfigured(
        f"DATA_DIR={str(DATA_DIR)!r} is wrong: it takes a folder that can be written."
    ) from error

PORT = setting("PORT", int, 8000, "a port number from 1 to 65535")
insist(0 < PORT < 65536, "PORT", "a port number from 1 to 65535")

SITE_URL = setting("SITE_URL", site_address, "", "an address such as https://policies.example.org, without a path")
HTTPS = SITE_URL.startswith("https:")

# --- Safety -----------------------------------------------------------------------------------------------------------

DEBUG = setting("DEBUG", true_or_false, False, "true or false")
ALLOWED_HOSTS = setting("ALLOWED_HOSTS", listed, [], "host names with commas between") or (
    [urlsplit(SITE_URL).hostname] if SITE_URL else ["localhost", "127.0.0.1", "[::1]"]
)
PROXIES = setting("PROXIES", int, 0, "the number of reverse proxies in front of the site")
insist(PROXIES >= 0, "PROXIES", "the number of reverse proxies in front of the site")

if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
# The probes of a process manager ask over plain HTTP, from the machine itself.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Preloading binds the whole domain for years: that is for its owner to ask for, not for one site on it.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# Other hosts get none. Without any, browsers would call the origin of the admin's own forms null (Fetch, section 3.2).
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Editors' cookies never travel to a public page. Lax, not Strict: so a link to the admin in a letter or a tracker opens
# it; what changes anything is a POST, with which Lax sends no cookie from elsewhere.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = "/admin/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# A working day, counted from what the session last noted, such as the login; the other two end with the browser.
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_AGE = LANGUAGE_COOKIE_AGE = None
# The default would use a cookie of its own, which is bound to no path.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# markdownx reads the CSRF token from the form, so that the cookie may stay out of reach of scripts.
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

# --- The application --------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "markdownx",
    "pages",
]

MIDDLEWARE = [
    "selfprivacy_site.cookies.readers_have_no_cookies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "selfprivacy_site.language.language_of_the_path",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "selfprivacy_site.login.required_second_factor.RequireSecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "selfprivacy_site.content_security_policy.content_security_policy",
    "axes.middleware.AxesMiddleware",
    # Last, so that whatever refuses a form in front of the views passes it too.
    "pages.admin.editing.preserved_submissions.PreserveSubmissions",
]
CSRF_FAILURE_VIEW = "pages.admin.editing.preserved_submissions.csrf_failure"

ROOT_URLCONF = "selfprivacy_site.urls"
WSGI_APPLICATION = "selfprivacy_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Who comes in -----------------------------------------------------------------------------------------------------

# Axes stands first and refuses a login that is locked, whatever the password.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Both together: nobody can lock an editor out from another network, nor a network's other editors.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
# Knocking during a lock-out does not prolong it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_HANDLER = "selfprivacy_site.login.throttling.FailureCounter"
AXES_CLIENT_IP_CALLABLE = "selfprivacy_site.login.throttling.network"
AXES_LOCKOUT_CALLABLE = "selfprivacy_site.login.throttling.locked_out"
# No list of who came when, and no lines about it; what is counted has a page of its own.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = AXES_ENABLE_ADMIN = False

ONE_TIME_CODES = setting("ONE_TIME_CODES", str, "optional", "optional or required").strip().lower()
insist(ONE_TIME_CODES in {"optional", "required"}, "ONE_TIME_CODES", "optional or required")
# What an authenticator app calls the account: every site has an "admin".
OTP_TOTP_ISSUER = urlsplit(SITE_URL).hostname or "localhost"

# --- The database -----------------------------------------------------------------------------------------------------

_database_url = setting("DATABASE_URL", str, f"sqlite:///{quote(str(DATA_DIR / 'site.sqlite3'))}", "an address").strip()
try:
    # Other schemes are kept from the parser: it would show what it does not know in a warning.
    if not re.match(r"sqlite:///|postgres(ql)?://", _database_url):
        raise ValueError
    DATABASES = {"default": environ.Env.db_url_config(_database_url)}
    if DATABASES["default"]["NAME"] in {"", ":memory:"}:
        raise ValueError
except ValueError as error:
    # The value is not repeated: it may hold a password.
    raise ImproperlyConfigured(
        "DATABASE_URL is wrong: it takes sqlite:///path or postgres://user:password@host/name."
    ) from error

if _database_url.startswith("sqlite:"):
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that begins by reading and then writes would fail at once beside another writer; this one waits.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Languages and time -----------------------------------------------------------------------------------------------

# Stored for the working copy, one column each; served are those of SITE_LANGUAGES. Taking one out here would drop its
# column, so the list only grows.
MODELTRANSLATION_LANGUAGES = (
    "en", "ru", "ar", "be", "bg", "ca", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "he", "hu", "it",
    "ja", "kk", "ko", "nl", "pl", "pt", "ro", "sr", "sv", "th", "tr", "uk", "zh-hans",
)  # fmt: skip

_served = setting("SITE_LANGUAGES", listed, ["en", "ru"], "language codes with commas between, such as en,ru,ar")
_served = [code.lower() for code in _served]
insist(
    len(set(_served)) == len(_served) and set(_served) <= set(MODELTRANSLATION_LANGUAGES),
    "SITE_LANGUAGES",
    f"language codes with commas between, each once, the default first, out of {', '.join(MODELTRANSLATION_LANGUAGES)}",
)
_names = {code: LANG_INFO[code]["name"] for code in _served}
LANGUAGES = [(code, _(_names[code])) for code in _served]
LANGUAGE_CODE = MODELTRANSLATION_DEFAULT_LANGUAGE = _served[0]
# Below the doors nothing falls back: what a reader sees instead of a missing text is decided in `reading`.
MODELTRANSLATION_ENABLE_FALLBACKS = False
LOCALE_PATHS = [BASE_DIR / "pages" / "locale"]
USE_I18N = USE_TZ = True

TIME_ZONE = setting("TIME_ZONE", str, "UTC", "a time zone such as Europe/Berlin")
insist(TIME_ZONE in zoneinfo.available_timezones(), "TIME_ZONE", "a time zone such as Europe/Berlin")

# --- Files and Markdown -----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# The preview renders with the function that renders for readers. markdownx's own URLs are never included.
MARKDOWNX_MARKDOWNIFY_FUNCTION = "pages.text.rendering.render_html"
MARKDOWNX_EDITOR_RESIZABLE = False

# A policy of 256 KB in thirty languages is a form of eight megabytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

# The password of the first user; read here so that a file .env can hold it.
DJANGO_SUPERUSER_PASSWORD = setting("DJANGO_SUPERUSER_PASSWORD", str, "", "a password")

# --- Logging: to standard error, warnings and worse, with no client's address in any format --------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "WARNING"},
        # Addresses that do not exist, and hosts that the site does not answer to, are no news.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
