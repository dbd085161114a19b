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

application = wrap_application(
    django_application, proxies=settings.PROXIES, https=settings.HTTPS, threads=settings.THREADS
)
