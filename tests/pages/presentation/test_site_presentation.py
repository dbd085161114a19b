"""Every public page of a site with sample content says so, and no page of another site does."""

import json

import pytest

from pages.hugo.starter import load_starter
from pages.presentation.site_presentation import is_sample_site
from pages.presentation.site_state import read_site_state
from pages.publishing.actors import system_actor
from pages.publishing.sample.starting_over import start_over
from tests.building import make_page, publish_bodies
from tests.pages.public.endpoints import PAGE_ENDPOINTS, VERSION_ENDPOINTS, address_of, body_of

pytestmark = pytest.mark.django_db

NOTICES = {
    "": "The content of this site is a sample. It is nobody's policy.",
    "ru/": "Содержимое этого сайта — образец, а не чья-либо политика.",
}
# The text alone, and lists of addresses.
WITHOUT_NOTICE = {"source", "version source", "fragment", "site map", "timemap"}


@pytest.fixture
def load(moment):
    return lambda: load_starter(by=system_actor("loadstarter"), now=moment())


def says_sample(response, prefix):
    if response["Content-Type"].startswith("application/json"):
        return json.loads(response.content).get("sample", False)
    if response["Content-Type"] == "application/zip":
        return '{"sample": true, ' in body_of(response)
    return NOTICES[prefix] in response.content.decode()


def get(client, endpoint, prefix):
    address = address_of(endpoint, prefix).replace("policy/", "privacy-policy/")
    return client.get(address, follow=True)


@pytest.mark.parametrize("prefix", NOTICES)
@pytest.mark.parametrize("endpoint", [*PAGE_ENDPOINTS, *VERSION_ENDPOINTS], ids=lambda endpoint: endpoint.name)
def test_endpoint_says_that_the_content_is_a_sample(client, load, endpoint, prefix):
    load()
    # Documents that are the same in every language are in English.
    language = prefix if "{prefix}" in endpoint.address else ""
    assert says_sample(get(client, endpoint, prefix), language) == (endpoint.name not in WITHOUT_NOTICE)


@pytest.mark.parametrize("endpoint", [*PAGE_ENDPOINTS, *VERSION_ENDPOINTS], ids=lambda endpoint: endpoint.name)
def test_endpoint_of_another_site_does_not_say_it(client, moment, endpoint):
    publish_bodies(make_page("privacy-policy"), {"en": "Ours."}, moment())
    assert not says_sample(get(client, endpoint, ""), "")


@pytest.mark.parametrize("address", ["/nowhere/", "/privacy-policy/v/9/", "/privacy-policy/as-of/2999-01-01/"])
def test_page_of_an_error_says_it_too(client, load, address):
    load()
    response = client.get(address)
    assert response.status_code in (404, 416)
    assert says_sample(response, "")


def test_feed_is_titled_as_a_sample(client, load):
    load()
    assert "<title>Sample: SelfPrivacy</title>" in client.get("/feed.atom").content.decode()
    assert "<title>Образец: SelfPrivacy</title>" in client.get("/ru/feed.atom").content.decode()


def test_site_that_started_over_says_it_no_longer_and_shows_nothing_of_the_sample(client, load, moment):
    load()
    assert is_sample_site(read_site_state(moment(1)))
    assert "SelfPrivacy" in client.get("/").content.decode()
    start_over(by=system_actor("Ann"), now=moment(1))
    assert not is_sample_site(read_site_state(moment(2)))
    assert client.get("/privacy-policy/").status_code == 404
    home = client.get("/").content.decode()
    assert ("SelfPrivacy" in home, NOTICES[""] in home, "Nothing has been published yet." in home) == (
        False,
        False,
        True,
    )
