"""All settings, read from the environment (see `.env.example`). The defaults are safe and serve this machine only."""

import contextlib
import ipaddress
import os
import re
import tempfile
import zoneinfo
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = BASE_DIR / ".env"
environ.Env.read_env(ENV_FILE)
_names_read = set()


def env_value(name, parse, default, expected):
    """Return a parsed environment variable, or the default if it is unset or blank.

    Raise ImproperlyConfigured, with the name and what is expected, if `parse` raises ValueError.
    """
    _names_read.add(name)
    value = os.environ.get(name, "")
    if not value.strip():
        return default
    try:
        return parse(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is invalid: expected {expected}.") from error


def require_valid(is_valid, name, expected):
    """Raise ImproperlyConfigured, with the name and what is expected, unless the value is valid."""
    if not is_valid:
        raise ImproperlyConfigured(f"{name}={os.environ.get(name)!r} is invalid: expected {expected}.")


def find_mistyped_names(lines, names):
    """Return pairs of a name that lines of a .env file set, and the name of a setting that was probably meant."""
    given = [match[1] for line in lines if (match := re.match(r"\s*(?:export\s+)?([A-Z_]+)\s*=", line))]
    close = {name: get_close_matches(name, names, n=1, cutoff=0.75) for name in given if name not in names}
    return [(name, matches[0]) for name, matches in close.items() if matches]


def parse_bool(value):
    # Unlike Env.bool(), which reads every unknown word as False.
    values = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if (word := value.strip().lower()) not in values:
        raise ValueError(value)
    return values[word]


def parse_list(value):
    """Split a value at its commas. An empty item raises ValueError."""
    items = [item.strip() for item in value.split(",")]
    if not all(items):
        raise ValueError(value)
    return items


def parse_origin(value):
    """Return a URL without a path as browsers send it in the Origin header: lower case, no slash at the end."""
    origin = value.strip().rstrip("/").lower()
    parts = urlsplit(origin)
    # Reading an invalid port raises ValueError.
    if not re.fullmatch(r"https?://[^/?#@\s]+", origin) or not parts.hostname or parts.port == 0:
        raise ValueError(value)
    return origin


def parse_ip_address(value):
    return str(ipaddress.ip_address(value.strip()))


def parse_socket(value):
    # The longest path that the system takes: unix(7).
    if not os.path.isabs(value) or len(os.fsencode(value)) > 107:
        raise ValueError(value)
    return value


def parse_mail_server(value):
    """Return Django's settings of a mail server from its address."""
    if not re.fullmatch(r"smtp(\+tls|\+ssl)?://[^/?#\s]+/?", value := value.strip()):
        raise ValueError(value)
    config = environ.Env.email_url_config(value)
    if not config["EMAIL_HOST"]:
        raise ValueError(value)
    port = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}[value.partition(":")[0]]
    return config | {"EMAIL_PORT": config["EMAIL_PORT"] or port}


def parse_mail_address(value):
    address = value.strip()
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", address):
        raise ValueError(value)
    return address


def load_or_create_secret_key(folder):
    """Return the secret key stored in a folder. If there is none, create it, readable by its owner only."""
    path = folder / "secret_key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=folder) as file:
            file.write(get_random_secret_key())
            file.flush()
            # A hard link is atomic: if several processes start at once, all read the complete key of the first.
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text(encoding="ascii").strip()


# --- Paths and addresses ----------------------------------------------------------------------------------------------

DATA_DIR = Path(env_value("DATA_DIR", str, BASE_DIR / "var", "a folder")).resolve()
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    SECRET_KEY = env_value("SECRET_KEY", str, "", "a long random text") or load_or_create_secret_key(DATA_DIR)
except OSError as error:
    raise ImproperlyConfigured(
        f"DATA_DIR={str(DATA_DIR)!r} is invalid: expected a folder that can be written."
    ) from error

