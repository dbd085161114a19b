"""EditingSession: who has the form of a page open, and the text that is not saved yet."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pages.text.fields import FIELD_NAMES, Fields

# The form says every minute that it is open.
PRESENT_FOR = timedelta(minutes=2)
UNSAVED_TEXT_KEPT_FOR = timedelta(days=30)


class EditingSessionQuerySet(models.QuerySet):
    def with_text(self, at):
        """Return the sessions with an unsaved text that is to be kept at a time."""
        return self.filter(unsaved_at__gt=at - UNSAVED_TEXT_KEPT_FOR)

    def present(self, at):
        """Return the sessions of people who have the page open."""
        return self.filter(seen_at__gt=at - PRESENT_FOR)

    def expired(self, at):
        """Return the sessions that are of no use any more: unsaved texts that are too old, and people who have left."""
        has_left = Q(unsaved_at=None, seen_at__lte=at - PRESENT_FOR)
        return self.filter(has_left | Q(unsaved_at__lte=at - UNSAVED_TEXT_KEPT_FOR))


class EditingSession(models.Model):
    """A language of a page in a form that a person has opened. It is no part of the history and of no public page.

    Without a page, the form is that of a page that does not exist yet. `unsaved_text` holds the fields by name, that of
    a new page also its place, and only its author may see it; without one, `unsaved_at` is None too. `base_revision` is
    the draft that the form was opened with, None if there was none. `form` names the opened form, so that two tabs, or
    yesterday's form and today's, do not overwrite each other. Rows come and go while people edit, without the site
    counter: readers' caches stay as they are.
    """

    # No index of its own: it is the first column of the constraint below.
    page = models.ForeignKey(
        "pages.Page", models.CASCADE, null=True, related_name="editing_sessions", db_index=False, verbose_name=_("page")
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    language = models.CharField(_("language"), max_length=20)
    form = models.UUIDField(_("form"))
    base_revision = models.ForeignKey(
        "pages.Revision", models.CASCADE, null=True, related_name="+", verbose_name=_("opened revision")
    )
    unsaved_text = models.JSONField(_("unsaved text"), null=True)
    unsaved_at = models.DateTimeField(_("unsaved text kept at"), null=True)
    seen_at = models.DateTimeField(_("seen"), db_index=True)

    objects = EditingSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("editing session")
        verbose_name_plural = _("editing sessions")
        # There is no view of the table, so nobody needs a permission for it.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["page", "person", "language", "form"], name="editing_session_of_form"),
            # The other one compares no NULLs.
            models.UniqueConstraint(
                fields=["person", "language", "form"],
                condition=Q(page=None),
                name="editing_session_of_new_page",
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.language}"

    @property
    def fields(self) -> Fields:
        """The unsaved text. A field that was declared later is empty."""
        return Fields(**{name: value for name, value in (self.unsaved_text or {}).items() if name in FIELD_NAMES})

    @property
    def place(self) -> dict[str, str]:
        """What was typed about where a new page is to be, by form field."""
        return dict((self.unsaved_text or {}).get("place", {}))
