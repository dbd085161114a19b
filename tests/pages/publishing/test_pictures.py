"""Keeping pictures."""

import pytest

from pages.models import Picture
from pages.publishing.pictures import keep_picture

pytestmark = pytest.mark.django_db

CONTENT = b"\x89PNG\r\n\x1a\n \x00\xff\n"
# By `printf '\x89PNG\r\n\x1a\n \x00\xff\n' | sha256sum`.
DIGEST = "ee6d8818ba216813b431c837e59c064e80b79e9f42ae819d2dbc66359e728098"


def test_picture_is_kept_as_it_is_under_the_digest_of_its_bytes(moment):
    assert keep_picture(CONTENT, "png", now=moment()) == DIGEST
    picture = Picture.objects.get(digest=DIGEST)
    assert (bytes(picture.content), picture.extension, picture.created_at) == (CONTENT, "png", moment())


def test_picture_that_is_kept_again_stays_what_it_was(moment):
    keep_picture(CONTENT, "png", now=moment())
    assert keep_picture(CONTENT, "gif", now=moment(1)) == DIGEST
    picture = Picture.objects.get()
    assert (picture.extension, picture.created_at) == ("png", moment())


def test_different_bytes_are_different_pictures(moment):
    digests = {keep_picture(content, "png", now=moment()) for content in (CONTENT, CONTENT + b"\n")}
    assert set(Picture.objects.values_list("digest", flat=True)) == digests
    assert len(digests) == 2
