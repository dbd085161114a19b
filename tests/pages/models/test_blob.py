import hashlib

import pytest

from pages.models import Blob
from pages.publishing.page_tree import delete_page
from pages.text.source import compose
from tests.building import EDITOR, make_fields, make_page, publish_bodies, save_bodies

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
    delete_page(page, by=EDITOR)
    texts = Blob.objects.filter(pk__in=[Blob.of(compose(make_fields(text))).pk for text in ("Only here", "On both")])
    assert [blob.pk for blob in texts] == list(other.revisions.values_list("blob", flat=True))


def test_short_text_has_a_salt_of_its_own_in_its_digest():
    first, second = Blob.of_text("Wrong."), Blob.of_text("Wrong.")
    assert first.digest == hashlib.sha256(first.salt + b"Wrong.").hexdigest()
    assert first.salt != second.salt
    assert first.digest != second.digest


def test_redacted_content_is_intact_and_empty():
    blob = Blob(digest="a" * 64, salt=b"", content=None)
    assert (blob.is_redacted, blob.is_intact, blob.text) == (True, True, "")
