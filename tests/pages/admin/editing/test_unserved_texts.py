"""A language that the site stops serving while the form of a page is open."""

import json

import pytest
from django.utils import timezone

from pages.models import Page
from tests.building import make_page, save_bodies
from tests.pages.admin.clients import change_url, client_as, form_values, visible_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    page = make_page()
    save_bodies(page, timezone.now(), en="One.", ru="Раз.")
    return page


@pytest.fixture
def opened(page):
    return form_values(client_as("editor"), change_url(page))


def serve_english(settings):
    settings.LANGUAGES = [("en", "English")]


def bodies(page) -> tuple[str, str]:
    return Page.objects.values_list("body_en", "body_ru").get(pk=page.pk)


def test_text_in_the_language_is_shown_and_the_others_are_saved_with_the_next_submission(page, opened, settings):
    serve_english(settings)
    posted = opened | {"body_en": "Two.", "body_ru": "Два <b>.", "_continue": "1"}
    response = client_as("editor").post(change_url(page), posted)
    assert bodies(page) == ("One.", "Раз.")
    assert "This site no longer has texts in this language (Russian), so yours was not saved." in visible_text(response)
    assert 'lang="ru" dir="ltr" aria-label="Russian">' in response.content.decode()
    assert "Два &lt;b&gt;.</textarea>" in response.content.decode()
    form = response.context["adminform"].form
    again = {name: form[name].value() or "" for name in form.fields}
    client_as("editor").post(change_url(page), again | {"_continue": "1"})
    assert bodies(page) == ("Two.", "Раз.")


def test_text_that_nobody_changed_stops_nothing(page, opened, settings):
    serve_english(settings)
    client_as("editor").post(change_url(page), opened | {"body_en": "Two.", "_continue": "1"})
    assert bodies(page) == ("Two.", "Раз.")


def test_script_keeps_the_form(page, opened, settings):
    serve_english(settings)
    posted = opened | {"body_ru": "Два.", "_continue": "1", "_stay": "yes"}
    response = client_as("editor").post(change_url(page), posted, headers={"Accept": "application/json"})
    assert json.loads(response.content)["reason"] == "invalid"


def test_text_of_a_new_page_is_shown(settings):
    editor = client_as("editor")
    opened = form_values(editor, "/admin/pages/page/add/")
    serve_english(settings)
    posted = opened | {"slug": "a", "title_en": "A", "body_en": "One.", "body_ru": "Раз."}
    response = editor.post("/admin/pages/page/add/", posted)
    assert "Раз.</textarea>" in response.content.decode()
    assert not Page.objects.exists()
