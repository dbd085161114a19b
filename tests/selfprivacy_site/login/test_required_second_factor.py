"""Whoever has a step to do reaches that step's page, log-out and the language, and not one other address."""

import re

import pytest
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login import one_time_codes
from tests.selfprivacy_site.login.people import browser_of, make_editor, set_up

pytestmark = pytest.mark.django_db
STEP_PAGES = {"code": "/admin/login/code/", "set-up": "/admin/one-time-codes/"}
PREVIEW = "/admin/pages/page/preview/"
LOG_OUT, LANGUAGE = "/admin/logout/", "/admin/language/setlang/"


def addresses(patterns, start="/"):
    """Yield an address for every route below a list of patterns."""
    for pattern in patterns:
        if isinstance(pattern.pattern, RoutePattern):
            address = start + re.sub(r"<[^>]+>", "1", pattern.pattern._route)
            yield from addresses(pattern.url_patterns, address) if hasattr(pattern, "url_patterns") else [address]


def admin_addresses():
    """Return an address for every route of the admin, and for what it finds by expressions: an app, and nothing."""
    routes = {one for one in addresses(get_resolver().url_patterns) if one.startswith("/admin/")}
    return routes | {"/admin/auth/", "/admin/nowhere/"}


@pytest.fixture
def ann():
    return make_editor()


@pytest.fixture
def with_a_step(ann, settings, request):
    """Return a browser of an editor who has the step to do that the test names, and the page of that step."""
    step = request.param
    settings.ONE_TIME_CODES = "required" if step == "set-up" else "optional"
    if step == "code":
        set_up(ann)
    return browser_of(ann), STEP_PAGES[step]


def test_list_of_addresses_knows_those_that_check_the_user_themselves():
    listed = admin_addresses()
    assert {PREVIEW, LOG_OUT, LANGUAGE, *STEP_PAGES.values(), "/admin/", "/admin/logins/"} <= listed
    assert "/admin/auth/user/1/change/" in listed
    assert len(listed) > 40


@pytest.mark.parametrize("with_a_step", STEP_PAGES, indirect=True)
def test_every_other_address_leads_to_the_step(with_a_step):
    browser, page = with_a_step
    for address in admin_addresses() - {page, LOG_OUT, LANGUAGE}:
        answer = browser.get(f"{address}?a=1")
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, page), address


@pytest.mark.parametrize("with_a_step", STEP_PAGES, indirect=True)
def test_nothing_that_is_sent_elsewhere_is_taken(with_a_step):
    browser, page = with_a_step
    for address in admin_addresses() - {page, LOG_OUT, LANGUAGE}:
        answer = browser.post(address, {"content": "# Text", "username": "x"})
        assert answer.status_code == 403, address
        assert answer.content.decode().startswith("<p><strong>You are not wholly logged in"), address
        assert f'href="{page}"' in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("with_a_step", STEP_PAGES, indirect=True)
def test_step_language_and_log_out_are_open(with_a_step):
    browser, page = with_a_step
    assert browser.get(page).status_code == 200
    chosen = browser.post(LANGUAGE, {"language": "ru", "next": page})
    assert (chosen.status_code, chosen["Location"]) == (302, page)
    assert browser.get(page)["Content-Language"] == "ru"
    assert browser.post(LOG_OUT).status_code == 200
    assert browser.get("/admin/")["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("with_a_step", STEP_PAGES, indirect=True)
def test_page_of_the_step_leads_to_no_other(with_a_step):
    browser, page = with_a_step
    html = browser.get(page).content.decode()
    inner = set(re.findall(r'(?:href|action)="(/admin/[^"?]*)"', html)) - {page, LOG_OUT, LANGUAGE}
    assert inner <= {"/admin/"}
    assert "jsi18n" not in html


@pytest.mark.parametrize("rule", ["optional", "required"])
@pytest.mark.parametrize(("address", "method"), [("/admin/auth/user/", "get"), (PREVIEW, "post")])
def test_whoever_gave_a_code_is_let_in(ann, settings, rule, address, method):
    settings.ONE_TIME_CODES = rule
    set_up(ann)
    assert getattr(browser_of(ann, verified=True), method)(address).status_code == 200


@pytest.mark.parametrize(("address", "method"), [("/admin/auth/user/", "get"), (PREVIEW, "post")])
def test_whoever_has_no_codes_is_let_in_where_they_are_optional(ann, address, method):
    one_time_codes.device_to_confirm(ann)
    assert getattr(browser_of(ann), method)(address).status_code == 200


def test_codes_that_are_set_up_in_one_browser_are_asked_for_in_the_others(ann):
    other = browser_of(ann)
    assert other.get("/admin/").status_code == 200
    set_up(ann)
    assert other.get("/admin/")["Location"].startswith(STEP_PAGES["code"])


def test_app_of_a_colleague_in_the_session_opens_nothing(ann):
    device, _recovery = set_up(ann)
    bob = make_editor("bob")
    browser = browser_of(ann, verified=True)
    TOTPDevice.objects.filter(pk=device.pk).update(user=bob)
    set_up(ann)
    assert browser.get("/admin/")["Location"].startswith(STEP_PAGES["code"])


def test_codes_that_were_removed_are_asked_for_no_more_unless_the_site_requires_them(ann, settings):
    set_up(ann)
    browser = browser_of(ann, verified=True)
    one_time_codes.forget(ann)
    assert browser.get("/admin/").status_code == 200
    settings.ONE_TIME_CODES = "required"
    assert browser.get("/admin/")["Location"].startswith(STEP_PAGES["set-up"])


@pytest.mark.parametrize("rule", ["optional", "required"])
def test_strangers_are_led_to_the_login_as_ever(client, settings, rule):
    settings.ONE_TIME_CODES = rule
    for address in ("/admin/", *STEP_PAGES.values(), "/admin/logins/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={address}")
    assert client.post(PREVIEW, {"content": "x"}).status_code == 403


def test_readers_pages_ask_nobody_who_they_are(ann, django_assert_num_queries, settings):
    settings.ONE_TIME_CODES = "required"
    browser = browser_of(ann)
    with django_assert_num_queries(0):
        answer = browser.get("/healthz")
    assert answer.status_code == 200
    assert "Cookie" not in answer.get("Vary", "")
