"""PublicationRecord: the append-only log of publications and page events, a hash chain."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.models.blob import Blob
from pages.models.significance import Significance

# For questions about everything that is recorded, also with a clock that was ahead.
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class RecordKind(models.TextChoices):
    START = "start", _("site started")
    PUBLISH = "publish", _("published")
    CANCEL = "cancel", _("cancelled")
    WITHDRAW = "withdraw", _("withdrawn")
    BRING_BACK = "bring back", _("brought back")
    PLACE = "place", _("moved")
    CONFIRM = "confirm", _("translation confirmed")
    CORRECT = "correct", _("corrected")
    REVIEW = "review", _("reviewed")
    REDACT = "redact", _("redacted")
    COMMIT = "commit", _("commit imported")
    IMPORT = "import", _("imported")
    CLOCK = "clock", _("clock accepted")


class PublicationRecordQuerySet(models.QuerySet):
    def cancellations(self, at):
        """Return the cancellations up to a time."""
        return self.filter(kind=RecordKind.CANCEL, at__lte=at)

    def active_withdrawals(self, at):
        """Return the withdrawals in effect at a time: those not followed by a `BRING_BACK`, at most one per page."""
        ended = PublicationRecord.objects.filter(
            page=OuterRef("page"), kind=RecordKind.BRING_BACK, at__lte=at, number__gt=OuterRef("number")
        )
        return self.filter(kind=RecordKind.WITHDRAW, at__lte=at).filter(~Exists(ended))

    def confirmations(self, at):
        """Return the confirmations up to a time; `version` is the one whose source text the translation reflects."""
        return self.filter(kind=RecordKind.CONFIRM, at__lte=at)

    def significance_corrections(self, at):
        """Return the corrections of the significance of a text up to a time; others correct only the change note."""
        return self.filter(kind=RecordKind.CORRECT, at__lte=at).exclude(significance="")

    def note_corrections(self, at):
        """Return the corrections of the change note of a text up to a time; a redacted note corrects nothing."""
        return self.filter(kind=RecordKind.CORRECT, at__lte=at, note__content__isnull=False)


class PublicationRecord(models.Model):
    """A link of the chain. The hash covers `canonical`; the other columns repeat it for queries. Insert-only."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    kind = models.CharField(_("event"), max_length=12, choices=RecordKind.choices)
    at = models.DateTimeField(_("time"))
    recorded_at = models.DateTimeField(_("recorded"), help_text=_("What the clock showed when this was recorded."))
    canonical = models.TextField(_("canonical form"), help_text=_("JSON in the canonical form of RFC 8785."))
    hash = models.CharField(
        # With a context: Django translates its own "hash", that of a password.
        pgettext_lazy("publication record", "hash"),
        max_length=64,
        help_text=_("SHA-256 of the canonical form, in hexadecimal."),
    )
    # No index of their own: they are the first columns of the indexes below.
    page = models.ForeignKey(
        "pages.Page",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="records",
        db_index=False,
        verbose_name=_("page"),
    )
    version = models.ForeignKey(
        "pages.Version",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="records",
        db_index=False,
        verbose_name=_("version"),
    )
    commit = models.ForeignKey(
        "pages.ImportedCommit", models.PROTECT, null=True, blank=True, related_name="records", verbose_name=_("commit")
    )
    actor = models.ForeignKey("pages.Blob", models.PROTECT, related_name="+", verbose_name=_("by"))
    # Digests of blobs by language.
    reason_digests = models.JSONField(_("reason"), default=dict, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)
    text_digest = models.CharField(
        _("digest"), max_length=64, blank=True, help_text=_("The digest of the confirmed translation.")
    )
    significance = models.CharField(
        _("significance"),
        max_length=10,
        choices=Significance.choices,
        blank=True,
        help_text=_("The significance that a correction gives to the text of the version in this language."),
    )
    note = models.ForeignKey(
        "pages.Blob", models.PROTECT, null=True, db_column="note", related_name="+", verbose_name=_("change note")
    )

    objects = PublicationRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication record")
        verbose_name_plural = _("publication log")
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["version", "kind", "at"], name="publication_record_version"),
            models.Index(fields=["page", "kind", "number"], name="publication_record_page"),
            models.Index(fields=["at"], name="publication_record_at"),
        ]

    def __str__(self):
        return f"{self.number}"

    @property
    def actor_name(self) -> str:
        return self.actor.text

    @cached_property
    def reasons(self) -> dict[str, str]:
        """The reasons for readers, by language; those that were redacted are left out."""
        return read_reasons([self.reason_digests])[0] if self.reason_digests else {}


def read_reasons(reason_digests: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the reasons by language of several records, with one query."""
    digests = [digest for by_language in reason_digests for digest in by_language.values()]
    texts = {blob.pk: blob.text for blob in Blob.objects.filter(pk__in=digests)}
    return [
        {language: texts[digest] for language, digest in by_language.items() if texts.get(digest)}
        for by_language in reason_digests
    ]
