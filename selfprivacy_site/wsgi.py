"""The WSGI application: Django, wrapped in the WSGI middleware."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from selfprivacy_site.wsgi_middleware import wrap_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfprivacy_site.settings")

try:
    django_application = get_wsgi_application()
except ImproperlyConfigured as error:
    # One sentence instead of a traceback, as in manage.py.
    sys.exit(f"Configuration: {error}")

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http.request import split_domain_port, validate_host

from pages.public.response_cache.known_addresses import KnownAddresses
from pages.public.response_cache.site_watch import SiteWatch
from selfprivacy_site.server_database import limit_database
from selfprivacy_site.wsgi_middleware.baked_files import BakedFiles
from selfprivacy_site.wsgi_middleware.health import HealthChecks
from selfprivacy_site.wsgi_middleware.response_cache import ResponseCache


def is_allowed_host(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


limit_database(connections.settings[DEFAULT_DB_ALIAS])
watch = SiteWatch(settings.DATA_DIR / "site-counter")
application = ResponseCache(
    HealthChecks(
        wrap_application(django_application, proxies=settings.PROXIES, https=settings.HTTPS, threads=settings.THREADS),
        is_ready=lambda: watch.is_answering,
    ),
    watch,
    origin=settings.SITE_URL,
    scheme_key="HTTP_X_FORWARDED_PROTO" if settings.PROXIES else "wsgi.url_scheme",
    is_allowed_host=is_allowed_host,
    language_of_unknown=KnownAddresses().language_of_unknown,
    baked=BakedFiles(settings.BAKED_DIR) if settings.BAKED_DIR else None,
    max_bytes=0 if settings.DEBUG else settings.RESPONSE_CACHE_MB * 1024 * 1024,
)
watch.subscribe(application)
