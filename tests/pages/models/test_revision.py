"""Which revisions are the current drafts."""

import pytest

from pages.models import Blob, Revision
from pages.publishing.actors import system_actor
from pages.text.fields import Fields
from tests.building import add_revision, make_page, save_bodies

pytestmark = pytest.mark.django_db


def test_newest_revision_of_each_page_and_language_is_the_draft(moment):
    page, other = make_page("one"), make_page("two")
    save_bodies(page, moment(), en="Old", ru="Один")
    newest = save_bodies(page, moment(), en="New")["en"]
    save_bodies(other, moment(), en="Other")
    drafts = set(Revision.objects.drafts().values_list("page__slug", "language", "blob"))
    assert len(drafts) == 3
    assert ("one", "en", newest.digest) in drafts


def test_revision_that_was_never_the_draft_head_is_not_the_draft(moment):
    page = make_page()
    mine = save_bodies(page, moment(), en="Mine")["en"]
    add_revision(page, "en", b"Theirs", Fields("Theirs"), by=system_actor("Ben"), now=moment(1), is_draft_head=False)
    add_revision(page, "ru", b"Theirs", Fields("Theirs"), by=system_actor("Ben"), now=moment(1), is_draft_head=False)
    assert list(page.revisions.drafts()) == [mine]


def test_revision_without_a_source_is_empty():
    assert Revision(blob=Blob.of(b"")).is_empty
    assert not Revision(blob=Blob.of(b"One")).is_empty
