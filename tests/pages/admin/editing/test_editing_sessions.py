"""Unsaved texts in the form of a page: kept for their author, offered, restored and discarded, also without script."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from pages.models import EditingSession, Page
from pages.publishing.editing_sessions import MAX_UNSAVED_BYTES
from tests.building import draft_revision, make_page, save_bodies
from tests.pages.admin.clients import change_url, client_as, form_values, visible_text

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
KEY = "00000000-0000-4000-8000-000000000001"
OTHER_KEY = "00000000-0000-4000-8000-000000000002"


@pytest.fixture
def page():
    page = make_page()
    save_bodies(page, timezone.now(), en="One.")
    return page


def session_url(page):
    return f"/admin/pages/page/{page.pk}/editing-session/"


def keep(client, page, *, form=KEY, title="Privacy policy", **bodies):
    """Post what the script posts when the texts of some languages have changed."""
    heads = dict(page.revisions.drafts().values_list("language", "pk"))
    texts = {}
    for language, body in bodies.items():
        texts |= {
            f"title_{language}": title,
            f"body_{language}": body,
            f"head_{language}": heads.get(language, ""),
        }
    return client.post(session_url(page), {"_form": form, "language": "en", **texts}, headers=JSON)


def hidden_values(response):
    return dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)">', response.content.decode()))


def test_typed_text_is_kept_and_offered_to_its_author_only(page):
    editor = client_as("editor")
    response = keep(editor, page, en="Two.")
    assert (response.status_code, response.json()) == (200, {"presence": ""})
    assert "no-store" in response.headers["Cache-Control"]
    session = EditingSession.objects.get()
    assert (session.person.username, session.fields.body) == ("editor", "Two.")
    assert session.base_revision == draft_revision(page, "en")
    shown = visible_text(editor.get(change_url(page)))
    assert f"Unsaved text from {timezone.localtime(session.unsaved_at):%H:%M}: English. Restore Discard" in shown
    assert Page.objects.get().body_en == "One."
    for role in ("publisher", "reviewer", "translator"):
        content = client_as(role).get(change_url(page)).content.decode()
        assert "Unsaved text" not in content
        assert "Two." not in content


def test_restored_text_is_in_the_form_and_can_be_saved(page):
    editor = client_as("editor")
    keep(editor, page, en="Two.", ru="Один.")
    english = EditingSession.objects.get(language="en")
    save_bodies(page, timezone.now(), ru="Чужое.")
    url = f"{change_url(page)}?restore={english.pk}"
    assert url in editor.get(change_url(page)).content.decode()
    response = editor.get(url)
    assert "is in the form below, and not saved yet: English." in visible_text(response)
    # The other language is still offered, and restoring it keeps this one.
    russian = EditingSession.objects.get(language="ru")
    assert f"?restore={english.pk}&amp;restore={russian.pk}#tab=ru" in response.content.decode()
    assert re.findall(r'data-badge="changed">([^<]*)<', response.content.decode()) == ["not saved"]
    values = form_values(editor, url) | hidden_values(response)
    assert (values["body_en"], values["body_ru"], values["head_en"]) == ("Two.", "Чужое.", english.base_revision_id)
    assert editor.post(url, values).status_code == 302
    assert Page.objects.get().body_en == "Two."
    assert list(EditingSession.objects.values_list("language", flat=True)) == ["ru"]


def test_restored_text_meets_a_newer_draft_as_a_conflict(page):
    editor = client_as("editor")
    keep(editor, page, en="Two.")
    save_bodies(page, timezone.now(), en="Theirs.")
    url = f"{change_url(page)}?restore={EditingSession.objects.get().pk}"
    response = editor.post(url, form_values(editor, url) | hidden_values(editor.get(url)))
    assert response.status_code == 200
    assert "Ann saved this language" in visible_text(response)
    assert Page.objects.get().body_en == "Theirs."
    assert EditingSession.objects.get().fields.body == "Two."


def test_save_forgets_the_texts_of_its_own_form_in_the_saved_languages(page):
    editor = client_as("editor")
    keep(editor, page, en="Two.", ru="Один.")
    keep(editor, page, form=OTHER_KEY, en="Other tab.")
    posted = form_values(editor, change_url(page)) | {"body_en": "Two.", "_form": KEY}
    assert editor.post(change_url(page), posted).status_code == 302
    left = EditingSession.objects.exclude(unsaved_at=None).values_list("language", "form")
    assert {(language, str(form)) for language, form in left} == {("ru", KEY), ("en", OTHER_KEY)}


def test_text_that_gives_way_to_the_other_one_after_a_conflict_is_forgotten(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine.", "_form": KEY}
    keep(editor, page, en="Mine.")
    theirs = save_bodies(page, timezone.now(), en="Theirs.")["en"]
    posted |= {"head_en": theirs.pk, "keep_en": "theirs"}
    assert editor.post(change_url(page), posted).status_code == 302
    assert EditingSession.objects.get().unsaved_text is None
    assert Page.objects.get().body_en == "Theirs."


def test_discarded_text_is_gone(page):
    editor = client_as("editor")
    keep(editor, page, en="Two.")
    data = {"discard": EditingSession.objects.get().pk}
    # Others cannot discard it.
    client_as("publisher").post(session_url(page), data)
    assert EditingSession.objects.exists()
    response = editor.post(session_url(page), data, follow=True)
    assert response.redirect_chain == [(change_url(page), 302)]
    assert "The unsaved text was discarded." in visible_text(response)
    assert not EditingSession.objects.exists()
    assert editor.post(session_url(page), data, headers=JSON).json() == {}


def test_people_see_who_else_has_the_page_open(page):
    editor, publisher = client_as("editor"), client_as("publisher")
    get_user_model().objects.filter(username="editor").update(first_name="Anna", last_name="Lee")
    assert keep(editor, page).json() == {"presence": ""}
    assert keep(publisher, page).json() == {"presence": "Anna Lee has this page open."}
    assert "Anna Lee has this page open." in visible_text(publisher.get(change_url(page)))
    keep(client_as("translator"), page)
    assert keep(publisher, page).json() == {"presence": "Anna Lee, translator have this page open."}
    EditingSession.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert "open." not in visible_text(publisher.get(change_url(page)))


def test_text_of_a_language_without_permission_is_refused_with_the_reason(page):
    response = keep(client_as("translator"), page, en="Forged.", ru="Моё.")
    assert response.status_code == 403
    assert response.json()["reason"] == "forbidden"
    assert "You no longer have permission to do this." in response.json()["message"]
    assert not EditingSession.objects.exists()
    assert client_as("reviewer").post(session_url(page), {"_form": KEY}).status_code == 403


def test_text_over_the_limit_is_refused_with_the_reason(page):
    response = keep(client_as("editor"), page, en="x" * MAX_UNSAVED_BYTES)
    assert response.status_code == 413
    message = "This text is too large to be kept while you type: it has more than 512 KB."
    assert response.json() == {"reason": "unreadable", "message": message}


def test_text_of_a_deleted_page_is_refused_with_the_reason(page):
    editor = client_as("editor")
    page.delete()
    response = editor.post(session_url(Page(pk=4711)), {"_form": KEY}, headers=JSON)
    assert (response.status_code, response.json()["reason"]) == (404, "deleted")


def test_address_takes_nothing_but_posts(page):
    assert client_as("editor").get(session_url(page)).status_code == 405


@pytest.mark.parametrize("query", ["restore=x", "restore=", "restore=4711", "restore=99999999999999999999"])
def test_unknown_text_is_not_restored(page, query):
    editor = client_as("editor")
    keep(editor, page, en="Two.")
    response = editor.get(f"{change_url(page)}?{query}")
    assert response.status_code == 200
    assert response.context["adminform"].form["body_en"].value() == "One."


@pytest.mark.parametrize("key", ["", "x", "1" * 40])
def test_form_without_a_valid_key_gets_one(page, key):
    editor = client_as("editor")
    assert keep(editor, page, form=key, en="Two.").status_code == 200
    assert EditingSession.objects.get().fields.body == "Two."
    keys = {hidden_values(editor.get(change_url(page)))["_form"] for _ in range(2)}
    assert len(keys) == 2


def test_text_of_somebody_else_cannot_be_restored(page):
    keep(client_as("editor"), page, en="Two.")
    response = client_as("publisher").get(f"{change_url(page)}?restore={EditingSession.objects.get().pk}")
    assert "Two." not in response.content.decode()


def test_unsaved_text_is_deleted_with_the_page_that_has_it(page):
    editor = client_as("editor")
    keep(editor, page, en="Two.")
    url = f"/admin/pages/page/{page.pk}/delete/"
    token = editor.get(url).context["last_revision"]
    assert editor.post(url, {"post": "yes", "last_revision": token}).status_code == 302
    assert not Page.objects.exists()
    assert not EditingSession.objects.exists()


ADD_URL = "/admin/pages/page/add/"
NEW_SESSION_URL = f"{ADD_URL}editing-session/"


def keep_new(client, *, form=KEY, place=None, **bodies):
    """Post what the script posts in the form of a page that does not exist yet."""
    texts = dict(place or {})
    for language, body in bodies.items():
        texts |= {f"title_{language}": "Terms", f"body_{language}": body, f"head_{language}": ""}
    return client.post(NEW_SESSION_URL, {"_form": form, "language": "en", **texts}, headers=JSON)


def test_text_of_a_new_page_is_kept_and_offered_to_its_author_only():
    editor = client_as("editor")
    response = keep_new(editor, ru="Условия.")
    assert (response.status_code, response.json()) == (200, {"presence": ""})
    assert "no-store" in response.headers["Cache-Control"]
    session = EditingSession.objects.get()
    assert (session.page, session.base_revision, session.fields.body) == (None, None, "Условия.")
    response = editor.get(ADD_URL)
    time = f"{timezone.localtime(session.unsaved_at):%H:%M}"
    assert f"Unsaved text from {time}: Russian. Terms Restore Discard" in visible_text(response)
    assert "Unsaved text" not in visible_text(client_as("publisher").get(ADD_URL))
    assert not Page.objects.exists()


def test_restored_text_of_a_new_page_is_in_the_form_and_forgotten_when_it_is_saved():
    editor = client_as("editor")
    keep_new(editor, ru="Условия.")
    keep_new(editor, form=OTHER_KEY, en="Other.")
    session = EditingSession.objects.get(language="ru")
    restored = f"{ADD_URL}?restore={session.pk}"
    response = editor.get(restored)
    assert "is in the form below, and not saved yet: Russian." in visible_text(response)
    values = form_values(editor, restored)
    # The source language follows: the starter text is not in the form.
    assert (values["source_language"], values["body_ru"], values["body_en"]) == ("ru", "Условия.", "")
    hidden = hidden_values(response)
    assert hidden["_restored"] == str(session.pk)
    assert editor.post(ADD_URL, values | hidden | {"slug": "terms", "_continue": "x"}).status_code == 302
    assert Page.objects.get().body_ru == "Условия."
    assert [row.language for row in EditingSession.objects.all()] == ["en"]


@pytest.mark.parametrize(
    "place",
    [
        {"slug": "terms-of-use", "is_home": "", "parent": "/legal/", "source_language": "en"},
        {"slug": "", "is_home": "on", "parent": "", "source_language": "ru"},
        {"slug": "a b", "is_home": "", "parent": "/no-page/", "source_language": "en"},
    ],
)
def test_place_of_a_new_page_is_restored_with_its_text(place):
    editor = client_as("editor")
    make_page("legal")
    keep_new(editor, ru="Условия.", place=place)
    session = EditingSession.objects.get()
    assert (session.place, session.fields.body) == (place, "Условия.")
    values = form_values(editor, f"{ADD_URL}?restore={session.pk}")
    assert {name: values[name] for name in place} == place | {"is_home": values["is_home"]}
    assert bool(values["is_home"]) == bool(place["is_home"])
    assert values["body_ru"] == "Условия."


def test_text_of_an_existing_page_is_kept_without_a_place(page):
    editor = client_as("editor")
    editor.post(session_url(page), {"_form": KEY, "language": "en", "slug": "x", "body_en": "Typed."}, headers=JSON)
    assert EditingSession.objects.get().place == {}


def test_text_of_a_new_page_that_is_refused_stays_kept():
    editor = client_as("editor")
    make_page("terms")
    keep_new(editor, en="Text.")
    values = form_values(editor, ADD_URL) | {"_form": KEY, "slug": "terms", "title_en": "Terms", "body_en": "Text."}
    assert editor.post(ADD_URL, values).status_code == 200
    assert EditingSession.objects.get().fields.body == "Text."


def test_text_of_a_new_page_is_discarded_with_and_without_script():
    editor = client_as("editor")
    for headers, status in ((JSON, 200), ({}, 302)):
        keep_new(editor, en="Text.")
        key = EditingSession.objects.get().pk
        client_as("publisher").post(NEW_SESSION_URL, {"discard": key}, headers=headers)
        assert EditingSession.objects.exists()
        response = editor.post(NEW_SESSION_URL, {"discard": key}, headers=headers)
        assert (response.status_code, EditingSession.objects.count()) == (status, 0)
    assert response.headers["Location"] == ADD_URL


def test_starter_text_of_a_new_page_is_not_kept():
    editor = client_as("editor")
    values = form_values(editor, ADD_URL)
    texts = {name: values[name] for name in ("title_en", "body_en")}
    assert texts["body_en"]
    editor.post(NEW_SESSION_URL, {"_form": KEY, "language": "en", **texts, "body_ru": ""}, headers=JSON)
    assert not EditingSession.objects.exists()


def test_text_of_a_new_page_replaces_the_earlier_one_of_its_form_and_is_kept_for_30_days():
    editor = client_as("editor")
    for body in ("One.", "Two."):
        keep_new(editor, en=body)
    session = EditingSession.objects.get()
    assert session.fields.body == "Two."
    EditingSession.objects.update(unsaved_at=timezone.now() - timedelta(days=30, minutes=1))
    assert "Unsaved text" not in visible_text(editor.get(ADD_URL))
    keep_new(editor, form=OTHER_KEY, en="Three.")
    assert [row.fields.body for row in EditingSession.objects.all()] == ["Three."]


def test_only_those_who_may_add_pages_keep_a_text_of_a_new_page():
    translator = client_as("translator")
    assert keep_new(translator, ru="Текст.").status_code == 403
    assert translator.get(NEW_SESSION_URL).status_code == 403
    assert client_as("editor").get(NEW_SESSION_URL).status_code == 405
    assert not EditingSession.objects.exists()
