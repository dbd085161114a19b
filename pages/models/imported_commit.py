"""ImportedCommit: an imported git commit, with everything that exporting it again needs."""

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _

from pages.models.blob import Blob, new_salt

METADATA_FIELDS = ("author_name", "author_email", "author_date", "committer_name", "committer_email", "committer_date")


class ImportedCommit(models.Model):
    """The metadata of a commit, as git stores it. Insert-only.

    `metadata` holds author, committer and message; see `build_metadata`. `files` maps the path of each text file that
    the commit changed to the page's uuid and the language, or to None if the commit deleted the file. `site_structure`
    is the structure of the site, set only where the commit changed it.
    """

    commit_id = models.CharField(_("commit"), max_length=64, unique=True)
    metadata = models.ForeignKey("pages.Blob", models.PROTECT, related_name="+", verbose_name=_("author and message"))
    files = models.JSONField(_("files"), default=dict)
    site_structure = models.JSONField(_("structure"), null=True)

    class Meta:
        verbose_name = _("imported commit")
        verbose_name_plural = _("imported commits")
        ordering = ["pk"]

    def __str__(self):
        return self.commit_id[:12]

    @property
    def people(self) -> dict[str, str]:
        """Author and committer by `METADATA_FIELDS`: name, e-mail, and seconds since 1970 with the time zone."""
        values = self._metadata_parts()[:-1]
        return dict(zip(METADATA_FIELDS, (value.decode() for value in values), strict=True))

    @property
    def message(self) -> bytes:
        return self._metadata_parts()[-1]

    def _metadata_parts(self) -> list[bytes]:
        # Nothing is left of them if they were redacted.
        content = bytes(self.metadata.content or b"\0" * len(METADATA_FIELDS))
        return content.split(b"\0", len(METADATA_FIELDS))


def build_metadata(people: Sequence[str], message: bytes) -> Blob:
    """Return the unsaved blob of people, in the order of `METADATA_FIELDS`, and message, separated by NUL."""
    return Blob.of(b"\0".join([*(value.encode() for value in people), message]), salt=new_salt())
