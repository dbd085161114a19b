"""ImportLine: a line of the report of an import."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pages.text.messages import Message


class ImportLine(models.Model):
    """What is to be known about a file or a page. `kind` is one of `pages.publishing.importing.report_lines`.

    The same line of several commits is stored once: `count` is the number of commits. `ended_by` is the commit since
    which it is not true any more; it is empty while it is true, and without a history.
    """

    # No index of its own: it is the first column of the index below.
    run = models.ForeignKey(
        "pages.ImportRun", models.CASCADE, related_name="lines", db_index=False, verbose_name=_("import")
    )
    kind = models.CharField(_("kind"), max_length=30)
    subject = models.TextField(_("file or page"))
    stored_message = models.JSONField(_("message"))
    count = models.PositiveIntegerField(_("commits"), default=1)
    first_commit = models.CharField(_("first commit"), max_length=64, blank=True)
    last_commit = models.CharField(_("last commit"), max_length=64, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("line of an import report")
        verbose_name_plural = _("lines of import reports")
        ordering = ["pk"]
        indexes = [models.Index(fields=["run", "kind"], name="import_line_run")]

    def __str__(self):
        return f"{self.kind}: {self.subject}"

    @property
    def message(self) -> Message:
        return Message.from_stored(self.stored_message)
