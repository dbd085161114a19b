"""Blob: bytes that history refers to by their digest: texts, pictures, notes, reasons, names."""

import secrets

from django.db import models

from pages.models.content_field import ContentField
from pages.text.source import digest


class BlobQuerySet(models.QuerySet):
    def with_stored_bytes(self):
        """Annotate the contents as they are stored, perhaps compressed, and do not read them otherwise."""
        stored = models.ExpressionWrapper(models.F("content"), output_field=models.BinaryField(null=True))
        return self.defer("content").annotate(stored=stored)

    def delete_unreferenced(self, digests):
        """Delete those of the blobs with these digests that no revision and no picture has."""
        # `delete` would first look for rows that refer to these, which the filter has excluded.
        self.filter(pk__in=digests, revisions=None, picture=None)._raw_delete(self.db)


class Blob(models.Model):
    """The bytes with a digest: the SHA-256 of salt and content, in hexadecimal. Insert-only.

    Short texts have a salt, so that nobody can guess one from its digest when it was redacted: then the row has neither
    content nor salt.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    salt = models.BinaryField(default=b"")
    content = ContentField(null=True)

    objects = BlobQuerySet.as_manager()

    def __str__(self):
        return self.digest[:12]

    @classmethod
    def of(cls, content: bytes, *, salt: bytes = b"") -> "Blob":
        """Return the unsaved blob of some bytes."""
        return cls(digest=digest(salt + content), salt=salt, content=content)

    @classmethod
    def of_text(cls, text: str) -> "Blob":
        """Return the unsaved blob of a short text, with a new salt."""
        return cls.of(text.encode(), salt=new_salt())

    @property
    def is_redacted(self) -> bool:
        return self.content is None

    @property
    def is_intact(self) -> bool:
        """Tell whether the digest is that of the content. A redacted blob has nothing to compare."""
        return self.is_redacted or self.of(bytes(self.content), salt=bytes(self.salt)).digest == self.digest

    @property
    def text(self) -> str:
        """The content as a text, "" if it was redacted."""
        return decode_text(self.content)


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def decode_text(content: bytes | memoryview | None) -> str:
    """Return the content of a short text, "" for None: there is no text, or it was redacted."""
    return bytes(content).decode() if content is not None else ""
