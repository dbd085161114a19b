"""Revision: the text of a page in one language, as it was saved."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pages.models.blob import new_salt
from pages.models.text_columns import TextColumns
from pages.text import source
from pages.text.fields import Fields, front_matter_values

EMPTY_DIGEST = source.digest(b"")


class RevisionQuerySet(models.QuerySet):
    def drafts(self):
        """Return the current draft of each page and language: the newest revision with `is_draft_head`."""
        newest = (
            Revision.objects.filter(
                is_draft_head=True, page=models.OuterRef("page"), language=models.OuterRef("language")
            )
            .order_by("-pk")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(newest))


class Revision(TextColumns):
    """The exact bytes of a text, and the fields parsed from them for lists. Insert-only.

    The column of a field that was declared later is NULL in older rows.
    """

    # No index of its own: it is the first column of the index below.
    page = models.ForeignKey(
        "pages.Page", models.CASCADE, related_name="revisions", db_index=False, verbose_name=_("page")
    )
    language = models.CharField(_("language"), max_length=20)
    # The column holds the digest of the source.
    blob = models.ForeignKey(
        "pages.Blob", models.PROTECT, db_column="digest", related_name="revisions", verbose_name=_("source")
    )
    # Of the digest of the fields: see `pages.history.record_format`.
    salt = models.BinaryField(default=new_salt)
    file_name = models.CharField(_("file name"), max_length=1000, blank=True)
    author = models.CharField(_("author"), max_length=300)
    created_at = models.DateTimeField(_("saved"))
    is_draft_head = models.BooleanField(
        _("saved as the draft"),
        default=True,
        help_text=_(
            "Off for a text that has never been the draft: an import or a revert stored it without changing the draft."
        ),
    )

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["page", "language", "-id"], name="revision_page_language")]

    def __str__(self):
        return f"r{self.pk} {self.language}"

    @property
    def digest(self) -> str:
        """SHA-256 of the source, in hexadecimal."""
        return self.blob_id

    @property
    def is_redacted(self) -> bool:
        return self.blob.is_redacted

    @property
    def source(self) -> bytes:
        # Nothing is left of a text that was redacted.
        return bytes(self.blob.content or b"")

    @property
    def fields(self) -> Fields:
        """The fields as they were parsed when the revision was saved, and the body."""
        return Fields(**front_matter_values(self), body=source.extract_body(self.source))

    @property
    def is_empty(self) -> bool:
        """Tell whether this revision removed the text of the language."""
        return self.blob_id == EMPTY_DIGEST
