"""Picture: an image by the digest of its content."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pages.models.version_text import VersionText

# What browsers show, and nothing that they would run outside the sandbox that SVG is served in.
CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
}


class PictureQuerySet(models.QuerySet):
    """Which pictures there are to see."""

    def public(self, digest):
        """Return the picture of a digest if a version has it, whatever became of that: readers can still read it."""
        # Given as a value: compared with the outer row, twenty thousand texts would take a hundred times as long.
        return self.filter(models.Exists(VersionText.objects.filter(pictures__icontains=digest)), digest=digest)


class Picture(models.Model):
    """The bytes of an image. Its address names its digest, so a version keeps its pictures for ever. Never updated."""

    digest = models.CharField(_("digest"), max_length=64, primary_key=True)
    extension = models.CharField(_("kind"), max_length=5, choices=[(name, name) for name in CONTENT_TYPES])
    content = models.BinaryField(_("content"))
    created_at = models.DateTimeField(_("saved"))

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self):
        return f"{self.digest[:12]}.{self.extension}"

    def get_absolute_url(self):
        """Return the address, the same in every language."""
        return reverse("picture", args=[self.digest])