HOST = env_value("HOST", parse_ip_address, "127.0.0.1", "an IP address of this machine, such as 127.0.0.1 or ::1")
SOCKET = env_value("SOCKET", parse_socket, "", "the absolute path of a Unix socket, with at most 107 bytes")
PORT = env_value("PORT", int, 8000, "a port number from 1 to 65535")
require_valid(0 < PORT < 65536, "PORT", "a port number from 1 to 65535")

WORKERS = env_value("WORKERS", int, min(4, os.cpu_count() or 1), "a number of processes from 1 to 64")
require_valid(0 < WORKERS <= 64, "WORKERS", "a number of processes from 1 to 64")
# Half of the threads may wait for slow clients (`wsgi_middleware.request_bodies`): the others answer readers.
THREADS = env_value("THREADS", int, 8, "a number of threads from 2 to 64")
require_valid(1 < THREADS <= 64, "THREADS", "a number of threads from 2 to 64")

SITE_URL = env_value("SITE_URL", parse_origin, "", "an address such as https://policies.example.org, without a path")
HTTPS = SITE_URL.startswith("https:")

BAKED_DIR = env_value("BAKED_DIR", Path, None, "a folder")
RESPONSE_CACHE_MB = env_value("RESPONSE_CACHE_MB", int, 64, "a number of megabytes")
require_valid(RESPONSE_CACHE_MB >= 0, "RESPONSE_CACHE_MB", "a number of megabytes")

# --- Security ---------------------------------------------------------------------------------------------------------

DEBUG = env_value("DEBUG", parse_bool, False, "true or false")
ALLOWED_HOSTS = env_value("ALLOWED_HOSTS", parse_list, [], "host names separated by commas") or (
    [urlsplit(SITE_URL).hostname] if SITE_URL else ["localhost", "127.0.0.1", "[::1]"]
)
PROXIES = env_value("PROXIES", int, 0, "the number of reverse proxies in front of the site")
require_valid(PROXIES >= 0, "PROXIES", "the number of reverse proxies in front of the site")

if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
# Process managers probe these over plain HTTP, on this machine.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# W021 asks for HSTS preloading, which binds the whole domain for years: its owner must decide that, not one site on it.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# No referrer to other hosts. With "no-referrer", browsers would send "Origin: null" with the admin's own forms (Fetch,
# section 3.2), and Django's CSRF check would refuse them.
SECURE_REFERRER_POLICY = "same-origin"

# Browsers send the editors' cookies to the admin only, never to a public page. Lax, not Strict, so that a link to the
# admin in an e-mail or an issue works; with a POST from another site, Lax sends no cookie either.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = "/admin/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# The admin's scripts read the CSRF token from the form, so that even this cookie can be HttpOnly.
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# A working day, counted from the last change of the session, such as the login. The other two end with the browser.
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_AGE = LANGUAGE_COOKIE_AGE = None
# The default storage may use a cookie of its own, which is not bound to /admin/.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
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
    # First: it makes room for the calls of all others.
    "selfprivacy_site.call_stack.reserve_stack",
    "selfprivacy_site.middleware.drop_cookies_outside_admin",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "selfprivacy_site.middleware.share_documents",
    "django.middleware.http.ConditionalGetMiddleware",
    "selfprivacy_site.middleware.set_content_security_policy",
    "selfprivacy_site.middleware.activate_request_language",
    # Before everything that uses the database.
    "pages.admin.editing.preserved_submissions.preserve_in_outage",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "selfprivacy_site.middleware.SlashForEditorsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before anything reads the body: the CSRF check does it in `process_view`, after all of these.
    "selfprivacy_site.middleware.refuse_large_anonymous_bodies",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "selfprivacy_site.login.required_second_factor.RequireSecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    # Last, so that it also sees the forms that other middleware refuses before the view.
    "pages.admin.editing.preserved_submissions.PreserveSubmissions",
]
CSRF_FAILURE_VIEW = "pages.admin.editing.preserved_submissions.csrf_failure"

ROOT_URLCONF = "selfprivacy_site.urls"
WSGI_APPLICATION = "selfprivacy_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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

# --- Login ------------------------------------------------------------------------------------------------------------

