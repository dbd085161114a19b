"""Which texts wait for a publisher, and which translations have to follow another source text."""

import pytest

from pages.models import Handover
from pages.presentation.editors.page_states import page_states
from pages.publishing.actors import Actor, system_actor
from pages.publishing.handovers import mark_ready, send_back
from pages.publishing.version_plan import THIS_VERSION, TextToPublish
from pages.publishing.versions import publish
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "ru")


@pytest.fixture
def page(moment):
    """Return a page that is published in both languages; the translation is up to date."""
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(), confirmed=["ru"])
    return page


def mark(page, moment, language="ru", *, account=None):
    source, head = draft_revision(page, "en").digest, draft_revision(page, language).pk
    actor = Actor("Boris", None, account=account)
    return mark_ready(page, language, revision=head, source_digest=source, by=actor, now=moment)


def state(page, at):
    return page_states(LANGUAGES, at)[page.pk]


def pending(page, at) -> list[str]:
    return [language for language, handover in state(page, at).handovers.items() if handover.is_pending]


def new_sources(page, at) -> list:
    return [tuple(new_source) for new_source in state(page, at).new_sources]


def test_marked_change_waits_for_a_publisher_until_it_is_published(page, moment):
    save_bodies(page, moment(1), ru="Два.")
    mark(page, moment(2))
    assert pending(page, moment(3)) == ["ru"]
    revision = draft_revision(page, "ru")
    publish(page, {"ru": TextToPublish(revision, "minor", THIS_VERSION)}, by=EDITOR, now=moment(4))
    assert pending(page, moment(5)) == []


def test_mark_that_says_nothing_new_does_not_wait(page, moment):
    mark(page, moment(1))
    mark(page, moment(1), "en")
    assert pending(page, moment(2)) == []


def test_text_without_a_change_waits_if_the_translation_is_behind(page, moment):
    publish_bodies(page, {"en": "Two."}, moment(1))
    mark(page, moment(2))
    assert pending(page, moment(3)) == ["ru"]
    handover = state(page, moment(3)).handovers["ru"]
    assert handover.waits_for_publisher
    assert (handover.by, handover.marked_by, handover.at) == ("Boris", None, moment(2))


def test_mark_for_an_earlier_source_text_says_so(page, moment):
    save_bodies(page, moment(1), ru="Два.", en="Two.")
    mark(page, moment(2))
    save_bodies(page, moment(3), en="Three.")
    handover = state(page, moment(4)).handovers["ru"]
    assert (handover.is_pending, handover.has_other_source, handover.waits_for_publisher) == (True, True, False)
    assert new_sources(page, moment(4)) == [("ru", None, False)]


def test_sent_back_text_names_the_account_that_had_marked_it(page, moment, django_user_model):
    save_bodies(page, moment(1), ru="Два.")
    person = django_user_model.objects.create_user("boris")
    handover = mark(page, moment(2), account=person.pk)
    send_back(page, "ru", handover=handover.pk, message="No.", by=system_actor("Pia"), now=moment(3))
    returned = state(page, moment(4)).handovers["ru"]
    assert (returned.is_ready, returned.is_pending, returned.by, returned.marked_by) == (False, False, "Pia", person.pk)


def test_source_text_that_is_ready_has_to_be_translated(page, moment):
    save_bodies(page, moment(1), en="Two.")
    assert new_sources(page, moment(2)) == []
    mark(page, moment(3), "en")
    assert new_sources(page, moment(4)) == [("ru", None, True)]
    mark(page, moment(5))
    assert new_sources(page, moment(6)) == []


def test_announced_source_text_has_to_be_translated(page, moment):
    publish_bodies(page, {"en": "Two."}, moment(1), effective_at=moment(30))
    assert new_sources(page, moment(2)) == [("ru", (2, moment(30)), False)]
    mark(page, moment(3))
    assert new_sources(page, moment(4)) == []
    # In force, it is the status of the translation that says it.
    assert new_sources(page, moment(31)) == []


def test_published_mark_does_not_wait_again_when_the_source_is_announced(page, moment):
    mark(page, moment(1))
    publish_bodies(page, {"en": "Two."}, moment(2), effective_at=moment(30))
    assert pending(page, moment(3)) == []
    assert new_sources(page, moment(3)) == [("ru", (2, moment(30)), False)]
    # A mark for the announced text says something new.
    mark(page, moment(4))
    assert pending(page, moment(5)) == ["ru"]


def test_announced_translation_that_matches_has_nothing_to_follow(page, moment):
    publish_bodies(page, {"en": "Two.", "ru": "Два."}, moment(1), confirmed=["ru"], effective_at=moment(30))
    assert new_sources(page, moment(2)) == []
    mark(page, moment(3))
    assert pending(page, moment(4)) == []


def test_language_that_nobody_translates_into_has_nothing_to_follow(moment):
    page = make_page()
    publish_bodies(page, {"en": "One."}, moment())
    publish_bodies(page, {"en": "Two."}, moment(1), effective_at=moment(30))
    assert new_sources(page, moment(2)) == []
    assert Handover.objects.count() == 0
