"""Marking a text as ready in the admin, with or without a change, and sending it back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pages.models import Handover
from pages.publishing.actors import system_actor
from pages.publishing.handovers import mark_ready
from tests.building import draft_revision, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, client_as, form_values, visible_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(now):
    """Return a page whose drafts in English and Russian differ from the published texts."""
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=1), confirmed=["ru"])
    save_bodies(page, now, ru="Два.")
    return page


@pytest.fixture
def translator():
    return client_as("translator")


@pytest.fixture
def publisher():
    return client_as("publisher")


def url(page, name: str, *args) -> str:
    return reverse(f"admin:pages_page_{name}", args=[page.pk, *args])


def answers(client, address: str) -> dict:
    """Return what a browser would send for the form as it was opened."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None}


def current(page, language="ru"):
    return Handover.objects.by_language(page).get(language)


def mark(page, now, language="ru"):
    source, head = draft_revision(page, "en").digest, draft_revision(page, language).pk
    boris = system_actor("translator")
    return mark_ready(page, language, revision=head, source_digest=source, by=boris, now=now)


def test_translator_marks_a_text_as_ready_with_a_message(translator, page):
    address = url(page, "ready", "ru")
    response = translator.post(address, answers(translator, address) | {"message": "Please check the dates."})
    assert response.headers["Location"] == f"{change_url(page)}#tab=ru"
    row = current(page)
    assert (row.kind, row.by, row.message) == ("ready", "translator", "Please check the dates.")
    assert row.source_digest == draft_revision(page, "en").digest
    text = visible_text(translator.get(change_url(page)))
    assert "marked by translator" in text
    assert "Please check the dates." in text


def test_only_source_text_is_chosen_beforehand(translator, page):
    response = translator.get(url(page, "ready", "ru"))
    assert response.context["form"]["source_digest"].value() == draft_revision(page, "en").digest
    assert "version 1, in force since" in visible_text(response)


def test_translator_says_which_of_two_source_texts_it_is(translator, page, now):
    save_bodies(page, now, en="Two.")
    address = url(page, "ready", "ru")
    text = visible_text(translator.get(address))
    assert "the draft that Ann saved" in text
    assert "What changes in the source text since version 1" in text
    data = answers(translator, address)
    assert "source_digest" not in data
    response = translator.post(address, data)
    assert "Choose the source text that the translation matches." in visible_text(response)
    assert current(page) is None
    translator.post(address, data | {"source_digest": draft_revision(page, "en").digest})
    assert current(page).source_digest == draft_revision(page, "en").digest


def test_question_without_an_answer_is_linked_from_the_top(translator, page, now):
    save_bodies(page, now, en="Newest.")
    address = url(page, "ready", "ru")
    values = answers(translator, address)
    values.pop("source_digest", None)
    html = translator.post(address, values).content.decode()
    assert '<li><a href="#id_source_digest">' in html
    assert 'id="id_source_digest"' in html


def test_source_text_that_changed_while_the_page_was_open_is_not_named(translator, page, now):
    save_bodies(page, now, en="Two.")
    address = url(page, "ready", "ru")
    data = answers(translator, address) | {"source_digest": draft_revision(page, "en").digest}
    save_bodies(page, now, en="Three.")
    response = translator.post(address, data)
    assert "The source text was changed after you opened this page." in visible_text(response)
    assert current(page) is None


def test_text_that_somebody_saved_while_the_page_was_open_is_not_marked(translator, page, now):
    address = url(page, "ready", "ru")
    data = answers(translator, address)
    save_bodies(page, now, ru="Три.")
    response = translator.post(address, data)
    assert "This page was changed after you opened this form" in visible_text(response)
    assert current(page) is None
    # What is shown now can be marked.
    form = response.context["form"]
    again = data | {"revision": form["revision"].value()}
    assert translator.post(address, again).status_code == 302
    assert current(page).revision == draft_revision(page, "ru")


def test_published_text_is_marked_without_a_change(translator, page, now):
    save_bodies(page, now, ru="Раз.", en="Two.")
    address = url(page, "ready", "ru")
    assert "The draft is the published text." in visible_text(translator.get(address))
    translator.post(address, answers(translator, address) | {"source_digest": draft_revision(page, "en").digest})
    assert current(page).is_ready


def test_source_text_is_marked_without_a_question(page):
    editor = client_as("editor")
    address = url(page, "ready", "en")
    assert "source_digest" not in editor.get(address).context["form"].fields
    editor.post(address, answers(editor, address))
    assert current(page, "en").source_digest == draft_revision(page, "en").digest


def test_saving_goes_on_to_marking_the_text_of_the_open_tab(translator, page):
    data = form_values(translator, change_url(page)) | {"body_ru": "Готово.", "_ready": "1", "tab": "ru"}
    response = translator.post(change_url(page), data)
    assert response.headers["Location"] == url(page, "ready", "ru")
    assert draft_revision(page, "ru").fields.body.strip() == "Готово."
    assert current(page) is None


