"""Marking a text as ready and sending it back: which mark counts, and what is refused."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pages.models import Handover, PublicationRecord, SiteCounter
from pages.models.permissions import change_text_permission, publish_text_permission
from pages.publishing.actors import Actor
from pages.publishing.drafts import copy_to_draft, save_draft
from pages.publishing.handovers import HandoverConflict, find_source_texts, mark_ready, send_back
from pages.publishing.page_tree import delete_page
from pages.publishing.versions import publish
from tests.building import (
    EDITOR,
    draft_revision,
    make_fields,
    make_page,
    publish_bodies,
    save_bodies,
    texts_to_publish,
)

pytestmark = pytest.mark.django_db
TRANSLATOR = Actor("Boris", frozenset({change_text_permission("ru")}))
PUBLISHER = Actor("Pia", frozenset({"publish_page", publish_text_permission("ru")}))


@pytest.fixture
def page(moment):
    """Return a page that is published in English and Russian, with a newer draft of both."""
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(), confirmed=["ru"])
    save_bodies(page, moment(1), en="Two.", ru="Два.")
    return page


def mark(page, moment, language="ru", **options):
    head = draft_revision(page, language)
    values = {"revision": head.pk, "source_digest": draft_revision(page, "en").digest, "by": TRANSLATOR, "now": moment}
    return mark_ready(page, language, **values | options)


def current(page) -> dict[str, tuple[str, str]]:
    return {language: (row.kind, row.by) for language, row in Handover.objects.by_language(page).items()}


def test_mark_names_the_revision_the_source_text_the_person_and_the_message(page, moment):
    mark(page, moment(2), message="  Done.\n")
    row = Handover.objects.by_language(page)["ru"]
    assert (row.revision, row.kind, row.source_digest, row.by, row.at, row.message) == (
        *(draft_revision(page, "ru"), "ready", draft_revision(page, "en").digest, "Boris", moment(2), "Done."),
    )


def test_mark_is_no_public_event(page, moment):
    before = SiteCounter.objects.get().value, PublicationRecord.objects.count()
    send_back(page, "ru", handover=mark(page, moment(2)).pk, message="No.", by=PUBLISHER, now=moment(3))
    assert (SiteCounter.objects.get().value, PublicationRecord.objects.count()) == before


def test_mark_counts_until_a_change_is_saved(page, moment):
    mark(page, moment(2))
    save_bodies(page, moment(3), ru="Два.", en="Three.")
    assert current(page) == {"ru": ("ready", "Boris")}
    save_bodies(page, moment(4), ru="Два!")
    assert current(page) == {}


def test_going_back_to_the_marked_text_does_not_bring_the_mark_back(page, moment):
    marked = draft_revision(page, "ru")
    mark(page, moment(2))
    changed = save_bodies(page, moment(3), ru="Два!")["ru"]
    copy_to_draft(marked, by=EDITOR, now=moment(4), expected_revision=changed.pk)
    assert draft_revision(page, "ru").digest == marked.digest
    assert current(page) == {}


def test_newer_mark_replaces_the_older_one(page, moment):
    mark(page, moment(2), source_digest=find_source_texts(page, moment(2))[1].digest)
    second = mark(page, moment(3), message="Now with the new source text.")
    assert Handover.objects.by_language(page) == {"ru": second}
    assert Handover.objects.current().count() == 1


def test_marks_of_languages_and_pages_do_not_touch_each_other(page, moment):
    other = make_page("other")
    save_bodies(other, moment(1), en="Other.", ru="Другое.")
    mark(other, moment(2))
    mark(page, moment(3), "en", by=EDITOR)
    assert (current(page), current(other)) == ({"en": ("ready", "Ann")}, {"ru": ("ready", "Boris")})


def test_source_language_names_itself_whatever_is_posted(page, moment):
    assert mark(page, moment(2), "en", by=EDITOR, source_digest="0" * 64).source_digest == (
        draft_revision(page, "en").digest
    )


def test_text_without_a_change_can_be_marked(page, moment):
    save_bodies(page, moment(2), ru="Раз.")
    mark(page, moment(3))
    assert current(page) == {"ru": ("ready", "Boris")}


def test_only_those_who_may_write_a_language_mark_it(page, moment):
    with pytest.raises(PermissionDenied, match="change_text_en"):
        mark(page, moment(2), "en")
    with pytest.raises(PermissionDenied, match="change_text_ru"):
        mark(page, moment(2), by=PUBLISHER)
    assert Handover.objects.count() == 0


@pytest.mark.parametrize("permissions", [{"publish_page"}, {publish_text_permission("ru")}, TRANSLATOR.permissions])
def test_only_those_who_may_publish_a_language_send_it_back(page, moment, permissions):
    handover = mark(page, moment(2))
    with pytest.raises(PermissionDenied):
        send_back(
            page, "ru", handover=handover.pk, message="No.", by=Actor("Eve", frozenset(permissions)), now=moment(3)
        )
    assert current(page) == {"ru": ("ready", "Boris")}


def test_text_that_was_saved_after_it_was_opened_is_not_marked(page, moment):
    opened = draft_revision(page, "ru").pk
    save_bodies(page, moment(2), ru="Два!")
    with pytest.raises(HandoverConflict):
        mark(page, moment(3), revision=opened)


def test_source_text_that_is_neither_draft_nor_published_is_refused(page, moment):
    opened = draft_revision(page, "en").digest
    save_bodies(page, moment(2), en="Three.")
    with pytest.raises(HandoverConflict):
        mark(page, moment(3), source_digest=opened)
    for digest in ("", "0" * 64):
        with pytest.raises(HandoverConflict):
            mark(page, moment(3), source_digest=digest)


def test_mark_that_somebody_else_made_in_between_is_a_conflict(page, moment):
    mark(page, moment(2), by=EDITOR)
    with pytest.raises(HandoverConflict):
        mark(page, moment(3), expected_handover=0)
    assert current(page) == {"ru": ("ready", "Ann")}


def test_empty_text_is_never_ready(page, moment):
    save_bodies(page, moment(2), ru="")
    with pytest.raises(ValidationError, match="There is no text in this language yet"):
        mark(page, moment(3))


def test_language_without_a_draft_is_not_marked(page, moment):
    actor = Actor("Ann", frozenset({change_text_permission("ar")}))
    with pytest.raises(HandoverConflict):
        mark_ready(page, "ar", revision=1, source_digest="", by=actor, now=moment(2))


def test_sent_back_text_shows_the_message_and_can_be_marked_again(page, moment):
    send_back(page, "ru", handover=mark(page, moment(2)).pk, message=" Section 2. ", by=PUBLISHER, now=moment(3))
    row = Handover.objects.by_language(page)["ru"]
    assert (row.kind, row.by, row.message, row.is_ready) == ("sent back", "Pia", "Section 2.", False)
    mark(page, moment(4))
    assert current(page) == {"ru": ("ready", "Boris")}


def test_sending_back_needs_a_message(page, moment):
    handover = mark(page, moment(2))
    with pytest.raises(ValidationError, match="Say what is missing"):
        send_back(page, "ru", handover=handover.pk, message=" ", by=PUBLISHER, now=moment(3))


def test_too_long_message_is_refused(page, moment):
    with pytest.raises(ValidationError, match="longer than 2000 characters"):
        mark(page, moment(2), message="x" * 2001)


def test_only_the_mark_that_the_publisher_saw_is_sent_back(page, moment):
    seen = mark(page, moment(2))
    mark(page, moment(3))
    with pytest.raises(HandoverConflict):
        send_back(page, "ru", handover=seen.pk, message="No.", by=PUBLISHER, now=moment(4))
    newest = Handover.objects.by_language(page)["ru"]
    sent_back = send_back(page, "ru", handover=newest.pk, message="No.", by=PUBLISHER, now=moment(5))
    with pytest.raises(HandoverConflict):
        send_back(page, "ru", handover=sent_back.pk, message="No.", by=PUBLISHER, now=moment(6))


def test_mark_on_an_older_revision_cannot_be_sent_back(page, moment):
    handover = mark(page, moment(2))
    save_bodies(page, moment(3), ru="Два!")
    with pytest.raises(HandoverConflict):
        send_back(page, "ru", handover=handover.pk, message="No.", by=PUBLISHER, now=moment(4))


def test_source_texts_are_the_draft_the_newest_version_and_the_one_in_force(page, moment):
    later = moment(5)
    publish_bodies(page, {"en": "Announced."}, moment(2), effective_at=later)
    save_bodies(page, moment(3), en="A draft.")
    texts = find_source_texts(page, moment(4))
    assert [(text.revision.fields.body.strip(), text.version and text.version.number) for text in texts] == [
        *(("A draft.", None), ("Announced.", 2), ("One.", 1)),
    ]


def test_source_text_counts_once_and_as_published(page, moment):
    save_bodies(page, moment(2), en="One.")
    publish_bodies(page, {"ru": "Скоро."}, moment(3), effective_at=moment(9))
    assert [text.version and text.version.number for text in find_source_texts(page, moment(4))] == [1]
    save_bodies(page, moment(5), en="")
    assert [text.version and text.version.number for text in find_source_texts(page, moment(6))] == [1]


def test_page_that_was_never_published_is_deleted_with_its_marks():
    page, now = make_page(), timezone.now()
    save_bodies(page, now, ru="Раз.", en="One.")
    mark(page, now + timedelta(seconds=1))
    delete_page(page, by=EDITOR)
    assert Handover.objects.count() == 0


def test_mark_outlives_the_account(page, moment, django_user_model):
    user = django_user_model.objects.create_user("Boris")
    mark(page, moment(2))
    user.delete()
    assert current(page) == {"ru": ("ready", "Boris")}


def test_save_without_a_change_keeps_the_mark(page, moment):
    mark(page, moment(2))
    assert save_draft(page, {"ru": make_fields("Два.")}, by=EDITOR, now=moment(3)) == {}
    assert current(page) == {"ru": ("ready", "Boris")}


def test_text_that_was_sent_back_and_published_all_the_same_waits_for_nobody(page, moment):
    send_back(page, "ru", handover=mark(page, moment(2)).pk, message="No.", by=PUBLISHER, now=moment(3))
    assert current(page) == {"ru": ("sent back", "Pia")}
    publish(page, texts_to_publish(page, ["en"]), by=EDITOR, now=moment(4), notes={"en": "New."})
    assert current(page) == {"ru": ("sent back", "Pia")}
    publish(page, texts_to_publish(page, ["ru"]), by=EDITOR, now=moment(5), notes={"ru": "Новое."})
    assert current(page) == {}
    # It can be marked again, for a newer source text, and sent back again.
    save_bodies(page, moment(6), en="Three.")
    again = mark(page, moment(7), expected_handover=0)
    send_back(page, "ru", handover=again.pk, message="No.", by=PUBLISHER, now=moment(8))
    publish(page, texts_to_publish(page, ["en"]), by=EDITOR, now=moment(9), notes={"en": "Newer."})
    assert current(page) == {"ru": ("sent back", "Pia")}


def test_text_without_a_change_that_was_sent_back_is_finished_when_it_is_said_to_match(page, moment):
    publish(page, texts_to_publish(page, ["en", "ru"]), by=EDITOR, now=moment(2), notes={"en": "New."})
    send_back(page, "ru", handover=mark(page, moment(3)).pk, message="No.", by=PUBLISHER, now=moment(4))
    assert current(page) == {"ru": ("sent back", "Pia")}
    publish(page, texts_to_publish(page, ["ru"], confirmed=["ru"]), by=EDITOR, now=moment(5))
    assert current(page) == {}
