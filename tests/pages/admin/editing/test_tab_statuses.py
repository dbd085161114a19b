"""The form of a page for each role: writable languages, the status of each language, and the number of queries."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from pages.admin.editing.tab_statuses import page_fieldsets, tab_statuses
from pages.models import Page
from pages.publishing.actors import system_actor
from pages.publishing.handovers import mark_ready
from pages.publishing.page_tree import create_page
from pages.publishing.versions import publish
from pages.text.fields import FIELD_NAMES
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_to_publish
from tests.pages.admin.clients import BROWSER_HEADERS, change_url, client_as, form_values, visible_text

pytestmark = pytest.mark.django_db
ADD = "/admin/pages/page/add/"
SYSTEM = system_actor("Ann")


@pytest.fixture
def page():
    """Return a published page with a translation that is behind, and a newer draft of the source."""
    page, start = make_page(), timezone.now() - timedelta(days=30)
    publish_bodies(page, {"en": "Old.", "ru": "Старое."}, start, confirmed=["ru"])
    publish_bodies(page, {"en": "New."}, start + timedelta(days=9))
    save_bodies(page, timezone.now(), en="Newest.")
    return page


def badges(page, posted=None) -> dict:
    fieldsets = page_fieldsets(page, tab_statuses(page, SYSTEM, timezone.now(), posted))
    descriptions = [options["description"] for _name, options in fieldsets if "description" in options]
    return {
        re.search(r'data-language="(\w+)"', html)[1]: re.findall(r'data-badge="([\w-]+)"', html)
        for html in descriptions
    }


def mark_as_ready(page, language):
    source, head = draft_revision(page, "en").digest, draft_revision(page, language).pk
    mark_ready(page, language, revision=head, source_digest=source, by=SYSTEM, now=timezone.now())


def read_only_fields(response) -> set[str]:
    tags = re.findall(r"<(?:input|textarea)[^>]*>", response.content.decode())
    return {re.search(r'name="(\w+)"', tag)[1] for tag in tags if " readonly" in tag and "name=" in tag}


def test_tabs_show_unpublished_changes_and_translation_status(page):
    assert badges(page) == {"en": ["differs"], "ru": ["behind"]}
    text = visible_text(client_as("editor").get(change_url(page)))
    assert "The draft differs from the published text." in text
    assert "The published translation is behind: the source text has changed since." in text


@pytest.mark.parametrize(
    ("bodies", "options", "expected"),
    [
        ({}, {}, {"en": [], "ru": []}),
        ({"en": "One."}, {}, {"en": [], "ru": []}),
        ({"en": "One.", "ru": "Раз."}, {"confirmed": ["ru"]}, {"en": [], "ru": []}),
        ({"en": "One.", "ru": "Раз."}, {}, {"en": [], "ru": ["behind"]}),
    ],
)
def test_published_text_has_no_badge_for_changes(bodies, options, expected):
    page = make_page()
    if bodies:
        publish_bodies(page, bodies, timezone.now(), **options)
    assert badges(page) == expected


def test_never_published_and_emptied_texts_have_the_badge_for_changes(page):
    draft = make_page("draft")
    save_bodies(draft, timezone.now(), ru="Черновик.")
    assert badges(draft) == {"en": [], "ru": ["differs"]}
    save_bodies(page, timezone.now(), ru="")
    assert "differs" in badges(page)["ru"]


ANNOUNCED = "The announced version changes the source text: this translation does not follow it yet."


@pytest.mark.parametrize(
    ("based_on_in_force", "expected", "sentence"),
    [
        (True, ["announced"], "The published translation is up to date."),
        (False, ["behind"], "The published translation is behind: the source text has changed since."),
    ],
)
def test_announced_source_text_is_not_what_readers_compare_with(based_on_in_force, expected, sentence):
    page, now = make_page(), timezone.now()
    confirmed = ["ru"] if based_on_in_force else []
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=2), confirmed=confirmed)
    announced = publish_bodies(page, {"en": "Two."}, now - timedelta(days=1), effective_at=now + timedelta(days=9))
    assert badges(page) == {"en": [], "ru": expected}
    text = visible_text(client_as("editor").get(change_url(page)))
    assert sentence in text
    assert ANNOUNCED in text
    statuses = tab_statuses(page, SYSTEM, announced.effective_at)
    assert (statuses["ru"].translation, statuses["ru"].is_source_announced) == ("behind", False)


def test_announced_translation_that_matches_has_nothing_to_follow():
    page, now = make_page(), timezone.now()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=2), confirmed=["ru"])
    later = now + timedelta(days=9)
    publish_bodies(page, {"en": "Two.", "ru": "Два."}, now - timedelta(days=1), confirmed=["ru"], effective_at=later)
    assert badges(page) == {"en": [], "ru": []}
    assert ANNOUNCED not in visible_text(client_as("editor").get(change_url(page)))


@pytest.mark.parametrize("bodies", [{"ru": "Два."}, {"en": "Two.", "ru": "Два."}])
def test_announced_translation_without_a_claim_leaves_the_one_in_force_up_to_date(bodies):
    page, now = make_page(), timezone.now()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=2), confirmed=["ru"])
    announced = publish_bodies(page, bodies, now - timedelta(days=1), effective_at=now + timedelta(days=9))
    assert tab_statuses(page, SYSTEM, now)["ru"].translation == "up to date"
    assert tab_statuses(page, SYSTEM, announced.effective_at)["ru"].translation == "behind"


def test_ready_source_text_is_what_translators_are_told_first():
    page, now = make_page(), timezone.now()
    publish_bodies(page, {"en": "Old.", "ru": "Старое."}, now, confirmed=["ru"])
    save_bodies(page, now, en="New.")
    assert badges(page) == {"en": ["differs"], "ru": []}
    mark_as_ready(page, "en")
    sentence = "A new source text is ready, which readers do not see yet."
    assert badges(page) == {"en": ["differs"], "ru": ["announced"]}
    assert sentence in visible_text(client_as("translator").get(change_url(page)))
    # Once the translation is ready for exactly that text, there is nothing to do; a newer text begins anew.
    mark_as_ready(page, "ru")
    assert sentence not in visible_text(client_as("translator").get(change_url(page)))
    save_bodies(page, now, en="Newer.")
    mark_as_ready(page, "en")
    assert badges(page)["ru"] == ["announced"]
    publish(page, texts_to_publish(page, ["en"]), by=EDITOR, now=timezone.now(), notes={"en": "New."})
    assert badges(page)["ru"] == ["behind"]


def test_links_to_a_language_have_a_target_without_a_script(page):
    html = client_as("translator").get(change_url(page)).content.decode()
    assert '<noscript><span id="tab=ru"></span></noscript>' in html


def test_announced_first_translation_has_no_status_before_it_is_in_force():
    page, now = make_page(), timezone.now()
    publish_bodies(page, {"en": "One."}, now - timedelta(days=2))
    announced = publish_bodies(page, {"ru": "Раз."}, now - timedelta(days=1), effective_at=now + timedelta(days=9))
    assert tab_statuses(page, SYSTEM, now)["ru"].translation is None
    assert tab_statuses(page, SYSTEM, announced.effective_at)["ru"].translation == "behind"


def test_translation_in_force_is_behind_until_an_announced_one_that_matches():
    page, now = make_page(), timezone.now()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=3), confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, now - timedelta(days=2))
    later = now + timedelta(days=9)
    publish_bodies(page, {"ru": "Два."}, now - timedelta(days=1), confirmed=["ru"], effective_at=later)
    assert badges(page)["ru"] == ["behind"]
    assert "The translation of the announced version matches its source text." in visible_text(
        client_as("editor").get(change_url(page))
    )
    statuses = tab_statuses(page, SYSTEM, later)
    assert (statuses["ru"].translation, statuses["ru"].is_followed_later) == ("up to date", False)


@pytest.mark.parametrize("is_announced", [False, True])
def test_ready_mark_ends_when_its_text_is_published(is_announced):
    page, now = make_page(), timezone.now()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=2), confirmed=["ru"])
    save_bodies(page, now, en="Two.", ru="Два.")
    for language in ("en", "ru"):
        mark_as_ready(page, language)
    statuses = tab_statuses(page, SYSTEM, timezone.now())
    assert all(statuses[language].handover.is_ready for language in ("en", "ru"))
    texts = texts_to_publish(page, ["en", "ru"], confirmed=["ru"])
    options = {"effective_at": now + timedelta(days=9)} if is_announced else {}
    publish(page, texts, by=EDITOR, now=timezone.now(), notes={"en": "New."}, **options)
    statuses = tab_statuses(page, SYSTEM, timezone.now())
    assert [statuses[language].handover for language in ("en", "ru")] == [None, None]


def test_ready_mark_stays_if_its_text_was_published_without_what_it_says(page):
    save_bodies(page, timezone.now(), ru="Новое.")
    mark_as_ready(page, "ru")
    publish(page, texts_to_publish(page, ["ru"]), by=EDITOR, now=timezone.now(), notes={"ru": "Новое."})
    assert tab_statuses(page, SYSTEM, timezone.now())["ru"].handover.is_ready


def test_form_with_an_error_still_shows_changed_languages(page):
    page = Page.objects.get(pk=page.pk)
    posted = {"body_en": "Newest.\r\n", "title_en": "Privacy policy", "body_ru": "Иначе."}
    assert {language: sorted(names) for language, names in badges(page, posted).items()} == {
        "en": ["differs"],
        "ru": ["behind", "changed"],
    }


@pytest.mark.parametrize(("role", "languages"), [("editor", set()), ("publisher", set()), ("translator", {"en"})])
def test_languages_without_permission_are_read_only_with_a_reason(page, role, languages):
    response = client_as(role).get(change_url(page))
    expected = {f"{field}_{language}" for language in languages for field in FIELD_NAMES}
    assert read_only_fields(response) == expected
    assert ("you do not have permission to edit this language" in visible_text(response)) == bool(languages)


def test_translator_saves_one_language_and_no_position(page):
    translator = client_as("translator")
    response = translator.get(change_url(page))
    assert not {"weight", "review_by"} & set(response.context["adminform"].form.fields)
    posted = form_values(translator, change_url(page)) | {"body_ru": "Новое.", "weight": "9", "review_by": "2030-01-01"}
    response = translator.post(change_url(page), posted, follow=True)
    assert "Saved as a draft. Readers do not see it yet: Russian." in visible_text(response)
    assert Page.objects.values_list("body_ru", "weight", "review_by").get() == ("Новое.", 0, None)
    assert "_publish" not in response.content.decode()


def test_save_by_a_translator_keeps_weight_and_review_date(page):
    Page.objects.update(review_by="2027-01-31", weight=4)
    translator = client_as("translator")
    assert (
        translator.post(change_url(page), form_values(translator, change_url(page)) | {"body_ru": "Новое."}).status_code
        == 302
    )
    assert str(Page.objects.get().review_by) == "2027-01-31"


def test_translator_cannot_add_a_page(page):
    assert client_as("translator").get(ADD).status_code == 403
    assert client_as("translator").post(ADD, {"slug": "new"}, headers=BROWSER_HEADERS).status_code == 403
    assert "Create child page" not in visible_text(client_as("translator").get(change_url(page)))


def test_only_publishers_get_the_publish_button(page):
    assert 'name="_publish"' in client_as("publisher").get(change_url(page)).content.decode()
    assert 'name="_publish"' not in client_as("editor").get(change_url(page)).content.decode()
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Else.", "_publish": "x"}
    assert editor.post(change_url(page), posted).headers["Location"] == "/admin/pages/page/"


def test_save_without_changes_says_so(page):
    editor = client_as("editor")
    response = editor.post(change_url(page), form_values(editor, change_url(page)), follow=True)
    assert "Nothing was changed, so nothing was saved." in visible_text(response)


@pytest.mark.parametrize("button", ["_publish", "_ready"])
def test_going_on_without_changes_says_nothing_of_saving(page, button):
    publisher = client_as("publisher")
    response = publisher.post(change_url(page), form_values(publisher, change_url(page)) | {button: "x"}, follow=True)
    assert response.redirect_chain
    assert "so nothing was saved" not in visible_text(response)


def test_saved_weight_and_review_date_are_reported(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"weight": "4", "review_by": "2027-01-31"}
    assert "The settings of the page are saved." in visible_text(editor.post(change_url(page), posted, follow=True))
    assert [str(value) for value in Page.objects.values_list("weight", "review_by").get()] == ["4", "2027-01-31"]


def test_form_of_a_child_page_has_parent_and_starter_text():
    parent = create_page(slug="policies", parent=None, source_language="ru", by=SYSTEM)
    editor = client_as("editor")
    assert f"{ADD}?parent={parent.pk}" in editor.get(change_url(parent)).content.decode()
    posted = form_values(editor, f"{ADD}?parent={parent.pk}")
    assert (posted["parent"], posted["source_language"], posted["title_ru"]) == ("/policies/", "ru", "Новая политика")
    assert posted["title_en"] == ""
    editor.post(ADD, posted | {"slug": "cookies", "review_by": "2027-01-31"})
    child = Page.objects.get(path="policies/cookies")
    assert (child.parent, child.source_language, str(child.review_by)) == (parent, "ru", "2027-01-31")


@pytest.mark.parametrize("parent", ["x", "4711", "", "9" * 40, "9" * 4301])
def test_invalid_parent_parameter_is_ignored(parent):
    posted = form_values(client_as("editor"), f"{ADD}?parent={parent}")
    assert posted["source_language"] == "en"


def test_starter_text_requires_permission_for_its_language(django_user_model):
    translator = client_as("translator")
    user = django_user_model.objects.get(username="translator")
    user.user_permissions.add(Permission.objects.get(codename="add_page"))
    assert form_values(translator, ADD)["title_en"] == ""


def count_queries(django_assert_max_num_queries, url) -> int:
    editor = client_as("editor")
    editor.get(url)
    with django_assert_max_num_queries(30) as queries:
        assert editor.get(url).status_code == 200
    return len(queries)


def test_query_count_of_the_form_does_not_grow_with_versions(django_assert_max_num_queries):
    page, start = make_page(), timezone.now() - timedelta(days=30)
    publish_bodies(page, {"en": "0", "ru": "0"}, start)
    publish_bodies(page, {"en": "1"}, start + timedelta(hours=1))
    few = count_queries(django_assert_max_num_queries, change_url(page))
    for number in range(2, 12):
        publish_bodies(page, {"en": str(number)}, start + timedelta(hours=number))
    assert count_queries(django_assert_max_num_queries, change_url(page)) == few
