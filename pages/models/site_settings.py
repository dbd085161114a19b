"""SiteSettings: the site's name and its notice."""

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.models.site_counter import SiteCounter


class SiteSettings(models.Model):
    """What every page of the site shows. There is one row."""

    name = models.CharField(_("site name"), max_length=100, blank=True)
    notice = models.TextField(
        _("notice"), blank=True, help_text=_("Shown on top of every page; leave it empty for none. Plain text.")
    )

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="site_settings_are_one_row")]

    def __str__(self):
        return str(_("Site settings"))

    def save(self, *args, **kwargs):
        """Save the one row and raise the site's counter, so that readers see the change."""
        self.pk = 1
        with transaction.atomic():
            super().save(*args, **kwargs)
            SiteCounter.objects.raise_by_one(timezone.now())

    def delete(self, *args, **kwargs):
        """Delete the row and raise the site's counter, so that readers see the change."""
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            SiteCounter.objects.raise_by_one(timezone.now())
        return deleted
