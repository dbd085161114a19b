"""Storing pictures, each once by the digest of its bytes, and finding the pictures of a text."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pages.models import Blob, Page, Picture, Revision
from pages.publishing.actors import Actor
from pages.publishing.pictures.encoding import EncodedPicture, encode_picture
from pages.publishing.version_writer import base_version, version_texts
from pages.text import source
from pages.text.pictures import find_picture_references

ADD_PICTURE = "add_picture"
# The URL of a picture contains its digest. Texts refer to uploaded pictures by it, so old versions keep theirs.
_PICTURE_URL = re.compile(r"/media/([0-9a-f]{64})")


def store_picture(content: bytes, extension: str, *, now: datetime) -> str:
    """Store the bytes of a picture unchanged, and return their digest. The caller must have checked the content."""
    blob = Blob.of(content)
    Blob.objects.bulk_create([blob], ignore_conflicts=True)
    Picture.objects.get_or_create(blob=blob, defaults={"extension": extension, "created_at": now})
    return blob.digest


def validate_not_redacted(content: bytes) -> None:
    """Raise ValidationError for a picture that was redacted: nothing would be stored of it."""
    if Blob.objects.filter(pk=source.digest(content), content=None).exists():
        raise ValidationError(_("This picture was removed from this site for ever. Choose another one."))


def published_pictures(page: Page, at: datetime) -> dict[str, str]:
    """Return the digests of the pictures in the page's newest version, in all languages, by reference."""
    texts = version_texts(base_version(page)).values()
    return {reference: digest for text in texts for reference, digest in text.pictures.items()}


def body_pictures(body: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return the digests of the pictures that a body shows, by reference: known pictures and uploaded ones."""
    return find_stored_pictures(find_picture_references(body), known)


def find_stored_pictures(references: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the digests of known pictures and uploaded ones by reference; references to others are left out."""
    uploaded = {
        reference: match[1]
        for reference in references
        if reference not in known and (match := _PICTURE_URL.fullmatch(reference))
    }
    pictures = Picture.objects.filter(pk__in=uploaded.values()).exclude(blob__content=None)
    stored = set(pictures.values_list("pk", flat=True)) if uploaded else set()
    digests = {reference: known.get(reference) or uploaded.get(reference) for reference in references}
    return {
        reference: digest
        for reference, digest in digests.items()
        if digest and (reference in known or digest in stored)
    }


def revision_pictures(revision: Revision, known: Mapping[str, str]) -> dict[str, str]:
    """Return the digests of the pictures in a revision's text, by reference."""
    return body_pictures(source.extract_body(revision.source), known)


def upload_picture(content: bytes, *, by: Actor, now: datetime) -> tuple[str, EncodedPicture]:
    """Re-encode and store an uploaded picture; return the URL by which a text can refer to it, and the picture.

    Raises ValidationError if the file cannot be used, PermissionDenied.
    """
    by.require(ADD_PICTURE)
    encoded = encode_picture(content)
    validate_not_redacted(encoded.content)
    return f"/media/{store_picture(encoded.content, encoded.extension, now=now)}", encoded