def test_without_a_script_the_only_language_of_a_translator_is_chosen(translator, page):
    data = form_values(translator, change_url(page)) | {"_ready": "1", "tab": ""}
    response = translator.post(change_url(page), data)
    assert response.headers["Location"] == url(page, "ready_choice")
    assert translator.get(url(page, "ready_choice")).headers["Location"] == url(page, "ready", "ru")


def test_editor_of_several_languages_chooses_one(page, now):
    editor = client_as("editor")
    mark(page, now)
    response = editor.get(url(page, "ready_choice"))
    html = response.content.decode()
    assert all(f'href="{url(page, "ready", language)}"' in html for language in ("en", "ru"))
    assert "marked by translator" in visible_text(response)


def test_language_without_a_text_cannot_be_marked(translator, page, now):
    save_bodies(page, now, ru="")
    assert "There is no text in this language yet." in visible_text(translator.get(url(page, "ready", "ru")))
    assert "There is no text that you may mark as ready." in visible_text(translator.get(url(page, "ready_choice")))


def test_translation_without_any_source_text_cannot_be_marked(translator, now):
    page = make_page()
    save_bodies(page, now, ru="Раз.")
    assert "There is no source text yet" in visible_text(translator.get(url(page, "ready", "ru")))


def test_other_languages_are_refused(translator, page):
    assert translator.get(url(page, "ready", "en")).status_code == 403
    assert translator.get(url(page, "ready", "xx")).status_code == 404


def test_tab_says_that_the_source_changed_after_the_mark(translator, page, now):
    mark(page, now)
    before = translator.get(change_url(page)).content.decode()
    assert "The source text has changed since it was marked as ready." not in before
    assert url(page, "ready", "ru") not in before
    save_bodies(page, now, en="Two.")
    publish_bodies(page, {"en": "Two."}, now)
    publish_bodies(page, {"en": "Three."}, now)
    after = translator.get(change_url(page)).content.decode()
    assert "The source text has changed since it was marked as ready." in after
    assert url(page, "ready", "ru") in after


def test_publisher_sends_a_text_back(translator, publisher, page, now):
    mark(page, now)
    address = url(page, "send_back", "ru")
    response = publisher.get(address)
    assert "marked by translator" in visible_text(response)
    response = publisher.post(address, answers(publisher, address) | {"message": "Section 2 is missing."})
    assert response.headers["Location"] == f"{change_url(page)}#tab=ru"
    row = current(page)
    assert (row.kind, row.by, row.message) == ("sent back", "publisher", "Section 2 is missing.")
    text = visible_text(translator.get(change_url(page)))
    assert "Sent back" in text
    assert "Section 2 is missing." in text


def test_sending_back_needs_a_message_and_keeps_the_mark_without_one(publisher, page, now):
    mark(page, now)
    address = url(page, "send_back", "ru")
    response = publisher.post(address, answers(publisher, address))
    assert "This field is required." in visible_text(response)
    assert current(page).is_ready


def test_mark_that_was_replaced_in_between_is_not_sent_back(publisher, page, now):
    mark(page, now)
    address = url(page, "send_back", "ru")
    data = answers(publisher, address) | {"message": "No."}
    mark(page, now)
    assert "This page was changed after you opened this form" in visible_text(publisher.post(address, data))
    assert current(page).is_ready


def test_text_that_is_not_ready_cannot_be_sent_back(publisher, page):
    text = visible_text(publisher.get(url(page, "send_back", "ru")))
    assert "This is not possible in the page's current state." in text


def test_publisher_without_the_language_cannot_send_it_back(publisher, page, now, django_user_model):
    group = django_user_model.objects.get(username="publisher").groups.get()
    group.permissions.remove(group.permissions.get(codename="publish_text_ru"))
    mark(page, now)
    address = url(page, "send_back", "ru")
    response = publisher.post(address, answers(publisher, address) | {"message": "No."})
    assert "You do not have permission" in visible_text(response)
    assert current(page).is_ready


def test_mark_of_another_person_is_shown_to_reviewers(page, now):
    mark(page, now)
    assert "marked by translator" in visible_text(client_as("reviewer").get(change_url(page)))


def test_editor_may_mark_a_translation_too(page, now):
    editor = client_as("editor")
    address = url(page, "ready", "ru")
    editor.post(address, answers(editor, address))
    assert current(page).by == "editor"


@pytest.mark.parametrize("body", ["Раз, 14 дней.", "Два, 14 дней."])
def test_translator_sees_what_differs_from_the_source_before_the_text_is_ready(translator, page, now, body):
    publish_bodies(page, {"en": "One, 30 days.", "ru": "Раз, 14 дней."}, now)
    save_bodies(page, now, ru=body)
    assert "14" in " ".join(
        finding.message.translated for finding in translator.get(url(page, "ready", "ru")).context["findings"]
    )


def test_translator_sees_which_source_text_was_announced_and_which_is_in_force(translator, page, now):
    publish_bodies(page, {"en": "Two."}, now, effective_at=now + timedelta(days=9))
    text = visible_text(translator.get(url(page, "ready", "ru")))
    assert "version 1, in force since" in text
    assert "version 2, announced for" in text
