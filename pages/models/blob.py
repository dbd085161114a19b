"""Blob: bytes that history refers to by their digest: texts and pictures."""

import hashlib

from django.db import models


class BlobQuerySet(models.QuerySet):
    def store(self, blobs):
        """Insert blobs, except those that are stored already."""
        # In small batches, because each holds the content of its rows in memory once more.
        self.bulk_create(blobs, batch_size=50, ignore_conflicts=True)

    def delete_unreferenced(self, digests):
        """Delete those of the blobs with these digests that no row refers to."""
        references = {relation.name: None for relation in Blob._meta.related_objects}
        # Without Django's search for rows to delete as well: there are none.
        self.filter(pk__in=digests, **references)._raw_delete(self.db)


class Blob(models.Model):
    """The bytes with a digest. Insert-only."""

    # SHA-256 of the content, in hexadecimal.
    digest = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    objects = BlobQuerySet.as_manager()

    def __str__(self):
        return self.digest[:12]

    @classmethod
    def of(cls, content: bytes) -> "Blob":
        """Return the unsaved blob of some bytes."""
        return cls(digest=hashlib.sha256(content).hexdigest(), content=content)
