"""A user with a missing login step reaches that step's page, logging out and the language choice, and no other URL."""

import re

import pytest
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login import one_time_codes
from tests.selfprivacy_site.login.users import logged_in_client, make_superuser, set_up_codes

pytestmark = pytest.mark.django_db
STEP_PAGES = {"code": "/admin/login/code/", "set-up": "/admin/one-time-codes/"}
PREVIEW = "/admin/pages/page/preview/"
LOG_OUT, SET_LANGUAGE = "/admin/logout/", "/admin/language/setlang/"


def urls_of(patterns, prefix="/"):
    """Yield a URL for every route in a list of patterns."""
    for pattern in patterns:
        if isinstance(pattern.pattern, RoutePattern):
            url = prefix + re.sub(r"<[^>]+>", "1", pattern.pattern._route)
            yield from urls_of(pattern.url_patterns, url) if hasattr(pattern, "url_patterns") else [url]


def admin_urls():
    """Return a URL for every route of the admin, and for its two regular expressions: an app, and the catch-all."""
    urls = {url for url in urls_of(get_resolver().url_patterns) if url.startswith("/admin/")}
    return urls | {"/admin/auth/", "/admin/nowhere/"}


@pytest.fixture
def ann():
    return make_superuser()


@pytest.fixture
def client_and_step_page(ann, settings, request):
    """Return a client whose user has the login step of the parameter to do, and the URL of that step."""
    step = request.param
    settings.ONE_TIME_CODES = "required" if step == "set-up" else "optional"
    if step == "code":
        set_up_codes(ann)
    return logged_in_client(ann), STEP_PAGES[step]


def test_list_of_urls_includes_views_with_checks_of_their_own():
    urls = admin_urls()
    assert {PREVIEW, LOG_OUT, SET_LANGUAGE, *STEP_PAGES.values(), "/admin/", "/admin/account-recovery/"} <= urls
    assert "/admin/auth/user/1/change/" in urls
    assert len(urls) > 40


@pytest.mark.parametrize("client_and_step_page", STEP_PAGES, indirect=True)
def test_every_other_url_redirects_to_the_step(client_and_step_page):
    browser, page = client_and_step_page
    for url in admin_urls() - {page, LOG_OUT, SET_LANGUAGE}:
        response = browser.get(f"{url}?a=1")
        assert (response.status_code, response["Location"].partition("?")[0]) == (302, page), url


@pytest.mark.parametrize("client_and_step_page", STEP_PAGES, indirect=True)
def test_post_to_any_other_url_is_denied(client_and_step_page):
    browser, page = client_and_step_page
    for url in admin_urls() - {page, LOG_OUT, SET_LANGUAGE}:
        response = browser.post(url, {"content": "# Text", "username": "x"})
        assert response.status_code == 403, url
        assert response.content.decode().startswith("<p><strong>Enter a one-time code to finish logging in"), url
        assert f'href="{page}"' in response.content.decode()
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("client_and_step_page", STEP_PAGES, indirect=True)
def test_step_language_choice_and_logging_out_are_allowed(client_and_step_page):
    browser, page = client_and_step_page
    assert browser.get(page).status_code == 200
    chosen = browser.post(SET_LANGUAGE, {"language": "ru", "next": page})
    assert (chosen.status_code, chosen["Location"]) == (302, page)
    assert browser.get(page)["Content-Language"] == "ru"
    assert browser.post(LOG_OUT).status_code == 200
    assert browser.get("/admin/")["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("client_and_step_page", STEP_PAGES, indirect=True)
def test_page_of_the_step_links_to_no_other(client_and_step_page):
    browser, page = client_and_step_page
    html = browser.get(page).content.decode()
    inner = set(re.findall(r'(?:href|action)="(/admin/[^"?]*)"', html)) - {page, LOG_OUT, SET_LANGUAGE}
    assert inner <= {"/admin/"}
    assert "jsi18n" not in html


@pytest.mark.parametrize("rule", ["optional", "required"])
@pytest.mark.parametrize(("url", "method"), [("/admin/auth/user/", "get"), (PREVIEW, "post")])
def test_user_with_a_verified_code_has_access(ann, settings, rule, url, method):
    settings.ONE_TIME_CODES = rule
    set_up_codes(ann)
    assert getattr(logged_in_client(ann, verified=True), method)(url).status_code == 200


@pytest.mark.parametrize(("url", "method"), [("/admin/auth/user/", "get"), (PREVIEW, "post")])
def test_user_without_codes_has_access_where_they_are_optional(ann, url, method):
    one_time_codes.get_or_create_unconfirmed_device(ann)
    assert getattr(logged_in_client(ann), method)(url).status_code == 200


def test_codes_set_up_in_one_session_are_required_in_the_others(ann):
    client = logged_in_client(ann)
    assert client.get("/admin/").status_code == 200
    set_up_codes(ann)
    assert client.get("/admin/")["Location"].startswith(STEP_PAGES["code"])


def test_device_of_another_user_in_the_session_gives_no_access(ann):
    device, _recovery = set_up_codes(ann)
    bob = make_superuser("bob")
    browser = logged_in_client(ann, verified=True)
    TOTPDevice.objects.filter(pk=device.pk).update(user=bob)
    set_up_codes(ann)
    assert browser.get("/admin/")["Location"].startswith(STEP_PAGES["code"])


def test_removed_codes_are_not_required_unless_the_site_requires_codes(ann, settings):
    set_up_codes(ann)
    browser = logged_in_client(ann, verified=True)
    one_time_codes.delete_devices(ann)
    assert browser.get("/admin/").status_code == 200
    settings.ONE_TIME_CODES = "required"
    assert browser.get("/admin/")["Location"].startswith(STEP_PAGES["set-up"])


@pytest.mark.parametrize("rule", ["optional", "required"])
def test_anonymous_user_is_redirected_to_the_login(client, settings, rule):
    settings.ONE_TIME_CODES = rule
    for url in ("/admin/", *STEP_PAGES.values(), "/admin/account-recovery/"):
        response = client.get(url)
        assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={url}")
    assert client.post(PREVIEW, {"content": "x"}).status_code == 403


def test_public_page_does_not_load_the_user(ann, django_assert_num_queries, settings):
    settings.ONE_TIME_CODES = "required"
    browser = logged_in_client(ann)
    with django_assert_num_queries(0):
        response = browser.get("/healthz")
    assert response.status_code == 200
    assert "Cookie" not in response.get("Vary", "")
