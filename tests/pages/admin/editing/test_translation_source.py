"""The source text for a translator: the current source, what changed in it, and the status of the translation."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from pages.admin.editing import translation_source
from pages.models import Page
from pages.publishing.drafts import save_draft
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.text.fields import FIELDS, Fields
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import client_as, visible_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    """Return a page whose translation reflects version 1 of 2."""
    page, start = make_page(), timezone.now() - timedelta(days=30)
    publish_bodies(page, {"en": "Old words.", "ru": "Старые слова."}, start, confirmed=["ru"])
    publish_bodies(page, {"en": "New words."}, start + timedelta(days=9))
    return page


def get_source(client, page, language="ru", query=""):
    return client.get(reverse("admin:pages_page_translation_source", args=[page.pk, language]) + query)


def test_translation_that_is_behind_shows_since_when_and_what_changed(page):
    text = visible_text(get_source(client_as("translator"), page))
    assert "has been behind since" in text
    assert "It reflects version 1 of" in text
    assert "What changed in the source text from version 1 to version 2" in text
    assert "1 replacement" in text
    assert "The source text of version 2" in text


@pytest.mark.parametrize(
    ("publication", "message"),
    [
        ({"bodies": {"ru": "Новые слова."}, "confirmed": ["ru"]}, "is up to date"),
        ({"bodies": {"ru": "Новые слова."}}, "nobody has confirmed which version"),
    ],
)
def test_status_follows_the_published_translation(page, publication, message):
    publish_bodies(page, publication.pop("bodies"), timezone.now(), **publication)
    assert message in visible_text(get_source(client_as("translator"), page))


def test_minor_change_of_the_source_is_called_small():
    page = make_page()
    publish_bodies(page, {"en": "Old wrods.", "ru": "Слова."}, timezone.now(), confirmed=["ru"])
    publish_bodies(page, {"en": "Old words."}, timezone.now(), significance="minor")
    text = visible_text(get_source(client_as("translator"), page))
    assert "has changed in minor ways" in text
    assert "What changed in the source text from version 1 to version 2" in text


def test_unconfirmed_translation_says_so():
    page = make_page()
    publish_bodies(page, {"en": "Words."}, timezone.now())
    publish_bodies(page, {"ru": "Слова."}, timezone.now())
    assert "nobody has confirmed which version" in visible_text(get_source(client_as("translator"), page))


def test_newer_draft_of_the_source_is_shown_on_request(page):
    save_bodies(page, timezone.now(), en="Newest words.")
    translator = client_as("translator")
    text = visible_text(get_source(translator, page))
    assert "There is a newer draft of the source text" in text
    assert "Newest" not in text
    text = visible_text(get_source(translator, page, query="?draft"))
    assert "What changes in the source text after version 1" in text
    assert "Newest words." in text


@pytest.mark.parametrize("query", ["", "?draft"])
def test_translator_sees_every_field_of_the_source(query):
    page, values = make_page(), {declared.name: f"The {declared.name}" for declared in FIELDS}
    revisions = save_draft(page, {"en": Fields(**values)}, by=EDITOR, now=timezone.now())
    publish(page, {"en": TextToPublish(revisions["en"])}, by=EDITOR, now=timezone.now())
    save_draft(page, {"en": Fields(**values | {"body": "Newer."})}, by=EDITOR, now=timezone.now())
    text = visible_text(get_source(client_as("translator"), page, query=query))
    for declared in FIELDS:
        assert not declared.key or f"{capfirst(declared.label)} The {declared.name}" in text


def test_never_published_page_shows_the_draft_of_the_source():
    page = make_page()
    save_bodies(page, timezone.now(), en="First words.")
    text = visible_text(get_source(client_as("translator"), page))
    assert "has not been published yet" in text
    assert "First words." in text
    save_bodies(make_page("empty"), timezone.now(), ru="Только перевод.")
    assert "has not been published yet" in visible_text(
        get_source(client_as("translator"), Page.objects.get(path="empty"))
    )


def test_missing_translation_says_so():
    page = make_page()
    publish_bodies(page, {"en": "Words."}, timezone.now())
    assert "Nothing is published in this language yet." in visible_text(get_source(client_as("translator"), page))


@pytest.mark.parametrize("language", ["en", "de", "xx", "RU"])
def test_source_language_and_unserved_languages_are_not_found(page, language):
    assert get_source(client_as("publisher"), page, language).status_code == 404


def test_view_requires_permission_and_is_not_cached(client, page):
    assert get_source(client, page).status_code == 302
    assert "no-store" in get_source(client_as("reviewer"), page).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("role", "is_linked"), [("publisher", True), ("editor", False), ("translator", False), ("reviewer", False)]
)
def test_publishers_get_the_link_to_confirm(page, monkeypatch, role, is_linked):
    links = {"admin:pages_page_confirm": "/confirm-url/"}
    monkeypatch.setattr(translation_source, "reverse", lambda name, args: links[name])
    response = get_source(client_as(role), page)
    assert ("/confirm-url/" in response.content.decode()) == is_linked
    assert ("This translation reflects version 2…" in visible_text(response)) == is_linked
