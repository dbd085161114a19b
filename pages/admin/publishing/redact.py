"""Redacting a change note, a reason or the message of a handover, which only a superuser can do."""

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from pages.admin.permissions import actor_of
from pages.admin.publishing.actions import ActionForm, action_view
from pages.languages import interface_language
from pages.models import Page
from pages.publishing.records import PublicationConflict
from pages.publishing.redactions import NothingToRedact, read_redactable, redact, redactable_digests


class RedactForm(ActionForm):
    """Why a text is erased for ever."""

    conflicts = (PublicationConflict, NothingToRedact)
    title = _("Redact")
    explanation = _(
        "This text is erased for ever, and nobody can bring it back: “%(text)s”. The publication log keeps its digest "
        "and says that it was redacted. Backups keep the text until they are deleted."
    )
    button = _("Erase for ever")
    done = _("The text is redacted.")
    reason = forms.CharField(
        label=_("Why is it redacted?"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("For the publication log. Readers do not see it. Do not repeat what is redacted."),
    )

    def __init__(self, data, *, page: Page, digest: str):
        if digest not in redactable_digests(page):
            raise Http404
        super().__init__(data, page=page)
        self.digest = digest
        try:
            self.names, self.is_possible = {"text": read_redactable(digest)}, True
        except NothingToRedact:
            self.names, self.is_possible = {"text": ""}, False

    def operate(self, *, expected_record: int, **options):
        return redact([self.digest], reasons={interface_language(): self.cleaned_data["reason"]}, **options)


_show = action_view(RedactForm)


def redact_view(model_admin, request, page: Page, digest: str):
    """Show the form to a superuser, or redact the text."""
    actor_of(request.user).require_superuser()
    return _show(model_admin, request, page, digest=digest)
