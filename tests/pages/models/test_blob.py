import pytest

from pages.models import Blob
from pages.publishing.page_tree import delete_page
from tests.building import EDITOR, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


def test_same_bytes_are_stored_once(moment):
    revisions = [save_bodies(make_page(slug), moment(), en="Same")["en"] for slug in ("one", "two")]
    assert Blob.objects.count() == 1
    assert {revision.digest for revision in revisions} == {Blob.objects.get().pk}


def test_digest_is_sha_256_of_the_content():
    # By `printf One | sha256sum`.
    assert Blob.of(b"One").digest == "8b12507783d5becacbf2ebe5b01a60024d8728a8f86dcc818bce699e8b3320bc"


def test_drafts_of_a_deleted_page_are_deleted_unless_another_page_has_the_same_text(moment):
    page, other = make_page("one"), make_page("two")
    save_bodies(page, moment(), en="Only here", ru="On both")
    publish_bodies(other, {"en": "On both"}, moment())
    shared = set(other.revisions.values_list("blob", flat=True))
    delete_page(page, by=EDITOR)
    assert set(Blob.objects.values_list("pk", flat=True)) == shared
