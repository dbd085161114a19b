"""ImportedCommit: an imported git commit, with everything that exporting it again needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedCommit(models.Model):
    """The metadata of a commit, as git stores it. Insert-only.

    `files` maps the path of each text file that the commit changed to the page's uuid and the language, or to None if
    the commit deleted the file. `site_structure` is the structure of the site, set only where the commit changed it.
    """

    commit_id = models.CharField(_("commit"), max_length=64, unique=True)
    author_name = models.CharField(_("author"), max_length=300, blank=True)
    author_email = models.CharField(_("author's e-mail"), max_length=300, blank=True)
    author_date = models.CharField(
        _("author's date"),
        max_length=60,
        blank=True,
        help_text=_("Seconds since 1970 and the time zone, as stored in git."),
    )
    committer_name = models.CharField(_("committer"), max_length=300, blank=True)
    committer_email = models.CharField(_("committer's e-mail"), max_length=300, blank=True)
    committer_date = models.CharField(_("committer's date"), max_length=60, blank=True)
    message = models.BinaryField(_("message"))
    files = models.JSONField(_("files"), default=dict)
    site_structure = models.JSONField(_("structure"), null=True)

    class Meta:
        verbose_name = _("imported commit")
        verbose_name_plural = _("imported commits")
        ordering = ["pk"]

    def __str__(self):
        return self.commit_id[:12]
