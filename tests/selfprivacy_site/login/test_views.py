"""The views of one-time codes, in the order in which a user visits them."""

import re
from base64 import b32encode
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login import one_time_codes
from tests.selfprivacy_site.login.users import (
    PASSWORD,
    WRONG_CODE,
    current_code,
    logged_in_client,
    make_superuser,
    reset_throttling,
    set_up_codes,
)  # fmt: skip

pytestmark = pytest.mark.django_db
VERIFY_URL, CODES_URL = "/admin/login/code/", "/admin/one-time-codes/"
RECOVERY_URL, REMOVE_URL = f"{CODES_URL}recovery/", f"{CODES_URL}remove/"


@pytest.fixture
def ann():
    return make_superuser()


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def shown_recovery_codes(response):
    return re.findall(r"<li><code>(\w{8})</code></li>", response.content.decode())


def log_in(client, **form):
    return client.post("/admin/login/", {"username": "ann", "password": PASSWORD, "next": "/admin/", **form})


def test_login_without_one_time_codes_is_one_step(client, ann):
    response = client.post("/admin/login/?next=/admin/auth/", {"username": "ann", "password": PASSWORD}, follow=True)
    assert (response.status_code, response.redirect_chain) == (200, [("/admin/auth/", 302)])


def test_login_whose_target_is_refused_leads_to_the_admin(client, ann):
    response = log_in(client, next="https://evil.example/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_login_asks_for_the_code_and_then_redirects_to_the_requested_page(client, ann):
    device, _recovery = set_up_codes(ann)
    client.get("/admin/")
    form = {"username": "ann", "password": PASSWORD, "next": "/admin/auth/user/?o=1"}
    step = client.post("/admin/login/", form, follow=True)
    assert step.redirect_chain[-1][0].startswith(f"{VERIFY_URL}?next=")
    (target,) = re.findall(r'name="next" value="([^"]*)"', step.content.decode())
    before = client.session.session_key
    response = client.post(VERIFY_URL, {"code": current_code(device), "next": target})
    assert (response.status_code, response["Location"]) == (302, "/admin/auth/user/?o=1")
    assert client.session.session_key != before
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "", "javascript:alert(1)"])
def test_verified_code_redirects_to_no_other_site(client, ann, target):
    device, _recovery = set_up_codes(ann)
    log_in(client)
    assert client.post(VERIFY_URL, {"code": current_code(device), "next": target})["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("code", "message"),
    [(WRONG_CODE, "This code is wrong, was already used, or has expired."), ("", "This field is required.")],
)
def test_wrong_code_denies_access_and_keeps_the_requested_page(client, ann, code, message):
    set_up_codes(ann)
    log_in(client)
    response = client.post(VERIFY_URL, {"code": code, "next": "/admin/auth/"})
    assert response.status_code == 200
    assert message in text_of(response)
    assert 'value="/admin/auth/"' in response.content.decode()
    assert client.get("/admin/")["Location"].startswith(VERIFY_URL)


def test_recovery_code_completes_the_login_once(ann):
    _device, recovery = set_up_codes(ann)
    for status in (302, 200):
        client = Client()
        log_in(client)
        assert client.post(VERIFY_URL, {"code": recovery[0]}).status_code == status


@pytest.mark.parametrize("verified", [True, False])
def test_code_step_redirects_a_user_who_needs_no_code(ann, verified):
    if verified:
        set_up_codes(ann)
    response = logged_in_client(ann, verified=verified).get(f"{VERIFY_URL}?next=/admin/auth/")
    assert (response.status_code, response["Location"]) == (302, "/admin/auth/")


def test_set_up_shows_the_secret_as_text_link_and_qr_code(ann, settings):
    settings.OTP_TOTP_ISSUER = "policies.example.org"
    response = logged_in_client(ann).get(CODES_URL)
    html = response.content.decode()
    secret = b32encode(one_time_codes.get_or_create_unconfirmed_device(ann).bin_key).decode()
    (link_url,) = re.findall(r'href="(otpauth://[^"]*)"', html)
    link = urlsplit(link_url.replace("&amp;", "&"))
    assert (link.netloc, link.path) == ("totp", "/policies.example.org%3Aann")
    assert parse_qs(link.query)["secret"] == [secret]
    assert parse_qs(link.query)["issuer"] == ["policies.example.org"]
    assert f'<code class="secret">{secret}</code>' in html
    assert re.search(r'<svg viewBox="0 0 \d+ \d+"><path fill="#fff" d="M', html)
    assert not re.search(r"<script(?![^>]*src=)|style=|<style", html)
    assert "no-store" in response["Cache-Control"]


