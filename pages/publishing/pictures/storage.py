"""Keeping pictures, each once, by the digest of its bytes; and which of them a text shows."""

import re
from collections.abc import Mapping
from datetime import datetime

from pages.models import Page, Picture, Revision
from pages.publishing.actors import Actor
from pages.publishing.pictures.encoding import EncodedPicture, encode_picture
from pages.publishing.version_writer import base_version, version_texts
from pages.text import source
from pages.text.pictures import find_picture_references

ADD_PICTURE = "add_picture"
# The address of an uploaded picture: its own name in a text, so that old versions keep theirs.
_ADDRESS = re.compile(r"/media/([0-9a-f]{64})")


def store_picture(content: bytes, extension: str, *, now: datetime) -> str:
    """Keep a picture's bytes as they are, and return their digest. The caller answers for what is in them."""
    digest = source.digest(content)
    Picture.objects.get_or_create(
        digest=digest, defaults={"extension": extension, "content": content, "created_at": now}
    )
    return digest


def published_pictures(page: Page, at: datetime) -> dict[str, str]:
    """Return the pictures that the page's newest version has in any language, by the references to them."""
    texts = version_texts(base_version(page, at)).values()
    return {reference: digest for text in texts for reference, digest in text.pictures.items()}


def body_pictures(body: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return the pictures that a body shows, by reference: those known, and those that were uploaded."""
    references = find_picture_references(body)
    uploaded = {name: found[1] for name in references if name not in known and (found := _ADDRESS.fullmatch(name))}
    kept = set(Picture.objects.filter(pk__in=uploaded.values()).values_list("pk", flat=True)) if uploaded else set()
    shown = {name: known.get(name) or uploaded.get(name) for name in references}
    return {name: digest for name, digest in shown.items() if digest and (name in known or digest in kept)}


def revision_pictures(revision: Revision, known: Mapping[str, str]) -> dict[str, str]:
    """Return the pictures that a revision's text shows."""
    return body_pictures(source.extract_body(bytes(revision.source)), known)


def upload_picture(content: bytes, *, by: Actor, now: datetime) -> tuple[str, EncodedPicture]:
    """Keep an uploaded picture, encoded anew; return its reference for a text, and what was kept.

    Raises ValidationError, which says why a file cannot be taken, and PermissionDenied.
    """
    by.require(ADD_PICTURE)
    encoded = encode_picture(content)
    return f"/media/{store_picture(encoded.content, encoded.extension, now=now)}", encoded
