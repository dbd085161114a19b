"""Redacting a text, a picture, a change note, a reason or the message of a handover, which only a superuser can do."""

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.admin.permissions import actor_of
from pages.admin.publishing.actions import ActionForm, action_view
from pages.admin.publishing.changes_since import describe_redaction_of
from pages.admin.publishing.confirmed_form import ConfirmedForm
from pages.languages import interface_language
from pages.models import Page
from pages.presentation.editors.redaction_preview import describe_redaction
from pages.publishing.freed_space import rewrite_database
from pages.publishing.records import PublicationConflict
from pages.publishing.redactable_contents import content_digests, find_content, find_obstacles
from pages.publishing.redactions import (
    NothingToRedact,
    read_redactable,
    redact,
    redactable_digests,
    require_redactable,
)


class RedactForm(ActionForm):
    """Why a short text is erased for ever."""

    conflicts = (PublicationConflict, NothingToRedact)
    title = _("Redact")
    explanation = _(
        "This text is erased for ever, and nobody can bring it back: “%(text)s”. The publication log keeps its digest "
        "and says that it was redacted. Backups keep the text until they are deleted."
    )
    button = _("Erase for ever")
    done = _("The text is redacted.")
    next_page = "history"
    reason = forms.CharField(
        label=_("Why is it redacted?"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("For the publication log. Readers do not see it. Do not repeat what is redacted."),
    )

    def __init__(self, data, *, page: Page, digest: str):
        if digest not in redactable_digests(page):
            raise Http404
        self.digest = digest
        super().__init__(data, page=page)
        try:
            self.names, self.is_possible = {"text": read_redactable(digest)}, True
        except NothingToRedact:
            self.names, self.is_possible = {"text": ""}, False

    def changes_since_opened(self):
        return [*super().changes_since_opened(), *describe_redaction_of(self.digest)]

    def operate(self, *, expected_record: int, **options):
        return redact([self.digest], reasons={interface_language(): self.cleaned_data["reason"]}, **options)


class RedactContentForm(ConfirmedForm, RedactForm):
    """Why a text of the page or a picture is erased for ever. It is asked once more before that is done."""

    title = _("Redact a text or picture")
    explanation = _("Nobody can bring back what is erased here.")
    button = _("Erase for ever…")
    confirm_button = _("Erase for ever")
    # What has to be done before.
    obstacles: Sequence[str] = ()

    def __init__(self, data, *, page: Page, digest: str):
        if digest not in content_digests(page):
            raise Http404
        ActionForm.__init__(self, data, page=page)
        self.digest, self.content, self.is_rewritten = digest, find_content(digest), False
        if self.content:
            self.obstacles = find_obstacles(digest, timezone.now())
            self.notes = () if self.obstacles else describe_redaction(self.content)
        self.is_possible = bool(self.content) and not self.obstacles

    @property
    def done(self):
        done = _("The picture is redacted.") if self.content and self.content.is_picture else _("The text is redacted.")
        if self.is_rewritten:
            return done
        freed = _(
            "The database can still hold its bytes in freed space: see “Redact” in the guide to operating the site."
        )
        return f"{done} {freed}"

    def build_preview(self, *, now: datetime, **options):
        contents = require_redactable([self.digest], now)
        self.notes = ()
        return [sentence for content in contents for sentence in describe_redaction(content)]

    def operate(self, **options):
        record = super().operate(**options)
        self.is_rewritten = rewrite_database()
        return record


_show = action_view(RedactForm)
_show_content = action_view(RedactContentForm)


def redact_view(model_admin, request, page: Page, digest: str):
    """Show the form to a superuser, or redact the text or picture."""
    actor_of(request.user).require_superuser()
    show = _show if digest in redactable_digests(page) else _show_content
    return show(model_admin, request, page, digest=digest)
