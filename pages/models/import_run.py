"""ImportRun: an import of a source, how the source was read, what was planned, and how much was done."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pages.models.blob import new_salt


class ImportRunQuerySet(models.QuerySet):
    def interrupted(self):
        """Return the runs that have not ended: an import is still at work, or was interrupted."""
        return self.filter(ended_at=None)

    def ended(self):
        return self.exclude(ended_at=None)


class ImportRun(models.Model):
    """One import. Its report is in `lines`; everything is written in the transaction of the batch that it is about.

    `source` is the name of the folder or repository, without the folders above it: those may be private.
    `options` says how the source is read, `plan` what was announced before the first write. `counts` has the numbers of
    the report by name. A run that was interrupted is continued by the next import of the same source.
    """

    source = models.CharField(_("source"), max_length=300)
    options = models.JSONField(_("options"), default=dict)
    plan = models.JSONField(_("plan"), default=dict)
    counts = models.JSONField(_("counts"), default=dict)
    by = models.CharField(_("by"), max_length=300)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    # Of the digest of the report, which can name drafts.
    salt = models.BinaryField(default=new_salt)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.pk} {self.source}"
