"""PublicationRecord: the append-only log of everything that was published or taken back, each chained to the last."""

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What happened. Withdraw, bring back, move, confirm, import and redact have their place in the log as well."""

    PUBLISH = "publish", _("published")
    CANCEL = "cancel", _("cancelled")


class PublicationRecordQuerySet(models.QuerySet):
    """The events that the questions about versions fold in, and how much of the chain may be known."""

    def known(self, at):
        """Return the records up to the first whose moment is still to come: a chain with a gap could not be checked."""
        hidden = PublicationRecord.objects.filter(at__gt=at).order_by("number").values("number")[:1]
        return self.filter(number__lt=Coalesce(models.Subquery(hidden), models.Value(2**31 - 1)))

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
