"""Handover: a text is finished, or it needs more work."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.models.blob import new_salt
from pages.models.compiled_query import CompiledQuery
from pages.models.revision import Revision
from pages.models.significance import Significance
from pages.models.version_text import VersionText
from pages.text.source import digest


class HandoverKind(models.TextChoices):
    READY = "ready", pgettext_lazy("hand-over", "ready")
    SENT_BACK = "sent back", pgettext_lazy("hand-over", "sent back")


class HandoverQuerySet(models.QuerySet):
    def current(self):
        """Return the handovers that count: the newest one of each draft, if nobody has saved the draft since.

        A text that was sent back and then published all the same waits for nobody any more.
        """
        later = Handover.objects.filter(revision=OuterRef("revision"), pk__gt=OuterRef("pk"))
        is_new = ~Q(significance=Significance.UNCHANGED) | Q(based_on=F("version__number"))
        published = VersionText.objects.filter(
            is_new, revision=OuterRef("revision"), version__published_at__gte=OuterRef("at")
        )
        head = (
            Revision.objects.filter(
                is_draft_head=True, page=OuterRef("revision__page"), language=OuterRef("revision__language")
            )
            .order_by("-pk")
            .values("pk")[:1]
        )
        is_finished = Q(kind=HandoverKind.SENT_BACK) & Exists(published)
        return self.filter(~Exists(later), ~is_finished, revision=Subquery(head))

    def with_marked_by(self):
        """Annotate the key of the account that marked the text as ready last, as `marked_by`.

        Of a text that was sent back, that is before it was. None if there is no such account, or it is inactive.
        """
        marks = Handover.objects.filter(revision=OuterRef("revision"), kind=HandoverKind.READY)
        earlier = marks.filter(pk__lte=OuterRef("pk")).order_by("-pk")
        account = Case(When(person__is_active=True, then="person"))
        return self.annotate(marked_by=Subquery(earlier.annotate(account=account).values("account")[:1]))

    def by_language(self, page):
        """Return the handovers of a page that count, by language."""
        # Most pages have none.
        keys = [key for (key,) in _current_of_page.rows(page.pk)]
        rows = self.filter(pk__in=keys).select_related("revision") if keys else ()
        return {row.revision.language: row for row in rows}


_current_of_page = CompiledQuery(
    lambda page: Handover.objects.current().filter(revision__page=page).order_by().values_list("pk")
)


class Handover(models.Model):
    """Somebody says that a saved text is ready to be published, or a publisher returns it. Insert-only.

    It counts while its revision is the draft, so saving a change clears it. It is not in the publication log. The
    account is forgotten when it is deleted, and the message can be redacted: then the digest is all that is left of it.
    """

    revision = models.ForeignKey("pages.Revision", models.CASCADE, related_name="handovers", verbose_name=_("revision"))
    kind = models.CharField(_("kind"), max_length=10, choices=HandoverKind.choices)
    # Of a text in the source language, its own.
    source_digest = models.CharField(
        _("digest of the source text"), max_length=64, help_text=_("The source text that the translation reflects.")
    )
    by = models.CharField(_("by"), max_length=300)
    # NULL for a command, and after the account was deleted.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("account")
    )
    at = models.DateTimeField(_("time"))
    message = models.TextField(_("message"), blank=True)
    salt = models.BinaryField(default=b"")
    message_digest = models.CharField(
        _("digest of the message"),
        max_length=64,
        blank=True,
        help_text=_("Of the salt and the message; empty without."),
    )

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.revision}: {self.kind}"

    def set_message(self, message: str) -> None:
        """Set the message with a new salt. Nobody can guess a message from its digest when it was redacted."""
        self.message, self.salt = message, new_salt() if message else b""
        self.message_digest = digest(self.salt + message.encode()) if message else ""

    @property
    def is_redacted(self) -> bool:
        """Tell whether the message was redacted."""
        return bool(self.message_digest) and not self.message

    @property
    def is_ready(self) -> bool:
        return self.kind == HandoverKind.READY
