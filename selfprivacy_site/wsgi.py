"""The WSGI application: Django behind the door."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from selfprivacy_site.wsgi_middleware import wrap_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfprivacy_site.settings")

try:
    _django = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.exit(f"Configuration: {error}")

from django.conf import settings

application = wrap_application(_django, proxies=settings.PROXIES, https=settings.HTTPS)
