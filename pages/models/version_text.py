"""VersionText: the text of a version in one language."""

from datetime import datetime

from django.db import models
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.base import ModelState
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from pages.models.blob import decode_text
from pages.models.publication_record import PublicationRecord
from pages.models.significance import Significance

# An expression on texts of versions.
IS_REDACTED = ExpressionWrapper(Q(revision__blob__content=None), BooleanField())


class VersionTextQuerySet(models.QuerySet):
    def that_readers_get(self, language):
        """Return the texts that a reader of a language can get: a list need not load all languages of its pages."""
        source_language = F("version__page__source_language")
        source = VersionText.objects.filter(version=OuterRef("version"), language=source_language)
        return self.filter(Q(language=language) | Q(language=source_language) | ~Exists(source))

    def with_counted_significance(self, at):
        """Annotate the significance, with corrections up to a time, as `counted_significance`."""
        corrections = PublicationRecord.objects.significance_corrections(at).order_by("-number")
        newest = corrections.filter(version=OuterRef("version"), language=OuterRef("language")).values("significance")
        return self.annotate(counted_significance=Coalesce(Subquery(newest[:1]), "significance"))

    def with_counted_note(self, at):
        """Annotate the bytes of the change note, with corrections up to a time, and the language that it names."""
        corrections = PublicationRecord.objects.note_corrections(at).order_by("-number")
        newest = corrections.filter(version=OuterRef("version"), language=OuterRef("language"))[:1]
        return self.annotate(
            corrected_note=Subquery(newest.values("note__content")),
            counted_note=Coalesce("corrected_note", "note__content"),
            # A correction is in the language of the text.
            counted_note_language=Case(When(corrected_note=None, then="note_language"), default=Value("")),
        )

    def with_modified_at(self, at):
        """Annotate when a language was last updated, with corrections up to a time, as `modified_at`.

        This is the effective date of the newest major text in the versions that this one builds on, or in itself.
        """
        return self.annotate(modified_at=self._last_update(at, "version__effective_at"))

    def with_updated_in(self, at):
        """Annotate the number of the version in which a language was last updated, as `updated_in`."""
        return self.annotate(updated_in=self._last_update(at, "version__number"))

    @staticmethod
    def _last_update(at, column):
        published_at = OuterRef(OuterRef("version__published_at"))
        cancelled = PublicationRecord.objects.cancellations(published_at).filter(version=OuterRef("version"))
        earlier = VersionText.objects.filter(
            ~Exists(cancelled) | Q(version=OuterRef("version")),
            version__page=OuterRef("version__page"),
            version__number__lte=OuterRef("version__number"),
            language=OuterRef("language"),
        )
        major = earlier.with_counted_significance(at).filter(counted_significance=Significance.MAJOR)
        newest = major.order_by("-version__number").values(column)[:1]
        # A first text is major, even if its significance was corrected.
        first = earlier.order_by("version__number").values(column)[:1]
        return Coalesce(Subquery(newest), Subquery(first))


class VersionText(models.Model):
    """One row per language. Insert-only.

    An unchanged text has the revision and pictures of the version that this one was compared with.
    """

    # No index of its own: it is the first column of the unique constraint.
    version = models.ForeignKey(
        "pages.Version", models.PROTECT, related_name="texts", db_index=False, verbose_name=_("version")
    )
    language = models.CharField(_("language"), max_length=20)
    revision = models.ForeignKey("pages.Revision", models.PROTECT, related_name="+", verbose_name=_("revision"))
    significance = models.CharField(_("significance"), max_length=10, choices=Significance.choices)
    note = models.ForeignKey(
        "pages.Blob", models.PROTECT, null=True, db_column="note", related_name="+", verbose_name=_("change note")
    )
    note_language = models.CharField(
        _("language of the change note"),
        max_length=20,
        blank=True,
        default="",
        help_text=_("Empty: that of the text. A commit message is in one language, which can be unknown (und)."),
    )
    based_on = models.PositiveIntegerField(
        _("reflects version"),
        null=True,
        blank=True,
        help_text=_("The version whose source text this translation reflects."),
    )
    pictures = models.JSONField(_("pictures"), default=dict, blank=True)

    # Annotated by the QuerySet.
    counted_significance: str
    modified_at: datetime
    updated_in: int
    corrected_note: bytes | None
    counted_note: bytes | None
    counted_note_language: str
    is_redacted: bool

    objects = VersionTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a version")
        verbose_name_plural = _("texts of versions")
        ordering = ["version", "language"]
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="version_text_unique_language")]

    def __str__(self):
        return f"v{self.version.number} {self.language}"

    def carried_over(self) -> "VersionText":
        """Return the unsaved row of the next version of the page if that does not change this text.

        A version of many languages has many of them, and a constructor takes ten times as long as a copy.
        """
        row = VersionText.__new__(VersionText)
        row._state = ModelState()
        row._state.fields_cache["revision"] = self.revision
        row.__dict__ |= _NEW_ROW | {
            "language": self.language,
            "revision_id": self.revision.pk,
            "based_on": self.based_on,
            "pictures": self.pictures,
        }
        return row

    @property
    def is_corrected(self):
        return self.counted_significance != self.significance

    @property
    def counted_significance_label(self):
        return Significance(self.counted_significance).label

    @property
    def change_note(self) -> str:
        return self.note.text if self.note else ""

    @property
    def is_note_corrected(self) -> bool:
        return self.corrected_note is not None

    @property
    def counted_change_note(self) -> str:
        return decode_text(self.counted_note)

    @property
    def language_of_note(self) -> str:
        return self.note_language or self.language


# The columns of a row that is made without the constructor.
_NEW_ROW = {
    "id": None,
    "version_id": None,
    "significance": Significance.UNCHANGED,
    "note_id": None,
    "note_language": "",
}
