"""What a response says about the state that it was made from, and what happens without a database."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import timezone

from pages.public.public_view import answer
from selfprivacy_site.wsgi_middleware.public_state import READ_AT, STATE_HEADER, PublicState
from tests.building import make_page, publish_bodies

NOON = datetime(2024, 3, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def page(db):
    page = make_page("policy")
    publish_bodies(page, {"en": "One."}, NOON - timedelta(days=9))
    publish_bodies(page, {"en": "Two."}, NOON, effective_at=NOON + timedelta(days=9))
    return page


def state_of(client, path, at):
    return PublicState.parse(client.get(path, **{READ_AT: at.isoformat()}).headers[STATE_HEADER])


def test_response_names_the_effective_times_around_its_own(client, page):
    early, late = (state_of(client, "/policy/", NOON + timedelta(days=days)) for days in (1, 9))
    assert early.counter == late.counter > 0
    assert early.until == late.since == (NOON + timedelta(days=9)).timestamp()
    assert early.since == NOON.timestamp()
    assert late.until == float("inf")


@pytest.mark.parametrize("query", ["", "?since=2024-02-25"])
def test_page_that_says_what_day_it_is_ends_with_the_day_of_the_site(client, page, settings, query):
    settings.TIME_ZONE = "Europe/Berlin"
    midnight = datetime(2024, 3, 2, tzinfo=ZoneInfo("Europe/Berlin"))
    assert state_of(client, f"/policy/changes/{query}", NOON).until == midnight.timestamp()


def test_page_can_be_read_as_it_will_be_at_an_effective_time(client, page):
    assert "Two." in client.get("/policy/", **{READ_AT: (NOON + timedelta(days=9)).isoformat()}).content.decode()
    assert "Two." not in client.get("/policy/", **{READ_AT: (NOON + timedelta(days=8)).isoformat()}).content.decode()


@pytest.mark.parametrize("key", ["HTTP_X_SITE_STATE", "HTTP_SELFPRIVACY_SITE.READ_AT"])
def test_no_header_of_a_request_chooses_the_time(client, page, key):
    response = client.get("/policy/", **{key: NOON.isoformat()})
    assert PublicState.parse(response.headers[STATE_HEADER]).since > NOON.timestamp()
    assert timezone.now() > NOON


def test_database_error_is_answered_with_503(db):
    def fail(_state):
        raise OperationalError("disk is full")

    response = answer(RequestFactory().get("/"), fail)
    assert (response.status_code, STATE_HEADER in response.headers) == (503, False)


ADDRESSES = ["/", "/policy/", "/ru/policy/", "/policy/v/1/", "/policy/index.md", "/policy/history.json", "/readyz"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_only_get_and_head_are_allowed_without_a_token_of_a_form(page, address, method):
    response = getattr(Client(enforce_csrf_checks=True), method)(address)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert not response.cookies