# After a login without an address to go on to.
LOGIN_REDIRECT_URL = "admin:index"
# Axes must be first: it refuses a locked login, whatever the password.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Locked by the pair: an attacker locks out neither an editor in another network nor other users in the same network.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# Attempts during a lock do not prolong it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_HANDLER = "selfprivacy_site.login.throttling.FailureCounter"
AXES_CLIENT_IP_CALLABLE = "selfprivacy_site.login.throttling.client_network"
AXES_LOCKOUT_CALLABLE = "selfprivacy_site.login.throttling.lockout_response"
# No log of logins, in the database or on standard error. The counters are shown by `login.account_recovery`.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = AXES_ENABLE_ADMIN = False

ONE_TIME_CODES = env_value("ONE_TIME_CODES", str, "optional", "optional or required").strip().lower()
require_valid(ONE_TIME_CODES in {"optional", "required"}, "ONE_TIME_CODES", "optional or required")
# Authenticator apps show the host next to the user name, because every site has an "admin".
OTP_TOTP_ISSUER = urlsplit(SITE_URL).hostname or "localhost"

# --- Mail -------------------------------------------------------------------------------------------------------------

try:
    _mail_server = env_value("EMAIL_URL", parse_mail_server, {}, "the address of a mail server")
except ImproperlyConfigured:
    # The message does not repeat the value, which may contain a password.
    raise ImproperlyConfigured("EMAIL_URL is invalid: expected smtp+tls://user:password@host or the like.") from None
EMAIL_HOST, EMAIL_PORT = _mail_server.get("EMAIL_HOST", ""), _mail_server.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _mail_server.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail_server.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = ("EMAIL_USE_TLS" in _mail_server), ("EMAIL_USE_SSL" in _mail_server)
# Seconds for each wait; `selfprivacy_site.mail` limits the whole.
EMAIL_TIMEOUT = 5
# Sends outside of the request, and logs failures.
EMAIL_BACKEND = "selfprivacy_site.mail.BackgroundBackend"
DEFAULT_FROM_EMAIL = env_value("EMAIL_FROM", parse_mail_address, "", "an address such as policies@example.org")
DEFAULT_FROM_EMAIL = DEFAULT_FROM_EMAIL or f"noreply@{urlsplit(SITE_URL).hostname or 'localhost'}"
# Mails contain links, so they need the address of the site.
SENDS_MAIL = bool(_mail_server and SITE_URL)
# Seconds. The link that sets a new password works for an hour, and once.
PASSWORD_RESET_TIMEOUT = 60 * 60

# --- The database -----------------------------------------------------------------------------------------------------

_database_url = env_value(
    "DATABASE_URL", str, f"sqlite:///{quote(str(DATA_DIR / 'site.sqlite3'))}", "an address"
).strip()
try:
    # Checked first, because the parser's warning about an unknown scheme would show the password.
    if not re.match(r"sqlite:///|postgres(ql)?://", _database_url):
        raise ValueError
    DATABASES = {"default": environ.Env.db_url_config(_database_url)}
    if DATABASES["default"]["NAME"] in {"", ":memory:"}:
        raise ValueError
except ValueError as error:
    # The message does not repeat the value, which may contain a password.
    raise ImproperlyConfigured(
        "DATABASE_URL is invalid: expected sqlite:///path or postgres://user:password@host/name."
    ) from error

# Opening one takes longer than the queries of most pages.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if _database_url.startswith("sqlite:"):
    DATABASES["default"]["ENGINE"] = "selfprivacy_site.sqlite3"
    DATABASES["default"]["OPTIONS"] = {
        # A deferred transaction that reads first fails at once if another one is writing; an immediate one waits.
        "transaction_mode": "IMMEDIATE",
        # Seconds. For commands: the server waits less (`server_database`).
        "timeout": 60,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    }
else:
    # Seconds; the least that libpq takes. A server that is frozen accepts connections and then never answers. Readers
    # wait less (`selfprivacy_site.postgresql`).
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)
    # A connection that was cut off is noticed after about ten seconds, not after the system's two hours.
    DATABASES["default"]["OPTIONS"] = {
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **DATABASES["default"]["OPTIONS"],
    }

