"""Cookies: only for the admin, not readable by scripts, not sent from other sites, and short-lived."""

import re
import runpy
from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.building import make_page, publish_bodies
from tests.processes import ROOT, environment
from tests.selfprivacy_site.login.users import PASSWORD, current_code, logged_in_client, make_superuser, set_up_codes

pytestmark = pytest.mark.django_db
LIMIT = site_settings.AXES_FAILURE_LIMIT
SCHEMES = {"http": "http://127.0.0.1:8000", "https": "https://policies.example.org"}
PUBLIC_URLS = (
    "/",
    "/privacy-policy/",
    "/ru/privacy-policy/",
    "/privacy-policy/history/",
    "/feed.atom",
    "/healthz",
    "/missing/",
)


@pytest.fixture(params=SCHEMES)
def scheme(request, settings, tmp_path, monkeypatch):
    """Apply the settings of a site with this scheme; return the scheme."""
    for name, value in environment(tmp_path, SITE_URL=SCHEMES[request.param]).items():
        monkeypatch.setenv(name, value)
    for name, value in runpy.run_path(str(ROOT / "selfprivacy_site/settings.py")).items():
        if re.search(r"_COOKIE_|^(ALLOWED_HOSTS|CSRF_TRUSTED_ORIGINS|MESSAGE_STORAGE|SECURE_SSL_REDIRECT)$", name):
            setattr(settings, name, value)
    return request.param


class CookieRecorder:
    """A client that records every cookie the site sets, with its attributes."""

    def __init__(self, scheme):
        self.client = Client(enforce_csrf_checks=True, SERVER_NAME=SCHEMES[scheme].split("/")[2].split(":")[0])
        self.secure = scheme == "https"
        self.headers = {"origin": SCHEMES[scheme]} if self.secure else {}
        self.cookies = {}

    def request(self, method, url, form=None):
        form = form and {**form, "csrfmiddlewaretoken": self.client.cookies["csrftoken"].value}
        response = getattr(self.client, method)(url, form, secure=self.secure, headers=self.headers)
        for name, morsel in response.cookies.items():
            if morsel.value:
                attributes = {key: value for key, value in morsel.items() if value and key != "expires"}
                self.cookies.setdefault(name, []).append(attributes)
        return response.status_code


def use_the_admin(recorder):
    """Do everything that makes the admin set a cookie; return the status codes."""
    device, _recovery = set_up_codes(make_superuser())
    page = {"slug": "new", "source_language": "en", "title_en": "New", "body_en": "Text", "weight": 0, "notice_days": 0}
    page |= {"_save": "1"}
    wrong = [("/admin/login/", {"username": "eve", "password": "wrong"})] * LIMIT
    statuses = [recorder.request("get", "/admin/login/")]
    for url, form in [
        *wrong,
        ("/admin/login/", {"username": "ann", "password": PASSWORD, "next": "/admin/"}),
        ("/admin/login/code/", {"code": current_code(device)}),
        ("/admin/language/setlang/", {"language": "ru", "next": "/admin/"}),
        ("/admin/pages/page/add/", page),
    ]:
        statuses.append(recorder.request("post", url, form))
    return [*statuses, recorder.request("get", "/admin/pages/page/")]


def test_cookies_of_the_admin_have_a_path_and_security_attributes(scheme):
    recorder = CookieRecorder(scheme)
    assert use_the_admin(recorder) == [200] * LIMIT + [429, 302, 302, 302, 302, 200]
    common = {
        "path": "/admin/",
        "httponly": True,
        "samesite": "Lax",
        **({"secure": True} if scheme == "https" else {}),
    }
    expected = {
        "csrftoken": common,
        "django_language": common,
        "sessionid": common | {"max-age": 12 * 60 * 60},
    }
    assert recorder.cookies.keys() == expected.keys()
    for name, attributes in expected.items():
        assert all(cookie == attributes for cookie in recorder.cookies[name]), name


def test_public_pages_set_no_cookie_for_an_editor(scheme, moment):
    publish_bodies(make_page(), {"en": "Text", "ru": "Текст"}, moment())
    recorder = CookieRecorder(scheme)
    use_the_admin(recorder)
    recorder.cookies.clear()
    assert [recorder.request("get", url) for url in PUBLIC_URLS] == [200] * (len(PUBLIC_URLS) - 1) + [404]
    assert recorder.cookies == {}


def test_session_ends_after_twelve_hours():
    browser = logged_in_client(make_superuser())
    end = Session.objects.get().expire_date
    assert timedelta(hours=11, minutes=59) < end - timezone.now() <= timedelta(hours=12)
    Session.objects.update(expire_date=timezone.now())
    assert browser.get("/admin/").status_code == 302
