"""The text in force, to be corrected while an announcement waits, and beside it the announced text."""

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.admin.editing.language_tabs import language_attributes
from pages.admin.publishing.outgoing_texts import PublishContext
from pages.admin.publishing.publish_form import SIGNIFICANCE_CHOICES, note_field
from pages.admin.publishing.recorded_form import RecordedForm
from pages.diff.change_transfer import transfer_changes
from pages.languages import served_languages
from pages.models import Version, VersionText
from pages.models.page import TEXT_FIELDS, text_field
from pages.models.permissions import change_text_permission, publish_text_permission
from pages.models.version_text import Significance
from pages.publishing.announcements import AnnouncementAction
from pages.publishing.drafts import revision_fields
from pages.publishing.records import last_record_number
from pages.publishing.version_writer import version_texts
from pages.text.source import Fields, normalise

_LABELS = {
    "title": _("Title"),
    "link_title": _("Link title"),
    "description": _("Description"),
    "body": pgettext_lazy("the body of a page", "Text"),
}
IN_FORCE = "force"


def announced_prefix(version: Version) -> str:
    """Return what the fields of an announced text begin with."""
    return f"announced{version.number}"


class CorrectForm(RecordedForm):
    """Each language's text in force; once one was changed, what the announcement says there, and the questions."""

    def __init__(self, data, *, around: PublishContext, is_decided: bool = False):
        super().__init__(data, initial={"record": last_record_number(around.page)})
        # The questions come with the second step: they are not left unanswered before.
        self.around, self.is_decided = around, is_decided
        self.languages = [
            language
            for language in served_languages()
            if language in around.texts_in_force
            and around.actor.has_perm(change_text_permission(language))
            and around.actor.has_perm(publish_text_permission(language))
        ]
        for language in self.languages:
            self._add_texts(IN_FORCE, language, revision_fields(around.texts_in_force[language].revision))
        self.corrected = self._corrected()
        self.incomplete = set()
        for language in self.corrected:
            self._add_questions(language)
            for version, text in self.announced_texts(language):
                self._add_texts(announced_prefix(version), language, self._carried(language, text))

    def announced_texts(self, language: str) -> list[tuple[Version, VersionText]]:
        """Return what the announcements say in a language that they change."""
        found = [(version, version_texts(version).get(language)) for version in self.around.waiting]
        return [(version, text) for version, text in found if text and text.significance != Significance.UNCHANGED]

    def texts(self) -> dict[str, Fields]:
        """Return the corrected texts by language."""
        return {language: self._fields(IN_FORCE, language) for language in self.corrected}

    def announced(self) -> dict[int, dict[str, Fields]]:
        """Return the announced texts as they were left, by the announcement's number and the language."""
        found: dict[int, dict[str, Fields]] = {}
        for language in self.corrected:
            for version, _text in self.announced_texts(language):
                found.setdefault(version.number, {})[language] = self._fields(announced_prefix(version), language)
        return found

    def answers(self, name: str) -> dict[str, str]:
        """Return what was answered to a question, by language."""
        found = {language: self.cleaned_data.get(text_field(name, language)) for language in self.corrected}
        return {language: answer for language, answer in found.items() if answer}

    def bound(self, prefix: str, language: str) -> list:
        """Return the bound fields of a text."""
        return [self[text_field(f"{prefix}_{name}", language)] for name in TEXT_FIELDS]

    def questions(self, language: str) -> list:
        """Return the bound fields of the questions on a language."""
        names = [text_field(name, language) for name in ("significance", "note")]
        return [self[name] for name in names if name in self.fields]

    def _corrected(self) -> list[str]:
        """Return the languages whose posted text is another than the one in force."""
        if not self.is_bound:
            return []
        in_force = {name: revision_fields(self.around.texts_in_force[name].revision) for name in self.languages}
        return [name for name, text in in_force.items() if normalise(self._posted(name)) != normalise(text)]

    def _posted(self, language: str) -> Fields:
        return Fields(**{name: self.data.get(text_field(f"{IN_FORCE}_{name}", language), "") for name in TEXT_FIELDS})

    def _fields(self, prefix: str, language: str) -> Fields:
        return Fields(
            **{name: self.cleaned_data.get(text_field(f"{prefix}_{name}", language)) or "" for name in TEXT_FIELDS}
        )

    def _carried(self, language: str, announced: VersionText) -> Fields:
        """Return the announced text with the same corrections, as far as their places are found in it."""
        old, new = revision_fields(self.around.texts_in_force[language].revision), normalise(self._posted(language))
        text = revision_fields(announced.revision)
        body = transfer_changes(old.body, new.body, text.body)
        if not body.is_complete:
            self.incomplete.add(language)
        follows = {name: getattr(old, name) == getattr(text, name) for name in TEXT_FIELDS}
        heads = {name: getattr(new if follows[name] else text, name) for name in TEXT_FIELDS}
        return Fields(**{**heads, "body": body.text})

    def _add_texts(self, prefix: str, language: str, text: Fields) -> None:
        for name in TEXT_FIELDS:
            field = _text_field(name, language)
            field.initial = getattr(text, name)
            self.fields[text_field(f"{prefix}_{name}", language)] = field

    def _add_questions(self, language: str) -> None:
        self.fields[text_field("significance", language)] = forms.ChoiceField(
            label=_("Do readers of this language have to know?"),
            choices=SIGNIFICANCE_CHOICES,
            widget=forms.RadioSelect,
            required=self.is_decided,
        )
        self.fields[text_field("note", language)] = note_field(language, _("Describe the change for readers"))
        if "waiting" not in self.fields and self.around.waiting:
            self.fields["waiting"] = forms.ChoiceField(
                label=_("What becomes of the announced version?"),
                choices=[
                    (AnnouncementAction.REANNOUNCE, _("announce it again, with the text below")),
                    (AnnouncementAction.CANCEL, _("cancel it")),
                ],
                widget=forms.RadioSelect,
                required=self.is_decided,
            )


def _text_field(name: str, language: str) -> forms.CharField:
    attributes = language_attributes(language)
    options = {"required": False, "label": _LABELS[name], "strip": name != "body"}
    if name == "body":
        return forms.CharField(widget=AdminTextareaWidget(attrs={**attributes, "rows": 24}), **options)
    if name == "description":
        return forms.CharField(widget=AdminTextareaWidget(attrs={**attributes, "rows": 2}), **options)
    return forms.CharField(max_length=300, widget=AdminTextInputWidget(attrs=attributes), **options)