# --- Languages and time -----------------------------------------------------------------------------------------------

# The languages of drafts: each has a database column. SITE_LANGUAGES says which of them are served. Removing one here
# would drop its column, so the list only grows.
MODELTRANSLATION_LANGUAGES = (
    "en", "ru", "ar", "be", "bg", "ca", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "he", "hu", "it",
    "ja", "kk", "ko", "nl", "pl", "pt", "ro", "sr", "sv", "th", "tr", "uk", "zh-hans",
    "az", "bn", "hi", "hr", "hy", "id", "ka", "lt", "lv", "ms", "nb", "pt-br", "sk", "sl", "ta", "ur", "vi", "zh-hant",
)  # fmt: skip

_served = env_value("SITE_LANGUAGES", parse_list, ["en", "ru"], "language codes separated by commas, such as en,ru,ar")
_served = [code.lower() for code in _served]
require_valid(
    len(set(_served)) == len(_served) and set(_served) <= set(MODELTRANSLATION_LANGUAGES),
    "SITE_LANGUAGES",
    f"language codes separated by commas, each once, the default first, out of {', '.join(MODELTRANSLATION_LANGUAGES)}",
)
_names = {code: LANG_INFO[code]["name"] for code in _served}
LANGUAGES = [(code, _(_names[code])) for code in _served]
LANGUAGE_CODE = MODELTRANSLATION_DEFAULT_LANGUAGE = _served[0]
# No automatic fallback: `pages.presentation` decides what readers see instead of a missing translation.
MODELTRANSLATION_ENABLE_FALLBACKS = False
# The complete catalogues, and those of what readers see, which nobody who speaks the language has reviewed.
LOCALE_PATHS = [BASE_DIR / "pages" / "locale", BASE_DIR / "pages" / "locale" / "public"]
_public_catalogues = sorted(path.parts[-3] for path in LOCALE_PATHS[1].glob("*/LC_MESSAGES/django.po"))
PUBLIC_CATALOGUES = env_value("PUBLIC_CATALOGUES", parse_list, [], "language codes separated by commas")
require_valid(
    set(PUBLIC_CATALOGUES) <= set(_public_catalogues),
    "PUBLIC_CATALOGUES",
    f"language codes separated by commas, out of {', '.join(_public_catalogues)}",
)
FORMAT_MODULE_PATH = "selfprivacy_site.formats"

TIME_ZONE = env_value("TIME_ZONE", str, "UTC", "a time zone such as Europe/Berlin")
require_valid(TIME_ZONE in zoneinfo.available_timezones(), "TIME_ZONE", "a time zone such as Europe/Berlin")

# --- Files and Markdown -----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "selfprivacy_site.static_storage.StaticStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# The preview uses the same function as the public pages. markdownx's own URLs are never included.
MARKDOWNX_MARKDOWNIFY_FUNCTION = "pages.text.rendering.render_html"
MARKDOWNX_EDITOR_RESIZABLE = False

# A policy of 256 KB in each of thirty languages makes a form of eight megabytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

# The password of the first user. Read here so that it can be in the .env file.
DJANGO_SUPERUSER_PASSWORD = env_value("DJANGO_SUPERUSER_PASSWORD", str, "", "a password")

# --- Logging: warnings and errors to standard error; no format contains a client's address ----------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"no_outages": {"()": "selfprivacy_site.outage_filter.OutageFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "WARNING"},
        # Requests for unknown URLs or unknown hosts are not worth a log line.
        "django.request": {"level": "ERROR", "filters": ["no_outages"]},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Neither are forms that anybody can send: without a token, or half.
        "django.security.csrf": {"level": "ERROR"},
    },
}

# --- Last, when all names are known -----------------------------------------------------------------------------------

for _mistyped, _meant in find_mistyped_names(
    ENV_FILE.read_text(encoding="utf-8").splitlines() if ENV_FILE.exists() else [], _names_read
):
    raise ImproperlyConfigured(f"{_mistyped} in {ENV_FILE} is no setting: expected {_meant}.")
