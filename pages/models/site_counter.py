"""SiteCounter: the row that counts public changes; SiteWideModel: the base of models of which every change counts."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone


class SiteCounterQuerySet(models.QuerySet):
    def get_locked(self):
        """Return the row, locked until the transaction ends, so that the log has one writer at a time."""
        locked = self.select_for_update().filter(pk=1)
        # `first` would sort. There is always a row, except in a new database.
        return next(iter(locked), None) or self._create_locked()

    def _create_locked(self):
        self.get_or_create(pk=1)
        return self.select_for_update().get(pk=1)

    def advance(self, at):
        """Record that public content changed at a time."""
        self.get_locked().advance(at)


class SiteCounter(models.Model):
    """Advanced by every public change, so that caches know when to expire. Also holds the latest hash of the log."""

    value = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    last_record = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    objects = SiteCounterQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="site_counter_single_row")]

    def __str__(self):
        return f"{self.value}"

    def advance(self, at):
        """Increase the value and save the row, which the caller must have locked."""
        self.value += 1
        # Clocks can step back; Last-Modified must not, and two changes must not share one, which counts in seconds.
        if self.changed_at is not None and at < self.changed_at:
            at = self.changed_at + timedelta(seconds=1)
        self.changed_at = at
        self.save(update_fields=["value", "changed_at", "last_record", "head"])


class SiteWideQuerySet(models.QuerySet):
    """A QuerySet whose bulk operations advance the site counter, because they do not call `save` or `delete`."""

    def update(self, **values):
        return _advancing(super().update, **values)

    def delete(self):
        return _advancing(super().delete)

    def bulk_create(self, rows, *args, **options):
        return _advancing(super().bulk_create, rows, *args, **options)

    delete.alters_data = True
    delete.queryset_only = True


class SiteWideModel(models.Model):
    """A model shown on many or all pages: every change of a row advances the site counter."""

    objects = SiteWideQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        _advancing(super().save, *args, **kwargs)

    def delete(self, *args, **kwargs):
        return _advancing(super().delete, *args, **kwargs)


def _advancing(change, *args, **kwargs):
    with transaction.atomic():
        result = change(*args, **kwargs)
        SiteCounter.objects.advance(timezone.now())
    return result
