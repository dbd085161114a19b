"""The pages of one-time codes, as a person walks through them."""

import re
from base64 import b32encode
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login import one_time_codes
from tests.selfprivacy_site.login.people import (
    PASSWORD,
    WRONG_CODE,
    after_waiting,
    browser_of,
    code_of,
    make_editor,
    set_up,
)  # fmt: skip

pytestmark = pytest.mark.django_db
CODE, OWN = "/admin/login/code/", "/admin/one-time-codes/"
RECOVERY, REMOVE = f"{OWN}recovery/", f"{OWN}remove/"


@pytest.fixture
def ann():
    return make_editor()


def words_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def shown_recovery_codes(answer):
    return re.findall(r"<li><code>(\w{8})</code></li>", answer.content.decode())


def log_in(client, **form):
    return client.post("/admin/login/", {"username": "ann", "password": PASSWORD, "next": "/admin/", **form})


def test_login_without_one_time_codes_is_one_step(client, ann):
    answer = client.post("/admin/login/?next=/admin/auth/", {"username": "ann", "password": PASSWORD}, follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [("/admin/auth/", 302)])


def test_login_asks_for_the_code_and_then_shows_what_was_asked_for(client, ann):
    device, _recovery = set_up(ann)
    client.get("/admin/")
    form = {"username": "ann", "password": PASSWORD, "next": "/admin/auth/user/?o=1"}
    step = client.post("/admin/login/", form, follow=True)
    assert step.redirect_chain[-1][0].startswith(f"{CODE}?next=")
    (target,) = re.findall(r'name="next" value="([^"]*)"', step.content.decode())
    before = client.session.session_key
    answer = client.post(CODE, {"code": code_of(device), "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/auth/user/?o=1")
    assert client.session.session_key != before
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "", "javascript:alert(1)"])
def test_code_leads_to_no_other_site(client, ann, target):
    device, _recovery = set_up(ann)
    log_in(client)
    assert client.post(CODE, {"code": code_of(device), "next": target})["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("code", "words"),
    [(WRONG_CODE, "This code is wrong, or it was used, or its time is over."), ("", "This field is required.")],
)
def test_wrong_code_lets_nobody_in_and_keeps_what_was_asked_for(client, ann, code, words):
    set_up(ann)
    log_in(client)
    answer = client.post(CODE, {"code": code, "next": "/admin/auth/"})
    assert answer.status_code == 200
    assert words in words_of(answer)
    assert 'value="/admin/auth/"' in answer.content.decode()
    assert client.get("/admin/")["Location"].startswith(CODE)


def test_recovery_code_opens_the_login_once(ann):
    _device, recovery = set_up(ann)
    for status in (302, 200):
        client = Client()
        log_in(client)
        assert client.post(CODE, {"code": recovery[0]}).status_code == status


@pytest.mark.parametrize("verified", [True, False])
def test_code_step_sends_on_whoever_needs_none(ann, verified):
    if verified:
        set_up(ann)
    answer = browser_of(ann, verified=verified).get(f"{CODE}?next=/admin/auth/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/auth/")


def test_set_up_shows_the_secret_as_text_link_and_picture(ann, settings):
    settings.OTP_TOTP_ISSUER = "policies.example.org"
    answer = browser_of(ann).get(OWN)
    html = answer.content.decode()
    secret = b32encode(one_time_codes.device_to_confirm(ann).bin_key).decode()
    (address,) = re.findall(r'href="(otpauth://[^"]*)"', html)
    link = urlsplit(address.replace("&amp;", "&"))
    assert (link.netloc, link.path) == ("totp", "/policies.example.org%3Aann")
    assert parse_qs(link.query)["secret"] == [secret]
    assert parse_qs(link.query)["issuer"] == ["policies.example.org"]
    assert f'<code class="secret">{secret}</code>' in html
    assert re.search(r'<svg viewBox="0 0 \d+ \d+"><path fill="#fff" d="M', html)
    assert not re.search(r"<script(?![^>]*src=)|style=|<style", html)
    assert "no-store" in answer["Cache-Control"]


