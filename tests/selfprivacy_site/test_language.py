"""The language of a request."""

import pytest

from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db

LOGIN = {"en": 'value="Log in"', "ru": 'value="Войти"'}


def language_of(client, path, *, cookie=None, browser=None):
    """Return the language that the site answers a browser in."""
    if cookie:
        client.cookies["django_language"] = cookie
    answer = client.get(path, headers={"accept-language": browser} if browser else {})
    assert answer.status_code == 200
    return answer["Content-Language"]


@pytest.fixture
def policy(moment):
    return publish_bodies(make_page(), {"en": "Text", "ru": "Текст"}, moment())


@pytest.mark.parametrize(("path", "language"), [("/privacy-policy/", "en"), ("/ru/privacy-policy/", "ru")])
@pytest.mark.parametrize("other", ["ru", "en", "de"])
def test_language_of_a_public_page_is_that_of_its_path_alone(client, policy, path, language, other):
    assert language_of(client, path, cookie=other, browser=f"{other};q=1") == language
    answer = client.get(path, headers={"accept-language": other})
    assert f'<html lang="{language}"' in answer.content.decode()
    assert "Accept-Language" not in answer.get("Vary", "")
    assert not answer.cookies


def test_missing_page_is_answered_in_the_language_of_its_path(client):
    assert client.get("/ru/missing/", headers={"accept-language": "en"})["Content-Language"] == "ru"


@pytest.mark.parametrize("slug", ["ru-hosting", "rules", "en-policy"])
def test_path_that_only_begins_like_a_language_is_in_the_default_one(client, moment, slug):
    publish_bodies(make_page(slug), {"en": "Text"}, moment())
    assert language_of(client, f"/{slug}/", browser="ru") == "en"


def test_language_that_is_not_served_has_no_path(client, policy):
    assert client.get("/de/privacy-policy/").status_code == 404


@pytest.mark.parametrize(
    ("browser", "language"), [("ru", "ru"), ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("de", "en"), ("", "en")]
)
def test_admin_opens_in_the_language_of_the_browser(client, browser, language):
    answer = client.get("/admin/login/", headers={"accept-language": browser})
    assert answer["Content-Language"] == language
    assert LOGIN[language] in answer.content.decode()


def test_choice_in_the_cookie_goes_before_the_browser_in_the_admin(client):
    assert language_of(client, "/admin/login/", cookie="ru", browser="en") == "ru"


def test_cookie_with_a_language_that_is_not_served_is_passed_over_in_the_admin(client):
    assert language_of(client, "/admin/login/", cookie="de", browser="ru") == "ru"


def test_language_of_one_request_does_not_stay_for_the_next(client, policy):
    languages = [language_of(client, path, browser="ru") for path in ("/admin/login/", "/privacy-policy/")]
    assert languages == ["ru", "en"]
