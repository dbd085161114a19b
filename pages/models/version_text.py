"""VersionText: the text of a version in one language."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Significance(models.TextChoices):
    """Whether readers need to know about a change (major) or not (minor)."""

    MAJOR = "major", _("major change")
    MINOR = "minor", _("minor change")
    UNCHANGED = "unchanged", _("unchanged")


class VersionText(models.Model):
    """One row per language. Insert-only.

    An unchanged text has the revision, pictures and `modified_at` of the version that this one was compared with.
    """

    # No index of its own: it is the first column of the unique constraint.
    version = models.ForeignKey(
        "pages.Version", models.PROTECT, related_name="texts", db_index=False, verbose_name=_("version")
    )
    language = models.CharField(_("language"), max_length=20)
    revision = models.ForeignKey("pages.Revision", models.PROTECT, related_name="+", verbose_name=_("revision"))
    significance = models.CharField(_("significance"), max_length=10, choices=Significance.choices)
    change_note = models.TextField(_("change note"), blank=True)
    based_on = models.PositiveIntegerField(
        _("reflects version"),
        null=True,
        blank=True,
        help_text=_("The version whose source text this translation reflects."),
    )
    modified_at = models.DateTimeField(_("last updated"))
    pictures = models.JSONField(_("pictures"), default=dict, blank=True)

    class Meta:
        verbose_name = _("text of a version")
        verbose_name_plural = _("texts of versions")
        ordering = ["version", "language"]
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="version_text_unique_language")]

    def __str__(self):
        return f"v{self.version.number} {self.language}"