def test_set_up_is_confirmed_with_a_code_and_shows_ten_recovery_codes_once(ann):
    browser = browser_of(ann)
    browser.get(OWN)
    before = browser.session.session_key
    answer = browser.post(OWN, {"code": code_of(one_time_codes.device_to_confirm(ann))})
    shown = shown_recovery_codes(answer)
    assert (answer.status_code, len(set(shown))) == (200, 10)
    assert "no-store" in answer["Cache-Control"]
    assert browser.session.session_key != before
    assert browser.get("/admin/").status_code == 200
    again = browser.get(OWN)
    assert "You have 10 unused recovery codes." in words_of(again)
    assert not [code for code in shown if code in again.content.decode()]
    client = Client()
    log_in(client)
    assert client.post(CODE, {"code": shown[9]}).status_code == 302


def test_wrong_code_sets_nothing_up(ann):
    browser = browser_of(ann)
    answer = browser.post(OWN, {"code": WRONG_CODE})
    assert "This code is wrong" in words_of(answer)
    assert one_time_codes.confirmed_device(ann) is None
    assert not shown_recovery_codes(answer)


def test_secret_is_shown_no_more_once_it_is_confirmed(ann):
    device, _recovery = set_up(ann)
    html = browser_of(ann, verified=True).get(OWN).content.decode()
    assert "otpauth:" not in html
    assert b32encode(device.bin_key).decode() not in html


@pytest.mark.parametrize("with_recovery_code", [False, True])
def test_new_recovery_codes_are_made_with_a_code(ann, with_recovery_code):
    device, recovery = set_up(ann)
    browser = browser_of(ann, verified=True)
    assert not shown_recovery_codes(browser.post(RECOVERY, {"code": WRONG_CODE}))
    after_waiting()
    shown = shown_recovery_codes(
        browser.post(RECOVERY, {"code": recovery[0] if with_recovery_code else code_of(device)})
    )
    assert len(shown) == 10
    assert not set(shown) & set(recovery)
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("with_recovery_code", [False, True])
def test_codes_are_removed_with_a_code(ann, with_recovery_code):
    device, recovery = set_up(ann)
    browser = browser_of(ann, verified=True)
    assert browser.post(REMOVE, {"code": WRONG_CODE}).status_code == 200
    assert one_time_codes.confirmed_device(ann)
    after_waiting()
    answer = browser.post(REMOVE, {"code": recovery[0] if with_recovery_code else code_of(device)}, follow=True)
    assert "Your one-time codes were removed." in words_of(answer)
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("address", [RECOVERY, REMOVE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_has_no_codes_is_shown_the_set_up_instead(ann, address, method):
    answer = getattr(browser_of(ann), method)(address)
    assert (answer.status_code, answer["Location"]) == (302, OWN)


def test_required_set_up_opens_the_admin_at_once(ann, settings):
    settings.ONE_TIME_CODES = "required"
    client = Client()
    log_in(client)
    page = client.get("/admin/", follow=True)
    assert "This site asks everyone who edits it for one-time codes." in words_of(page)
    client.post(OWN, {"code": code_of(one_time_codes.device_to_confirm(ann))})
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("address", [CODE, OWN, RECOVERY, REMOVE])
def test_code_is_not_taken_without_the_token_against_forgery(ann, address):
    device, _recovery = set_up(ann)
    browser = browser_of(ann, verified=address != CODE)
    browser.handler.enforce_csrf_checks = True
    assert browser.post(address, {"code": code_of(device)}).status_code == 403
    assert one_time_codes.confirmed_device(ann)


def test_every_page_of_the_admin_leads_to_ones_own_codes(ann):
    html = browser_of(ann).get("/admin/").content.decode()
    assert f'<a href="{OWN}">One-time codes</a>' in html


def test_name_in_the_app_is_the_host_of_the_site():
    assert site_settings.OTP_TOTP_ISSUER == "localhost"
