"""Version: a publication of a page."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from pages.models.publication_record import END_OF_TIME, PublicationRecord


class VersionQuerySet(models.QuerySet):
    """The state of versions at a time. These rules are written here only, for all views and exports."""

    def cancelled(self, at):
        return self.filter(Exists(PublicationRecord.objects.cancellations(at).filter(version=OuterRef("pk"))))

    def not_cancelled(self, at):
        return self.filter(~Exists(PublicationRecord.objects.cancellations(at).filter(version=OuterRef("pk"))))

    def in_force(self, at):
        """Return each page's version in force: the highest number that is effective and not cancelled at a time."""
        return self.filter(pk=Subquery(highest_in_force(OuterRef("page"), at)))

    def upcoming(self, at):
        """Return the versions that will come into force: not cancelled, and not superseded before they do.

        These are the announced ones, and those published while the clock was ahead. A cancellation counts as soon as
        it is recorded: the clock can have been ahead then too.
        """
        return self.taking_effect().filter(effective_at__gt=at)

    def taking_effect(self):
        """Return the versions that came or will come into force: neither cancelled, nor superseded before they do."""
        return self.filter(~Exists(_superseding(END_OF_TIME))).not_cancelled(END_OF_TIME)

    def came_into_force(self, at):
        """Return the versions that came into force by a time: neither cancelled nor superseded while upcoming.

        Of versions with the same effective date all are returned, though only the highest number stayed in force.
        """
        superseded_while_upcoming = Q(effective_at__gt=F("published_at")) & Exists(_superseding(at))
        return self.not_cancelled(at).filter(~superseded_while_upcoming, effective_at__lte=at)


def highest_in_force(page, at):
    """Return the key of the version in force of a page, for a subquery."""
    effective = Version.objects.filter(page=page, effective_at__lte=at).not_cancelled(at)
    return effective.order_by("-number").values("pk")[:1]


def _superseding(at):
    """Return the versions that supersede the outer query's version: higher numbers that take effect no later."""
    higher = Version.objects.filter(
        page=OuterRef("page"), number__gt=OuterRef("number"), effective_at__lte=OuterRef("effective_at")
    )
    return higher.not_cancelled(at)


class Version(models.Model):
    """A numbered publication, which readers can cite and open for ever. Insert-only."""

    # No index of its own: it is the first column of the unique constraint.
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
        # For the last and the next effective time of the site, which every request asks for.
        indexes = [models.Index(fields=["effective_at"], name="version_effective_at")]

    def __str__(self):
        return f"{self.page} v{self.number}"
