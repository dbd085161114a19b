"""*Matches the source* on the publish page is pre-set only from a ready mark for exactly the text that goes out."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.history.translation_status import assess_version
from pages.models import Handover, Version
from pages.publishing.actors import system_actor
from pages.publishing.handovers import find_source_texts, mark_ready, send_back
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_by_language
from tests.pages.admin.clients import client_as, visible_text

pytestmark = pytest.mark.django_db
BORIS = system_actor("Boris")
DAY = timedelta(days=1)


@pytest.fixture
def page(now):
    """Return a page whose drafts in English and Russian differ from the published texts."""
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - DAY, confirmed=["ru"])
    save_bodies(page, now, en="Two.", ru="Два.")
    return page


def publish_url(page) -> str:
    return reverse("admin:pages_page_publish", args=[page.pk])


def form_data(client, page) -> dict:
    """Return what a browser would send for the form as it was opened; unchecked boxes are left out."""
    return answers_of(client.get(publish_url(page)))


def answers_of(response) -> dict:
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def mark(page, language="ru", *, source=None, by=BORIS):
    head, source = draft_revision(page, language), source or draft_revision(page, "en").digest
    return mark_ready(page, language, revision=head.pk, source_digest=source, by=by, now=timezone.now())


DEFAULTS = {"significance": "major", "note_en": "New.", "note_ru": "Новое."}


def publish_with_defaults(client, page, **answers):
    return client.post(publish_url(page), form_data(client, page) | DEFAULTS | answers)


def status(page, language="ru") -> str:
    """Return what readers are told about the translation in the newest version."""
    version = page.versions.not_cancelled(timezone.now()).order_by("-number").first()
    return str(assess_version(version, texts_by_language(version), timezone.now())[language].status)


def is_preset(client, page, language="ru") -> bool:
    return bool(client.get(publish_url(page)).context["form"][f"reflects_{language}"].value())


def test_mark_for_the_text_that_goes_out_presets_it_and_shows_who_and_when(admin_client, page):
    handover = mark(page)
    response = admin_client.get(publish_url(page))
    assert response.context["form"]["reflects_ru"].value()
    text = visible_text(response)
    assert "Boris marked it as ready for exactly this source text." in text
    assert f"{timezone.localtime(handover.at):%H:%M}" in text
    publish_with_defaults(admin_client, page)
    assert status(page) == "up to date"


def test_without_a_mark_publishing_with_defaults_never_says_up_to_date(admin_client, page):
    assert "Nobody has marked this text as ready." in visible_text(admin_client.get(publish_url(page)))
    publish_with_defaults(admin_client, page)
    assert status(page) == "behind"


def test_publisher_can_say_it_without_a_mark(admin_client, page):
    publish_with_defaults(admin_client, page, reflects_ru="on")
    assert status(page) == "up to date"


def test_first_version_says_nothing_about_a_translation_by_default(admin_client, now):
    page = make_page()
    save_bodies(page, now, en="One.", ru="Раз.")
    publish_with_defaults(admin_client, page)
    assert status(page) == "behind"


def test_first_version_with_a_mark_is_up_to_date(admin_client, now):
    page = make_page()
    save_bodies(page, now, en="One.", ru="Раз.")
    mark(page)
    publish_with_defaults(admin_client, page)
    assert status(page) == "up to date"


def source_changed_since(page):
    save_bodies(page, timezone.now(), en="Three.")


def translation_changed_since(page):
    save_bodies(page, timezone.now(), ru="Три.")


def translation_changed_and_changed_back(page):
    save_bodies(page, timezone.now(), ru="Три.")
    save_bodies(page, timezone.now(), ru="Два.")


def sent_back(page):
    handover = Handover.objects.by_language(page)["ru"]
    send_back(page, "ru", handover=handover.pk, message="No.", by=EDITOR, now=timezone.now())


def source_went_back_to_what_is_published(page):
    save_bodies(page, timezone.now(), en="One.")


AFTER_THE_MARK = [
    *(source_changed_since, translation_changed_since, translation_changed_and_changed_back, sent_back),
    source_went_back_to_what_is_published,
]


@pytest.mark.parametrize("change", AFTER_THE_MARK, ids=lambda change: change.__name__)
def test_mark_for_another_state_presets_nothing(admin_client, page, change):
    mark(page)
    assert is_preset(admin_client, page)
    change(page)
    assert not is_preset(admin_client, page)
    publish_with_defaults(admin_client, page)
    assert status(page) == "behind"


@pytest.mark.parametrize("change", AFTER_THE_MARK, ids=lambda change: change.__name__)
def test_change_while_the_publish_page_is_open_unsets_it(admin_client, page, change):
    mark(page)
    answers = form_data(admin_client, page) | DEFAULTS
    assert answers["reflects_ru"]
    change(page)
    response = admin_client.post(publish_url(page), answers)
    assert response.status_code == 400
    assert page.versions.count() == 1
    # Sending the form again, as it is shown then, says nothing either.
    again = answers_of(response)
    assert "reflects_ru" not in again
    assert admin_client.post(publish_url(page), again | {"include_en": "on"}).status_code in {302, 400}
    assert Version.objects.count() == 1 or status(page) == "behind"


def test_source_that_changed_after_the_mark_is_shown_with_its_changes(admin_client, page):
    mark(page)
    source_changed_since(page)
    text = visible_text(admin_client.get(publish_url(page)))
    assert "Boris marked it as ready for another source text." in text
    assert "The source text has changed since it was marked as ready" in text


def test_source_changes_are_next_to_those_of_the_translation(admin_client, page):
    mark(page)
    text = visible_text(admin_client.get(publish_url(page)))
    assert "What changes in the source text since version 1, which the published translation reflects" in text


def test_mark_for_the_draft_says_nothing_if_the_draft_of_the_source_stays_at_home(admin_client, page):
    """The publisher deselects the source text for which the translation is ready."""
    mark(page)
    answers = form_data(admin_client, page) | DEFAULTS
    del answers["include_en"]
    response = admin_client.post(publish_url(page), answers)
    assert "this version has another source text than the one that was shown" in str(response.context["form"].errors)
    assert page.versions.count() == 1
    again = answers_of(response)
    assert "reflects_ru" not in again
    assert admin_client.post(publish_url(page), again).status_code == 302
    assert status(page) == "behind"


def test_publisher_can_say_after_the_warning_that_it_matches_the_published_source(admin_client, page):
    mark(page)
    answers = form_data(admin_client, page) | DEFAULTS
    del answers["include_en"]
    again = answers_of(admin_client.post(publish_url(page), answers)) | {"reflects_ru": "on"}
    assert admin_client.post(publish_url(page), again).status_code == 302
    assert status(page) == "up to date"


def test_mark_for_the_published_source_counts_if_the_draft_of_the_source_stays_at_home(admin_client, page, now):
    mark(page, source=find_source_texts(page, now)[1].digest)
    assert not is_preset(admin_client, page)
    answers = form_data(admin_client, page) | DEFAULTS | {"reflects_ru": "on"}
    del answers["include_en"]
    again = answers_of(admin_client.post(publish_url(page), answers))
    assert again["reflects_ru"]
    assert admin_client.post(publish_url(page), again).status_code == 302
    assert status(page) == "up to date"


def test_text_that_is_ready_but_not_chosen_stays_ready(admin_client, page):
    mark(page)
    answers = form_data(admin_client, page) | DEFAULTS
    del answers["include_ru"]
    assert admin_client.post(publish_url(page), answers).status_code == 302
    assert status(page) == "behind"
    assert is_preset(admin_client, page)
    publish_with_defaults(admin_client, page)
    assert status(page) == "up to date"


@pytest.fixture
def announced_page(now):
    """Return a page with an announced English text, and a Russian draft that is ready for it."""
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - DAY, confirmed=["ru"])
    publish_bodies(
        page, {"en": "Two."}, now, note="Announced.", effective_at=(now + DAY).replace(second=0, microsecond=0)
    )
    save_bodies(page, now, ru="Два.")
    mark(page)
    return page


def test_translation_of_an_announced_text_is_announced_together_with_it(admin_client, announced_page):
    assert is_preset(admin_client, announced_page)
    assert publish_with_defaults(admin_client, announced_page, note_en="").status_code == 302
    version = announced_page.versions.get(number=3)
    rows = texts_by_language(version)
    assert {language: row.revision.fields.body.strip() for language, row in rows.items()} == {
        "en": "Two.",
        "ru": "Два.",
    }
    assert (rows["en"].significance, rows["en"].change_note, version.effective_at > timezone.now()) == (
        *("major", "Announced.", True),
    )
    assert status(announced_page) == "up to date"


def test_announced_text_that_is_deselected_stays_announced(admin_client, announced_page, now):
    save_bodies(announced_page, now, en="Three.")
    answers = form_data(admin_client, announced_page) | DEFAULTS
    del answers["include_en"]
    assert admin_client.post(publish_url(announced_page), answers).status_code == 302
    rows = texts_by_language(announced_page.versions.get(number=3))
    assert rows["en"].revision.fields.body.strip() == "Two."
    assert status(announced_page) == "behind"


def test_announced_claim_does_not_hold_for_another_source_text(admin_client, announced_page, now):
    publish_with_defaults(admin_client, announced_page)
    save_bodies(announced_page, now, en="Three.")
    assert publish_with_defaults(admin_client, announced_page).status_code == 302
    rows = texts_by_language(announced_page.versions.get(number=4))
    assert {language: row.revision.fields.body.strip() for language, row in rows.items()} == {
        "en": "Three.",
        "ru": "Два.",
    }
    assert status(announced_page) == "behind"


def test_announced_removal_stays_announced(admin_client, now):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - DAY)
    later = (now + DAY).replace(second=0, microsecond=0)
    publish_bodies(page, {}, now, removed=["ru"], effective_at=later)
    save_bodies(page, now, en="Two.")
    assert publish_with_defaults(admin_client, page, include_ru="").status_code == 302
    assert set(texts_by_language(page.versions.get(number=3))) == {"en"}


def test_mark_of_an_announced_source_says_nothing_if_the_announcement_is_cancelled(admin_client, announced_page):
    """A version for now has nothing of the announcement that it cancels."""
    page = announced_page
    response = publish_with_defaults(admin_client, page, effective_at="", announcement_action="cancel")
    assert "this version has another source text" in str(response.context["form"].errors)
    assert "reflects_ru" not in answers_of(response)
    assert admin_client.post(publish_url(page), answers_of(response)).status_code == 302
    assert texts_by_language(page.versions.get(number=3))["en"].revision.fields.body.strip() == "One."
    assert status(page) == "behind"


def test_ready_text_without_a_change_becomes_up_to_date_when_the_source_is_published(admin_client, page):
    save_bodies(page, timezone.now(), ru="Раз.")
    mark(page)
    response = admin_client.get(publish_url(page))
    assert response.context["form"]["reflects_ru"].value()
    assert response.context["unchanged_is_open"]
    publish_with_defaults(admin_client, page)
    rows = texts_by_language(page.versions.get(number=2))
    assert (rows["ru"].significance, rows["ru"].based_on) == ("unchanged", 2)


def test_ready_text_without_any_change_makes_a_version_that_says_that_it_matches(admin_client, page, now):
    save_bodies(page, now, ru="Раз.")
    publish_bodies(page, {"en": "Two."}, now)
    assert status(page) == "behind"
    mark(page)
    assert "No text has changed. A translation was marked as ready" in visible_text(admin_client.get(publish_url(page)))
    assert publish_with_defaults(admin_client, page).status_code == 302
    assert status(page) == "up to date"
    # Once it is published, the mark says nothing new.
    assert not is_preset(admin_client, page)
    assert "there is nothing to publish" in visible_text(admin_client.get(publish_url(page)))


def test_mark_that_was_published_says_nothing_about_the_next_source_text(admin_client, page):
    mark(page)
    publish_with_defaults(admin_client, page)
    source_changed_since(page)
    assert not is_preset(admin_client, page)
    publish_with_defaults(admin_client, page)
    assert status(page) == "behind"


def test_mark_of_somebody_whose_account_is_gone_counts(admin_client, page, django_user_model):
    user = django_user_model.objects.create_user("Boris")
    mark(page)
    user.delete()
    assert "Boris marked it as ready for exactly this source text." in visible_text(admin_client.get(publish_url(page)))
    assert is_preset(admin_client, page)


def test_publisher_who_is_also_the_editor_gets_the_own_mark(page):
    client = client_as("publisher")
    mark(page, by=system_actor("publisher"))
    assert is_preset(client, page)
    publish_with_defaults(client, page)
    assert status(page) == "up to date"


def test_language_that_may_not_be_published_is_never_said_to_match(page, django_user_model):
    publisher = client_as("publisher")
    group = django_user_model.objects.get(username="publisher").groups.get()
    group.permissions.remove(group.permissions.get(codename="publish_text_ru"))
    mark(page)
    answers = form_data(publisher, page) | DEFAULTS | {"reflects_ru": "on", "include_ru": "on"}
    assert publisher.post(publish_url(page), answers).status_code == 302
    assert texts_by_language(page.versions.get(number=2))["ru"].significance == "unchanged"
    assert status(page) == "behind"


def test_forged_answer_without_what_was_seen_is_refused(admin_client, page):
    answers = form_data(admin_client, page) | DEFAULTS | {"reflects_ru": "on", "seen_ru": ""}
    response = admin_client.post(publish_url(page), answers)
    assert "This page was changed after you opened this form" in str(response.context["form"].errors)
    assert "reflects_ru" not in answers_of(response)


def test_reverting_asks_nothing_and_keeps_what_was_said_about_the_earlier_text(admin_client, page):
    mark(page)
    publish_with_defaults(admin_client, page)
    url = reverse("admin:pages_page_revert", args=[page.pk, 1])
    response = admin_client.get(url)
    assert "reflects_ru" not in response.context["form"].fields
    answers = answers_of(response) | DEFAULTS
    del answers["include_en"]
    assert admin_client.post(url, answers).status_code == 302
    # The text reflects version 1, whose source text is not the present one.
    assert status(page) == "behind"


def test_reverting_the_source_presets_the_mark_only_for_the_text_that_it_names(admin_client, page):
    """Version 2 is marked and published; the source goes back to version 1, and the translation stays."""
    mark(page)
    publish_with_defaults(admin_client, page)
    url = reverse("admin:pages_page_revert", args=[page.pk, 1])
    answers = answers_of(admin_client.get(url)) | DEFAULTS
    del answers["include_ru"]
    assert admin_client.post(url, answers).status_code == 302
    assert status(page) == "behind"
    assert not is_preset(admin_client, page)


def test_text_that_was_sent_back_shows_it_with_the_message(admin_client, page):
    mark(page)
    assert (
        reverse("admin:pages_page_send_back", args=[page.pk, "ru"])
        in admin_client.get(publish_url(page)).content.decode()
    )
    sent_back(page)
    text = visible_text(admin_client.get(publish_url(page)))
    assert "Sent back" in text
    assert "No." in text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_text_that_was_sent_back_is_published_only_if_it_is_selected(admin_client, page, language):
    other = "ru" if language == "en" else "en"
    handover = mark(page, language)
    send_back(page, language, handover=handover.pk, message="No.", by=EDITOR, now=timezone.now())
    response = admin_client.get(publish_url(page))
    form = response.context["form"]
    assert (form[f"include_{language}"].value(), form[f"include_{other}"].value()) == (False, True)
    assert "This text was sent back. Select it to publish it as it is." in visible_text(response)
    publish_with_defaults(admin_client, page, significance="minor")
    texts = texts_by_language(page.versions.get(number=2))
    assert (texts[language].significance, texts[other].significance) == ("unchanged", "minor")
    publish_with_defaults(admin_client, page, significance="minor", **{f"include_{language}": "on"})
    assert texts_by_language(page.versions.get(number=3))[language].significance == "minor"


def test_mark_for_a_source_text_that_was_sent_back_presets_nothing(admin_client, page):
    mark(page)
    handover = mark(page, "en")
    assert is_preset(admin_client, page)
    send_back(page, "en", handover=handover.pk, message="No.", by=EDITOR, now=timezone.now())
    assert not is_preset(admin_client, page)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("is_marked", [True, False])
def test_text_that_is_sent_back_while_the_page_is_open_is_published_only_after_that_was_seen(
    admin_client, page, language, is_marked
):
    handover = mark(page, language)
    if language == "ru" and not is_marked:
        # For another source text, so that "matches the source" is not set.
        save_bodies(page, timezone.now(), en="Three.")
    data = form_data(admin_client, page) | DEFAULTS
    send_back(page, language, handover=handover.pk, message="Too short.", by=EDITOR, now=timezone.now())
    response = admin_client.post(publish_url(page), data)
    text = visible_text(response)
    assert f"Ann sent this text back at {timezone.localtime():%H:}" in text
    assert "after you opened this page: “Too short.” Nothing was published." in text
    assert response.context["form"][f"include_{language}"].value()
    assert page.versions.count() == 1
    assert admin_client.post(publish_url(page), answers_of(response) | DEFAULTS).status_code == 302
    assert texts_by_language(page.versions.get(number=2))[language].significance == "major"
    assert language not in Handover.objects.by_language(page)


def test_text_that_is_sent_back_and_deselected_stays_sent_back(admin_client, page):
    handover = mark(page)
    data = form_data(admin_client, page) | DEFAULTS
    send_back(page, "ru", handover=handover.pk, message="No.", by=EDITOR, now=timezone.now())
    del data["include_ru"], data["reflects_ru"]
    assert admin_client.post(publish_url(page), data).status_code == 302
    assert not Handover.objects.by_language(page)["ru"].is_ready
