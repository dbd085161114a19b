"""Storing and uploading pictures."""

from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image

from pages.models import Picture
from pages.publishing.actors import Actor
from pages.publishing.pictures.storage import body_pictures, store_picture, upload_picture
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from tests.building import EDITOR, draft_revision, make_page, save_bodies

pytestmark = pytest.mark.django_db

CONTENT = b"\x89PNG\r\n\x1a\n \x00\xff\n"
# By `printf '\x89PNG\r\n\x1a\n \x00\xff\n' | sha256sum`.
DIGEST = "ee6d8818ba216813b431c837e59c064e80b79e9f42ae819d2dbc66359e728098"


def test_picture_is_stored_unchanged_under_the_digest_of_its_bytes(moment):
    assert store_picture(CONTENT, "png", now=moment()) == DIGEST
    picture = Picture.objects.get(pk=DIGEST)
    assert (bytes(picture.content), picture.extension, picture.created_at) == (CONTENT, "png", moment())


def test_picture_that_is_stored_again_stays_unchanged(moment):
    store_picture(CONTENT, "png", now=moment())
    assert store_picture(CONTENT, "gif", now=moment(1)) == DIGEST
    picture = Picture.objects.get()
    assert (picture.extension, picture.created_at) == ("png", moment())


def test_different_bytes_are_different_pictures(moment):
    digests = {store_picture(content, "png", now=moment()) for content in (CONTENT, CONTENT + b"\n")}
    assert set(Picture.objects.values_list("pk", flat=True)) == digests
    assert len(digests) == 2


def test_upload_is_re_encoded_and_requires_the_permission(moment):
    file = BytesIO()
    Image.new("RGB", (2, 1), "red").save(file, "PNG")
    content = file.getvalue() + b"tail"
    with pytest.raises(PermissionDenied):
        upload_picture(content, by=Actor("Ann", frozenset({"change_page"})), now=moment())
    assert not Picture.objects.exists()
    reference, encoded = upload_picture(content, by=Actor("Ann", frozenset({"add_picture"})), now=moment())
    picture = Picture.objects.get()
    assert (reference, bytes(picture.content)) == (f"/media/{picture.pk}", encoded.content)
    assert body_pictures(f"![A]({reference})", {}) == {reference: picture.pk}


def test_picture_is_public_once_a_version_has_it(moment):
    digest = store_picture(CONTENT, "png", now=moment())
    page = make_page()
    save_bodies(page, moment(), en=f"![A](/media/{digest})")
    assert not Picture.objects.public(digest).exists()
    text = TextToPublish(draft_revision(page, "en"), "major", pictures={f"/media/{digest}": digest})
    publish(page, {"en": text}, by=EDITOR, now=moment(), notes={})
    assert Picture.objects.public(digest).exists()
