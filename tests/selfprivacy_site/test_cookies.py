"""Cookies are the editors' alone: bound to /admin/, out of reach of scripts and of other sites, and soon over."""

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
from tests.selfprivacy_site.login.people import PASSWORD, browser_of, code_of, make_editor, set_up

pytestmark = pytest.mark.django_db
LIMIT = site_settings.AXES_FAILURE_LIMIT
SCHEMES = {"http": "http://127.0.0.1:8000", "https": "https://policies.example.org"}
PUBLIC = (
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
    """Set the cookies as the site does that is reached over a scheme; return the scheme."""
    for name, value in environment(tmp_path, SITE_URL=SCHEMES[request.param]).items():
        monkeypatch.setenv(name, value)
    for name, value in runpy.run_path(str(ROOT / "selfprivacy_site/settings.py")).items():
        if re.search(r"_COOKIE_|^(ALLOWED_HOSTS|CSRF_TRUSTED_ORIGINS|MESSAGE_STORAGE|SECURE_SSL_REDIRECT)$", name):
            setattr(settings, name, value)
    return request.param


class Browser:
    """Gathers every cookie that the site sets, with its attributes."""

    def __init__(self, scheme):
        self.client = Client(enforce_csrf_checks=True, SERVER_NAME=SCHEMES[scheme].split("/")[2].split(":")[0])
        self.secure = scheme == "https"
        self.headers = {"origin": SCHEMES[scheme]} if self.secure else {}
        self.found = {}

    def ask(self, method, address, form=None):
        form = form and {**form, "csrfmiddlewaretoken": self.client.cookies["csrftoken"].value}
        answer = getattr(self.client, method)(address, form, secure=self.secure, headers=self.headers)
        for name, morsel in answer.cookies.items():
            if morsel.value:
                attributes = {key: value for key, value in morsel.items() if value and key != "expires"}
                self.found.setdefault(name, []).append(attributes)
        return answer.status_code


def walk_through_the_admin(browser):
    """Do everything with which the admin sets cookies; return how it answered."""
    device, _recovery = set_up(make_editor())
    page = {"slug": "new", "source_language": "en", "title_en": "New", "body_en": "Text", "weight": 0, "_save": "1"}
    wrong = [("/admin/login/", {"username": "eve", "password": "wrong"})] * LIMIT
    answers = [browser.ask("get", "/admin/login/")]
    for address, form in [
        *wrong,
        ("/admin/login/", {"username": "ann", "password": PASSWORD, "next": "/admin/"}),
        ("/admin/login/code/", {"code": code_of(device)}),
        ("/admin/language/setlang/", {"language": "ru", "next": "/admin/"}),
        ("/admin/pages/page/add/", page),
    ]:
        answers.append(browser.ask("post", address, form))
    return [*answers, browser.ask("get", "/admin/pages/page/")]


def test_every_cookie_of_the_admin_is_bound_and_guarded(scheme):
    browser = Browser(scheme)
    assert walk_through_the_admin(browser) == [200] * LIMIT + [429, 302, 302, 302, 302, 200]
    guarded = {
        "path": "/admin/",
        "httponly": True,
        "samesite": "Lax",
        **({"secure": True} if scheme == "https" else {}),
    }
    expected = {"csrftoken": guarded, "django_language": guarded, "sessionid": guarded | {"max-age": 12 * 60 * 60}}
    assert browser.found.keys() == expected.keys()
    for name, attributes in expected.items():
        assert all(found == attributes for found in browser.found[name]), name


def test_public_pages_set_no_cookie_even_for_an_editor(scheme, moment):
    publish_bodies(make_page(), {"en": "Text", "ru": "Текст"}, moment())
    browser = Browser(scheme)
    walk_through_the_admin(browser)
    browser.found.clear()
    assert [browser.ask("get", address) for address in PUBLIC] == [200] * (len(PUBLIC) - 1) + [404]
    assert browser.found == {}


def test_session_ends_after_twelve_hours():
    browser = browser_of(make_editor())
    end = Session.objects.get().expire_date
    assert timedelta(hours=11, minutes=59) < end - timezone.now() <= timedelta(hours=12)
    Session.objects.update(expire_date=timezone.now())
    assert browser.get("/admin/").status_code == 302