def test_code_confirms_the_set_up_and_ten_recovery_codes_are_shown_once(ann):
    browser = logged_in_client(ann)
    browser.get(CODES_URL)
    before = browser.session.session_key
    response = browser.post(CODES_URL, {"code": current_code(one_time_codes.get_or_create_unconfirmed_device(ann))})
    shown = shown_recovery_codes(response)
    assert (response.status_code, len(set(shown))) == (200, 10)
    assert "no-store" in response["Cache-Control"]
    assert browser.session.session_key != before
    assert browser.get("/admin/").status_code == 200
    again = browser.get(CODES_URL)
    assert "You have 10 unused recovery codes." in text_of(again)
    assert not [code for code in shown if code in again.content.decode()]
    client = Client()
    log_in(client)
    assert client.post(VERIFY_URL, {"code": shown[9]}).status_code == 302


def test_wrong_code_does_not_confirm_the_set_up(ann):
    browser = logged_in_client(ann)
    response = browser.post(CODES_URL, {"code": WRONG_CODE})
    assert "This code is wrong" in text_of(response)
    assert one_time_codes.confirmed_device(ann) is None
    assert not shown_recovery_codes(response)


def test_confirmed_secret_is_not_shown_again(ann):
    device, _recovery = set_up_codes(ann)
    html = logged_in_client(ann, verified=True).get(CODES_URL).content.decode()
    assert "otpauth:" not in html
    assert b32encode(device.bin_key).decode() not in html


@pytest.mark.parametrize("with_recovery_code", [False, True])
def test_new_recovery_codes_need_a_code(ann, with_recovery_code):
    device, recovery = set_up_codes(ann)
    browser = logged_in_client(ann, verified=True)
    assert not shown_recovery_codes(browser.post(RECOVERY_URL, {"code": WRONG_CODE}))
    reset_throttling()
    shown = shown_recovery_codes(
        browser.post(RECOVERY_URL, {"code": recovery[0] if with_recovery_code else current_code(device)})
    )
    assert len(shown) == 10
    assert not set(shown) & set(recovery)
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("with_recovery_code", [False, True])
def test_removing_codes_needs_a_code(ann, with_recovery_code):
    device, recovery = set_up_codes(ann)
    browser = logged_in_client(ann, verified=True)
    assert browser.post(REMOVE_URL, {"code": WRONG_CODE}).status_code == 200
    assert one_time_codes.confirmed_device(ann)
    reset_throttling()
    response = browser.post(
        REMOVE_URL, {"code": recovery[0] if with_recovery_code else current_code(device)}, follow=True
    )
    assert "Your one-time codes were removed." in text_of(response)
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("url", [RECOVERY_URL, REMOVE_URL])
@pytest.mark.parametrize("method", ["get", "post"])
def test_user_without_codes_is_redirected_to_the_set_up(ann, url, method):
    response = getattr(logged_in_client(ann), method)(url)
    assert (response.status_code, response["Location"]) == (302, CODES_URL)


def test_required_set_up_gives_access_at_once(ann, settings):
    settings.ONE_TIME_CODES = "required"
    client = Client()
    log_in(client)
    page = client.get("/admin/", follow=True)
    assert "This site requires one-time codes of all editors." in text_of(page)
    client.post(CODES_URL, {"code": current_code(one_time_codes.get_or_create_unconfirmed_device(ann))})
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("url", [VERIFY_URL, CODES_URL, RECOVERY_URL, REMOVE_URL])
def test_code_is_refused_without_the_csrf_token(ann, url):
    device, _recovery = set_up_codes(ann)
    browser = logged_in_client(ann, verified=url != VERIFY_URL)
    browser.handler.enforce_csrf_checks = True
    assert browser.post(url, {"code": current_code(device)}).status_code == 403
    assert one_time_codes.confirmed_device(ann)


def test_admin_pages_link_to_the_users_own_codes(ann):
    html = logged_in_client(ann).get("/admin/").content.decode()
    assert f'<a href="{CODES_URL}">One-time codes</a>' in html


def test_issuer_in_the_app_is_the_host_of_the_site():
    assert site_settings.OTP_TOTP_ISSUER == "localhost"
