"""ShownEverywhere: rows that stand on every page, so that a change of one is a change of the whole site."""

from django.db import models, transaction
from django.utils import timezone

from pages.models.site_counter import SiteCounter


class ShownEverywhereQuerySet(models.QuerySet):
    """Changes of many rows at once raise the site's counter too."""

    def update(self, **values):
        """Update, and raise the counter."""
        return _counted(super().update, **values)

    def delete(self):
        """Delete, and raise the counter."""
        return _counted(super().delete)

    def bulk_create(self, rows, *args, **options):
        """Insert, and raise the counter."""
        return _counted(super().bulk_create, rows, *args, **options)

    delete.alters_data = True
    delete.queryset_only = True


class ShownEverywhere(models.Model):
    """What readers see of it changes with its own save and delete: nobody else has to know."""

    objects = ShownEverywhereQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Save, and raise the site's counter."""
        _counted(super().save, *args, **kwargs)

    def delete(self, *args, **kwargs):
        """Delete, and raise the site's counter."""
        return _counted(super().delete, *args, **kwargs)


def _counted(change, *args, **kwargs):
    with transaction.atomic():
        result = change(*args, **kwargs)
        SiteCounter.objects.raise_by_one(timezone.now())
    return result
