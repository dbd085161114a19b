"""Handover: a text is finished, or it needs more work."""

from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.models.revision import Revision


class HandoverKind(models.TextChoices):
    READY = "ready", pgettext_lazy("hand-over", "ready")
    SENT_BACK = "sent back", pgettext_lazy("hand-over", "sent back")


class HandoverQuerySet(models.QuerySet):
    def current(self):
        """Return the handovers that count: the newest one of each draft, if nobody has saved the draft since."""
        later = Handover.objects.filter(revision=OuterRef("revision"), pk__gt=OuterRef("pk"))
        head = (
            Revision.objects.filter(
                is_draft_head=True, page=OuterRef("revision__page"), language=OuterRef("revision__language")
            )
            .order_by("-pk")
            .values("pk")[:1]
        )
        return self.filter(~Exists(later), revision=Subquery(head))

    def with_marked_by(self):
        """Annotate who marked the text as ready last, as `marked_by`: of a text that was sent back, before that."""
        marks = Handover.objects.filter(revision=OuterRef("revision"), kind=HandoverKind.READY)
        earlier = marks.filter(pk__lte=OuterRef("pk")).order_by("-pk")
        return self.annotate(marked_by=Subquery(earlier.values("by")[:1]))

    def by_language(self, page):
        """Return the handovers of a page that count, by language."""
        rows = self.current().filter(revision__page=page).select_related("revision")
        return {row.revision.language: row for row in rows}


class Handover(models.Model):
    """Somebody says that a saved text is ready to be published, or a publisher returns it. Insert-only.

    It counts while its revision is the draft, so saving a change clears it. It is not in the publication log.
    """

    revision = models.ForeignKey("pages.Revision", models.CASCADE, related_name="handovers", verbose_name=_("revision"))
    kind = models.CharField(_("kind"), max_length=10, choices=HandoverKind.choices)
    # Of a text in the source language, its own.
    source_digest = models.CharField(
        _("digest of the source text"), max_length=64, help_text=_("The source text that the translation reflects.")
    )
    by = models.CharField(_("by"), max_length=300)
    at = models.DateTimeField(_("time"))
    message = models.TextField(_("message"), blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.revision}: {self.kind}"

    @property
    def is_ready(self) -> bool:
        return self.kind == HandoverKind.READY
