"""Picture: an image, stored once by the digest of its bytes."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pages.models.site_settings import SiteSettings
from pages.models.version_text import VersionText

# SVG can contain scripts, so the view serves it sandboxed.
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
    def public(self, digest):
        """Return the picture with a digest if it is the site's logo, or if any version has it.

        A cancelled version counts too: its text stays readable.
        """
        # The digest is a value, not an OuterRef, which is a hundred times slower with twenty thousand texts.
        texts = VersionText.objects.filter(pictures__icontains=digest)
        is_shown = models.Q(models.Exists(texts)) | models.Exists(SiteSettings.objects.filter(logo=digest))
        return self.filter(is_shown, blob=digest)


class Picture(models.Model):
    """The bytes of an image. Its URL contains the digest, so old versions keep their pictures. Insert-only."""

    blob = models.OneToOneField(
        "pages.Blob",
        models.PROTECT,
        primary_key=True,
        db_column="digest",
        related_name="picture",
        verbose_name=_("content"),
    )
    extension = models.CharField(_("kind"), max_length=5, choices=[(name, name) for name in CONTENT_TYPES])
    created_at = models.DateTimeField(_("saved"))

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self):
        return f"{self.blob_id[:12]}.{self.extension}"

    def get_absolute_url(self):
        """Return the URL, which is the same in every language."""
        return reverse("picture", args=[self.blob_id])

    @property
    def content(self) -> bytes:
        return bytes(self.blob.content or b"")
