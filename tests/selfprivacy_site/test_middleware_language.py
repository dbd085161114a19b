"""The language of a request."""

import re

import pytest
from django.urls import clear_url_caches
from django.utils.translation import override

from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db

LOGIN = {"en": 'value="Log in"', "ru": 'value="Войти"'}


def response_language(client, path, *, cookie=None, browser=None):
    """Return the language of the response, for a language cookie and the language of a browser."""
    if cookie:
        client.cookies["django_language"] = cookie
    response = client.get(path, headers={"accept-language": browser} if browser else {})
    assert response.status_code == 200
    return response["Content-Language"]


@pytest.fixture
def policy(moment):
    return publish_bodies(make_page(), {"en": "Text", "ru": "Текст"}, moment())


@pytest.mark.parametrize(("path", "language"), [("/privacy-policy/", "en"), ("/ru/privacy-policy/", "ru")])
@pytest.mark.parametrize("preferred", ["ru", "en", "de"])
def test_language_of_a_public_page_depends_only_on_its_path(client, policy, path, language, preferred):
    assert response_language(client, path, cookie=preferred, browser=f"{preferred};q=1") == language
    response = client.get(path, headers={"accept-language": preferred})
    assert f'<html lang="{language}"' in response.content.decode()
    assert "Accept-Language" not in response.get("Vary", "")
    assert not response.cookies


def test_404_is_in_the_language_of_its_path(client):
    assert client.get("/ru/missing/", headers={"accept-language": "en"})["Content-Language"] == "ru"


@pytest.mark.parametrize("slug", ["ru-hosting", "rules", "en-policy"])
def test_slug_that_begins_with_a_language_code_is_in_the_default_language(client, moment, slug):
    publish_bodies(make_page(slug), {"en": "Text"}, moment())
    assert response_language(client, f"/{slug}/", browser="ru") == "en"


def test_language_that_is_not_served_has_no_path(client, policy):
    assert client.get("/de/privacy-policy/").status_code == 404


@pytest.mark.parametrize(
    ("browser", "language"), [("ru", "ru"), ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("de", "en"), ("", "en")]
)
def test_admin_is_in_the_language_of_the_browser(client, browser, language):
    response = client.get("/admin/login/", headers={"accept-language": browser})
    assert response["Content-Language"] == language
    assert LOGIN[language] in response.content.decode()


@pytest.mark.parametrize(
    ("served", "browser", "language"),
    [("en ru de", "de,ru", "ru"), ("de ru", "de", "en"), ("de ru", "ru", "ru"), ("de", "ru", "en"), ("ru", "en", "ru")],
)
def test_admin_is_only_in_languages_that_it_is_translated_into(client, settings, served, browser, language):
    settings.LANGUAGES = [(code, code) for code in served.split()]
    settings.LANGUAGE_CODE = served.split()[0]
    assert response_language(client, "/admin/login/", browser=browser) == language


def test_admin_offers_only_languages_that_it_is_translated_into(admin_client, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian"), ("ar", "Arabic"), ("de", "German")]
    html = admin_client.get("/admin/").content.decode()
    assert re.findall('<button name="language" value="([^"]*)"', html) == ["ru"]


@pytest.fixture
def fresh_urls():
    """Forget URL patterns: Django keeps their prefix by language, with the default language of another test."""
    clear_url_caches()
    yield
    clear_url_caches()


def test_admin_links_to_pages_in_the_default_language_if_its_own_is_not_served(client, settings, policy, fresh_urls):
    settings.LANGUAGES, settings.LANGUAGE_CODE = [("de", "German")], "de"
    with override("en"):
        assert policy.page.get_absolute_url() == "/privacy-policy/"


def test_language_cookie_overrides_the_browser_in_the_admin(client):
    assert response_language(client, "/admin/login/", cookie="ru", browser="en") == "ru"


def test_cookie_with_a_language_that_is_not_served_is_ignored_in_the_admin(client):
    assert response_language(client, "/admin/login/", cookie="de", browser="ru") == "ru"


def test_language_of_one_request_does_not_leak_into_the_next(client, policy):
    languages = [response_language(client, path, browser="ru") for path in ("/admin/login/", "/privacy-policy/")]
    assert languages == ["ru", "en"]
