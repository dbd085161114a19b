"""The form of a new page: its slug, the home page and the starter text."""

import pytest
from django.utils import timezone

from pages.models import Page
from pages.publishing.page_tree import move
from pages.publishing.starter_text import find_starter_line, starter_text
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, client_as, form_errors, form_values, visible_text

pytestmark = pytest.mark.django_db
ADD = "/admin/pages/page/add/"


def add(posted: dict, url: str = ADD):
    publisher = client_as("publisher")
    return publisher.post(url, form_values(publisher, url) | posted)


def test_slug_is_proposed_from_the_title_and_saved_after_a_look():
    make_page("politika")
    posted = {"source_language": "ru", "title_ru": "Политика", "body_ru": "Текст."}
    response = add(posted)
    assert "The title suggests the slug “politika-2”. Check it, then save again." in form_errors(response)
    slug = response.context["adminform"].form["slug"].value()
    assert (slug, Page.objects.count()) == ("politika-2", 1)
    assert add(posted | {"slug": slug}).status_code == 302
    assert Page.objects.get(path="politika-2").title_ru == "Политика"


@pytest.mark.parametrize("title", ["New policy", "", "…"])
def test_title_that_suggests_nothing_leaves_the_slug_to_the_editor(title):
    response = add({"title_en": title, "body_en": ""})
    assert "Enter a slug: the last part of the page&#x27;s address." in form_errors(response)
    assert not Page.objects.exists()


def test_page_without_a_slug_is_the_home_page_only_by_choice():
    assert add({"title_en": "Welcome", "body_en": "Our text.", "is_home": "on"}).status_code == 302
    assert Page.objects.get().path == ""
    response = add({"title_en": "Again", "body_en": "Our text.", "is_home": "on"})
    assert "The site has a home page already." in form_errors(response)


def test_new_page_without_a_notice_period_has_none():
    assert add({"title_en": "Terms", "body_en": "Our text.", "slug": "terms", "notice_days": ""}).status_code == 302
    assert Page.objects.get().notice_days == 0


def test_home_page_gets_a_slug_by_moving_it():
    publisher, home = client_as("publisher"), make_page("")
    url = f"/admin/pages/page/{home.pk}/move/"
    form = publisher.get(url).context["form"]
    assert (form["is_home"].value(), form["slug"].value()) == (True, "")
    posted = {"record": form["record"].value(), "path": "", "parent": "", "slug": "welcome"}
    assert publisher.post(url, posted).status_code == 302
    assert Page.objects.get().path == "welcome"


def test_forms_say_what_becomes_of_the_addresses_of_an_earlier_home_page():
    publisher, home, other, now = client_as("publisher"), make_page(""), make_page("other"), timezone.now()
    sentence = "Addresses of the earlier home page, such as /history/, lead to /welcome/ now."
    publish_bodies(home, {"en": "Welcome."}, now)
    urls = [f"/admin/pages/page/{other.pk}/move/", ADD, f"/admin/pages/page/{home.pk}/move/"]
    assert [sentence in visible_text(publisher.get(url)) for url in urls] == [False, False, False]
    move(home, slug="welcome", parent=None, by=EDITOR, now=now)
    # To its own former address, the page moves back without a word.
    assert [sentence in visible_text(publisher.get(url)) for url in urls] == [True, True, False]


def test_starter_text_follows_the_source_language():
    shown = form_values(client_as("publisher"), f"{ADD}?source_language=ru")
    assert (shown["title_ru"], shown["title_en"]) == ("Новая политика", "")


def test_starter_text_that_nobody_changed_is_not_saved():
    posted = {"slug": "terms", "source_language": "ru", "title_ru": "Условия", "body_ru": "Текст."}
    assert add(posted).status_code == 302
    page = Page.objects.get()
    assert [revision.language for revision in page.revisions.all()] == ["ru"]
    assert (page.title_en or "", page.body_en or "") == ("", "")


def test_page_of_which_nobody_wrote_anything_has_no_draft():
    assert add({"slug": "terms"}).status_code == 302
    assert not Page.objects.get().revisions.exists()


def test_language_without_a_catalogue_has_no_starter_text(settings):
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    assert starter_text("de").is_blank
    shown = form_values(client_as("publisher"), f"{ADD}?source_language=de")
    assert (shown["title_en"], shown["title_de"]) == ("", "")


@pytest.mark.parametrize(
    ("title", "body", "line"),
    [
        ("New policy", "Our own words.", "New policy"),
        ("Новая политика", "Наши слова.", "Новая политика"),
        ("Terms", "Describe this policy in one sentence.\r\n\r\nMore.", "Describe this policy in one sentence."),
        ("Terms", "We wrote this.\n\n## First section\n\nText.", "## First section"),
        ("Terms", "## First section\n\nOur text.", ""),
        ("Terms", "Text.", ""),
    ],
)
def test_starter_text_is_found_by_its_lines(title, body, line):
    assert find_starter_line(title, body) == line


def test_starter_text_is_never_published():
    publisher, page = client_as("publisher"), make_page()
    save_bodies(page, timezone.now(), en="Our policy.\n\n## First section\n\nText.")
    url = f"{change_url(page).removesuffix('change/')}publish/"
    form = publisher.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    response = publisher.post(url, {name: value for name, value in values.items() if value is not None})
    assert "“## First section” is from the starter text of a new page" in response.content.decode()
    assert not page.versions.exists()
