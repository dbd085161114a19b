"""Unsaved texts: kept for their author, forgotten when saved, and without an effect on anything else."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError

from pages.models import EditingSession, Page, PublicationRecord, Revision, SiteCounter
from pages.models.permissions import change_text_permission
from pages.presentation.site_state import read_site_state
from pages.publishing.actors import Actor
from pages.publishing.editing_sessions import (
    MAX_UNSAVED_BYTES,
    MAX_UNSAVED_TEXTS,
    OpenForm,
    TypedText,
    discard_unsaved_text,
    forget_unsaved_texts,
    people_present,
    record_session,
    unsaved_texts,
)
from tests.building import draft_revision, make_fields, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
ANN = Actor("Ann", frozenset(map(change_text_permission, ("en", "ru"))))


def form_of(person, number=1, *restored):
    return OpenForm(person, UUID(int=number), restored)


@pytest.fixture
def now(moment):
    return moment()


@pytest.fixture
def page(now):
    page = make_page()
    save_bodies(page, now, en="One.")
    return page


@pytest.fixture
def ann():
    return get_user_model().objects.create(username="ann", first_name="Ann", last_name="Lee").pk


@pytest.fixture
def bea():
    return get_user_model().objects.create(username="bea").pk


def type_text(page, person, now, *, language="en", by=ANN, form=1, restored=(), **bodies):
    """Record what a person has typed since the form was opened with the present drafts."""
    heads = dict(page.revisions.drafts().values_list("language", "pk"))
    typed = {code: TypedText(make_fields(body), heads.get(code)) for code, body in bodies.items()}
    record_session(page, form_of(person, form, *restored), language, typed, by=by, now=now)


def kept(page, person, now):
    return {session.language: session.fields.body for session in unsaved_texts(page, person, ["en", "ru"], now)}


def test_typed_text_is_kept_with_its_time_and_the_draft_that_was_opened(page, ann, now):
    type_text(page, ann, now, en="One. Two.", ru="Один.")
    assert kept(page, ann, now) == {"en": "One. Two.", "ru": "Один."}
    english, russian = EditingSession.objects.order_by("language")
    assert english.base_revision == draft_revision(page, "en")
    assert english.fields == make_fields("One. Two.")
    assert (russian.base_revision, russian.unsaved_at) == (None, now)
    assert str(english) == "ann, en"


def test_later_text_replaces_the_earlier_one(page, ann, now):
    type_text(page, ann, now, en="Two.")
    type_text(page, ann, now + timedelta(minutes=1), en="Three.")
    session = EditingSession.objects.get()
    assert (session.fields.body, session.unsaved_at) == ("Three.", now + timedelta(minutes=1))


def test_other_people_have_texts_of_their_own(page, ann, bea, now):
    type_text(page, ann, now, en="Ann's.")
    type_text(page, bea, now, en="Bea's.")
    assert kept(page, ann, now) == {"en": "Ann's."}
    assert kept(page, bea, now) == {"en": "Bea's."}


@pytest.mark.parametrize("body", ["One.", "One.\r\n"])
def test_text_that_was_changed_back_is_not_kept(page, ann, now, body):
    type_text(page, ann, now, en="Two.")
    type_text(page, ann, now, en=body)
    assert kept(page, ann, now) == {}
    assert EditingSession.objects.get().unsaved_text is None


def test_text_that_was_opened_is_not_kept_although_the_draft_is_newer(page, ann, now):
    opened = draft_revision(page, "en").pk
    save_bodies(page, now, en="Two.")
    for body in ("One.", "Two."):
        record_session(page, form_of(ann), "en", {"en": TypedText(make_fields(body), opened)}, by=ANN, now=now)
        assert kept(page, ann, now) == {}
    record_session(page, form_of(ann), "en", {"en": TypedText(make_fields("Three."), opened)}, by=ANN, now=now)
    assert EditingSession.objects.get().base_revision_id == opened


def test_emptied_text_is_kept_and_an_untouched_one_is_not(page, ann, now):
    type_text(page, ann, now, en="", ru="")
    assert kept(page, ann, now) == {"en": ""}


def test_text_that_became_the_draft_is_not_offered(page, ann, now):
    type_text(page, ann, now, en="Two.")
    save_bodies(page, now, en="Two.")
    assert kept(page, ann, now) == {}


def test_saved_or_discarded_languages_are_forgotten_and_others_are_not(page, ann, bea, now):
    type_text(page, ann, now, en="Two.", ru="Один.")
    type_text(page, bea, now, en="Bea's.")
    forget_unsaved_texts(page, form_of(ann), ["en"])
    assert kept(page, ann, now) == {"ru": "Один."}
    assert kept(page, bea, now) == {"en": "Bea's."}


def test_form_that_is_opened_later_does_not_overwrite_an_earlier_text(page, ann, now):
    type_text(page, ann, now, en="Yesterday's.")
    type_text(page, ann, now + timedelta(days=1), form=2, en="Today's.")
    texts = unsaved_texts(page, ann, ["en"], now + timedelta(days=1))
    assert [text.fields.body for text in texts] == ["Today's.", "Yesterday's."]
    forget_unsaved_texts(page, form_of(ann, 2), ["en"])
    assert kept(page, ann, now) == {"en": "Yesterday's."}


def test_restored_text_is_replaced_when_it_is_changed_and_forgotten_when_it_is_saved(page, ann, bea, now):
    type_text(page, ann, now, en="Two.", ru="Один.")
    type_text(page, bea, now, en="Bea's.")
    keys = EditingSession.objects.order_by("pk").values_list("pk", flat=True)
    type_text(page, ann, now, form=2, restored=keys, en="Two. Three.")
    assert kept(page, ann, now) == {"en": "Two. Three.", "ru": "Один."}
    forget_unsaved_texts(page, form_of(ann, 2, *keys), ["en", "ru"])
    assert kept(page, ann, now) == {}
    assert kept(page, bea, now) == {"en": "Bea's."}


def test_only_its_author_can_discard_a_text(page, ann, bea, now):
    type_text(page, ann, now, en="Two.")
    key = EditingSession.objects.get().pk
    discard_unsaved_text(page, bea, key)
    discard_unsaved_text(make_page("other"), ann, key)
    assert kept(page, ann, now) == {"en": "Two."}
    discard_unsaved_text(page, ann, key)
    discard_unsaved_text(page, ann, key)
    assert kept(page, ann, now) == {}


def test_oldest_texts_of_a_language_go_first(page, ann, bea, now):
    type_text(page, ann, now, ru="Один.")
    type_text(page, bea, now, en="Bea's.")
    for number in range(MAX_UNSAVED_TEXTS + 2):
        type_text(page, ann, now + timedelta(minutes=number), form=number, en=f"Text {number}.")
    texts = unsaved_texts(page, ann, ["en"], now)
    assert [text.fields.body for text in texts] == [f"Text {number}." for number in range(11, 1, -1)]
    assert (kept(page, bea, now), kept(page, ann, now)["ru"]) == ({"en": "Bea's."}, "Один.")


def test_text_is_deleted_after_thirty_days_when_anybody_edits(page, ann, bea, now):
    type_text(page, ann, now, en="Two.")
    almost, after = now + timedelta(days=30, seconds=-1), now + timedelta(days=30)
    assert kept(page, ann, almost) == {"en": "Two."}
    assert kept(page, ann, after) == {}
    record_session(page, form_of(bea), "en", {}, by=ANN, now=almost)
    assert EditingSession.objects.filter(person=ann).exists()
    record_session(page, form_of(bea), "en", {}, by=ANN, now=after)
    assert not EditingSession.objects.filter(person=ann).exists()


def test_open_form_does_not_prolong_the_time_of_a_text(page, ann, now):
    type_text(page, ann, now, en="Two.")
    for day in range(31):
        record_session(page, form_of(ann), "en", {}, by=ANN, now=now + timedelta(days=day))
    assert EditingSession.objects.get().unsaved_text is None


def test_people_are_present_for_two_minutes(page, ann, bea, now):
    record_session(page, form_of(ann), "en", {}, by=ANN, now=now)
    record_session(page, form_of(ann), "ru", {}, by=ANN, now=now)
    assert people_present(page, bea, now + timedelta(seconds=119)) == ["Ann Lee"]
    assert people_present(page, bea, now + timedelta(seconds=120)) == []
    assert people_present(page, ann, now) == []
    assert people_present(make_page("other"), bea, now) == []
    record_session(page, form_of(bea), "en", {}, by=ANN, now=now + timedelta(minutes=2))
    assert EditingSession.objects.values_list("person", flat=True).get() == bea


def test_language_without_permission_is_refused_with_everything_else(page, ann, now):
    translator = Actor("Ann", frozenset([change_text_permission("ru")]))
    with pytest.raises(PermissionDenied, match="change_text_en"):
        type_text(page, ann, now, by=translator, en="Two.", ru="Один.")
    assert not EditingSession.objects.exists()
    type_text(page, ann, now, by=translator, ru="Один.")
    assert kept(page, ann, now) == {"ru": "Один."}


def test_text_over_the_limit_is_refused(page, ann, now):
    # Each letter has two bytes; the title has 14.
    longest = "я" * ((MAX_UNSAVED_BYTES - 14) // 2)
    type_text(page, ann, now, en=longest)
    with pytest.raises(ValidationError, match="more than 512 KB"):
        type_text(page, ann, now, en=longest + "я")
    assert kept(page, ann, now) == {"en": longest}


def test_deleted_page_is_reported(page, ann, now):
    Page.objects.filter(pk=page.pk).delete()
    with pytest.raises(Page.DoesNotExist):
        record_session(page, form_of(ann), "en", {}, by=ANN, now=now)


def test_base_of_another_page_is_not_stored(page, ann, now):
    save_bodies(make_page("other"), now, en="Other.")
    foreign = Revision.objects.order_by("-pk").first().pk
    record_session(page, form_of(ann), "en", {"en": TypedText(make_fields("Two."), foreign)}, by=ANN, now=now)
    assert EditingSession.objects.get().base_revision is None


def test_drafts_records_counter_and_state_of_the_site_stay_as_they_are(page, ann, now):
    publish_bodies(page, {"en": "One."}, now)

    def snapshot():
        models = (Page, Revision, PublicationRecord, SiteCounter)
        rows = [list(model.objects.order_by("pk").values_list()) for model in models]
        return [*rows, read_site_state(now)]

    before = snapshot()
    type_text(page, ann, now, en="Two.", ru="Один.")
    forget_unsaved_texts(page, form_of(ann), ["en", "ru"])
    record_session(page, form_of(ann), "ru", {}, by=ANN, now=now + timedelta(days=40))
    assert snapshot() == before


def test_sessions_go_with_their_page(page, ann, now):
    type_text(page, ann, now, en="Two.")
    page.delete()
    assert not EditingSession.objects.exists()
