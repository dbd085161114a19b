"""What the site is compared with: applications that answer every request with one stored response.

`CONSTANT_ANSWER` names a JSON file with its status, headers and body (in base64).
"""

import base64
import http.client
import json
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

STORED = json.loads(Path(os.environ["CONSTANT_ANSWER"]).read_text())
STATUS, BODY = STORED["status"], base64.b64decode(STORED["body"])
STATUS_LINE = f"{STATUS} {http.client.responses[STATUS]}"
HEADERS = [tuple(header) for header in STORED["headers"]]


def bare_function(_environ, start_response):
    start_response(STATUS_LINE, HEADERS)
    return [BODY]


def constant_view(_request):
    return HttpResponse(BODY, status=STATUS, content_type="text/html; charset=utf-8")


urlpatterns = [path("<path:path>", lambda request, path: constant_view(request)), path("", constant_view)]


def django_application():
    """Return a Django application with the middleware that `startproject` writes."""
    settings.configure(
        SECRET_KEY="for a benchmark",  # noqa: S106 - it protects nothing.
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
    )
    django.setup()
    return get_wsgi_application()


def __getattr__(name):
    # Only the process that serves it needs Django.
    if name == "django_view":
        return django_application()
    raise AttributeError(name)
