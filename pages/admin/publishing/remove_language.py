"""Removing a language from readers: a version without it, and without anything else."""

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.admin.publishing.actions import ActionForm
from pages.admin.publishing.moments import LocalDateTimeField, MomentForm
from pages.admin.publishing.publish_form import note_field
from pages.languages import name_in_sentence, served_languages
from pages.models import Page
from pages.models.page import text_field
from pages.presentation.as_of import format_moment
from pages.publishing.announcements import AnnouncementAction, SupersedesAnnouncement
from pages.publishing.version_writer import base_version, version_texts
from pages.publishing.versions import remove_language


class RemoveLanguageForm(MomentForm, ActionForm):
    """Publishes the next version without one language. Drafts stay as they are, and none is published."""

    conflicts = (*ActionForm.conflicts, SupersedesAnnouncement)
    title = _("Remove a language: %(language)s")
    explanation = _(
        "Readers of this language get the text in the source language, with a notice. Old versions keep this language. "
        "No draft is published, and the other languages do not change."
    )
    done = _("Version %(number)d is without this language: %(language)s. In force from %(moment)s.")
    effective_at = LocalDateTimeField(label=_("From"), required=False, help_text=_("Leave empty to remove it now."))
    announcement_action = forms.TypedChoiceField(
        label=_("What should happen to the announced version?"),
        choices=[
            (AnnouncementAction.REANNOUNCE, _("announce it again, without this language")),
            (AnnouncementAction.CANCEL, _("cancel it")),
        ],
        coerce=AnnouncementAction,
        initial=AnnouncementAction.REANNOUNCE,
        widget=forms.RadioSelect,
    )

    def __init__(self, data, *, page: Page, language: str):
        self.removed, texts = language, version_texts(base_version(page))
        self.is_possible = language in texts and language != page.source_language
        # If the language was removed since the form was opened, its conflict says so.
        if not self.is_possible and data is None:
            raise Http404
        super().__init__(data, page=page)
        self.names = {"language": name_in_sentence(language)}
        if not page.versions.upcoming(timezone.now()).exists():
            del self.fields["announcement_action"]
        codes = dict.fromkeys([page.source_language, *served_languages()])
        self.noted_languages = [code for code in codes if code in texts and code != language]
        for code in self.noted_languages:
            label = _("Describe the change for readers (%(language)s)") % {"language": name_in_sentence(code)}
            self.fields[text_field("note", code)] = note_field(code, label)

    def immediate_label(self):
        return _("Remove this language now: %(language)s") % self.names

    def later_label(self):
        # Only the language is inserted here: the time follows later.
        return str(_("Remove this language from %%(moment)s: %(language)s") % self.names)

    def operate(self, **options):
        version = remove_language(
            self.page,
            self.removed,
            notes=self.answers("note", self.noted_languages),
            effective_at=self.cleaned_data["effective_at"],
            announcement_action=self.cleaned_data.get("announcement_action"),
            **options,
        )
        self.names |= {"number": version.number, "moment": format_moment(version.effective_at)}
        return version
