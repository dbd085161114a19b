"""Version: a publication of a page."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from pages.models.publication_record import PublicationRecord


class VersionQuerySet(models.QuerySet):
    """What may be seen of a page's versions at a moment. Every door asks here and holds no rule of its own."""

    def published(self, at):
        """Return the versions that readers may know of at the moment: announced, in force, or past."""
        return self.filter(published_at__lte=at)

    def cancelled(self, at):
        """Return the versions that were cancelled by the moment."""
        return self.filter(Exists(PublicationRecord.objects.cancellations(at).filter(version=OuterRef("pk"))))

    def not_cancelled(self, at):
        """Return the versions that were not cancelled by the moment."""
        return self.filter(~Exists(PublicationRecord.objects.cancellations(at).filter(version=OuterRef("pk"))))

    def in_force(self, at):
        """Return each page's version in force: the highest number that is effective and not cancelled by the moment."""
        highest = (
            Version.objects.filter(page=OuterRef("page"), effective_at__lte=at)
            .not_cancelled(at)
            .order_by("-number")
            .values("pk")[:1]
        )
        return self.filter(pk=Subquery(highest))

    def upcoming(self, at):
        """Return the announced versions that wait for their moment and that no higher number overtakes."""
        overtaking = Version.objects.filter(
            page=OuterRef("page"), number__gt=OuterRef("number"), effective_at__lte=OuterRef("effective_at")
        )
        return (
            self.published(at)
            .filter(effective_at__gt=at)
            .not_cancelled(at)
            .filter(~Exists(overtaking.published(at).not_cancelled(at)))
        )

    def came_into_force(self, at):
        """Return the versions whose moment came by this one: none that was cancelled, or superseded while it waited.

        Of several that came in one moment each has, though only the highest number stayed.
        """
        overtaking = Version.objects.filter(
            page=OuterRef("page"), number__gt=OuterRef("number"), effective_at__lte=OuterRef("effective_at")
        )
        waited_in_vain = Q(effective_at__gt=F("published_at")) & Exists(overtaking.published(at).not_cancelled(at))
        return self.published(at).not_cancelled(at).filter(~waited_in_vain, effective_at__lte=at)


class Version(models.Model):
    """A numbered publication: readers can name it, cite it and come back to it. Never updated."""

    # The first column of another index.
    page = models.ForeignKey(
        "pages.Page", models.PROTECT, related_name="versions", db_index=False, verbose_name=_("page")
    )
    number = models.PositiveIntegerField(_("number"))
    published_at = models.DateTimeField(_("published"))
    effective_at = models.DateTimeField(_("in force from"))
    binding_language = models.CharField(_("binding language"), max_length=20, null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["page", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="version_unique_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_positive"),
            models.CheckConstraint(condition=Q(effective_at__gte=F("published_at")), name="version_not_retroactive"),
        ]

    def __str__(self):
        return f"{self.page_id} v{self.number}"
