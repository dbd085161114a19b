"""SiteCounter: the one row that says how far the site has come; ShownEverywhere: rows whose every change raises it."""

from django.db import models, transaction
from django.utils import timezone


class SiteCounterQuerySet(models.QuerySet):
    """Ways to the one row."""

    def get_locked(self):
        """Return the row, made if missing, locked until the transaction ends: the log has one writer at a time."""
        self.get_or_create(pk=1)
        return self.select_for_update().get(pk=1)

    def advance(self, moment):
        """Say that what readers may see has changed at the moment."""
        self.get_locked().advance(moment)


class SiteCounter(models.Model):
    """Raised by every change that readers may see; it also holds the head of the publication log."""

    value = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    last_record = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    objects = SiteCounterQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="site_counter_single_row")]

    def __str__(self):
        return f"{self.value}"

    def advance(self, moment):
        """Save the locked row with its value raised by one; the moment of the last change never steps back."""
        self.value += 1
        self.changed_at = max(moment, self.changed_at or moment)
        self.save(update_fields=["value", "changed_at", "last_record", "head"])


class SiteWideQuerySet(models.QuerySet):
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


class SiteWideModel(models.Model):
    """What readers see of it changes with its own save and delete: nobody else has to know."""

    objects = SiteWideQuerySet.as_manager()

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
        SiteCounter.objects.advance(timezone.now())
    return result
