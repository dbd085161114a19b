"""PublicationRecord: the append-only log of everything that was published or taken back, each chained to the last."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What happened. Withdraw, bring back, move, confirm, import and redact have their place in the log as well."""

    PUBLISH = "publish", _("published")
    CANCEL = "cancel", _("cancelled")


class PublicationRecordQuerySet(models.QuerySet):
    """The events that the questions about versions fold in."""

    def cancellations(self, at):
        """Return the cancellations up to the moment."""
        return self.filter(kind=Kind.CANCEL, at__lte=at)


class PublicationRecord(models.Model):
    """A link of the chain. `canonical` is what the hash covers; the columns beside it can be erased one day."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    kind = models.CharField(_("event"), max_length=12, choices=Kind.choices)
    at = models.DateTimeField(_("moment"))
    canonical = models.TextField(_("canonical form"), help_text=_("JSON in the canonical form of RFC 8785."))
    hash = models.CharField(_("hash"), max_length=64, help_text=_("SHA-256 of the canonical form, in hexadecimal."))
    page = models.ForeignKey(
        "pages.Page", models.PROTECT, null=True, blank=True, related_name="records", verbose_name=_("page")
    )
    version = models.ForeignKey(
        "pages.Version", models.PROTECT, null=True, blank=True, related_name="records", verbose_name=_("version")
    )
    who = models.CharField(_("by"), max_length=300, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = PublicationRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication record")
        verbose_name_plural = _("publication log")
        ordering = ["-number"]
        indexes = [models.Index(fields=["version", "kind", "at"], name="record_of_a_version")]

    def __str__(self):
        return f"{self.number} {self.kind}"
