"""The form of the publish page."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from pages.admin.editing.language_tabs import language_attributes
from pages.admin.publishing.folded_fields import FoldedFields
from pages.admin.publishing.page_action_form import PageActionForm
from pages.admin.publishing.publish_context import (
    ChangedText,
    PageLanguage,
    PublishContext,
    UnchangedText,
    find_changed_drafts,
    find_changed_version_texts,
    find_unchanged_texts,
)
from pages.languages import served_languages, translated_name
from pages.models import Version
from pages.models.page import text_field
from pages.models.significance import Significance
from pages.publishing.announcements import AnnouncementAction, SupersedesAnnouncement
from pages.publishing.records import PublicationConflict
from pages.publishing.version_plan import SAME_BASIS, THIS_VERSION, TextToPublish
from pages.publishing.versions import ForeignText, announce, publish, revert

SIGNIFICANCE_CHOICES = [
    (Significance.MAJOR, _("Yes, a major change: information has been added, updated or removed")),
    (Significance.MINOR, _("No, a minor change: the meaning is the same (a typo, a link, style)")),
]
# What every publisher answers, and what is folded until it has a value.
QUESTIONS = ("significance", "announcement_action")
OPTIONS = ("effective_at", "binding_language")
LANGUAGE_FIELDS = ("include", "reflects", "remove", "note", "significance")


class LocalDateTimeField(forms.DateTimeField):
    """A date and time to the minute in the site's time zone, with the browser's date picker."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, *, help_text="", **kwargs):
        super().__init__(help_text=format_lazy("{} {} {}.", help_text, _("Time zone:"), settings.TIME_ZONE), **kwargs)


class PublishForm(PageActionForm):
    """Which languages to publish, with which significance, and the change notes.

    The texts are the drafts, or those of an earlier version that they revert to.
    """

    conflicts = (PublicationConflict, ForeignText)
    significance = forms.ChoiceField(
        label=_("Do readers have to know that the content has changed?"),
        choices=SIGNIFICANCE_CHOICES,
        widget=forms.RadioSelect,
        help_text=_("With a major change, the changed languages get a new last-updated date."),
    )
    effective_at = LocalDateTimeField(
        label=_("In force from"),
        required=False,
        help_text=_(
            "Leave empty to publish immediately. A later time announces the version: it comes into force by itself."
        ),
    )
    announcement_action = forms.TypedChoiceField(
        label=_("A version is already announced. If this version comes into force first, or at the same time:"),
        choices=[
            (AnnouncementAction.CANCEL, _("publish this version instead; the announced one is cancelled")),
            (AnnouncementAction.REANNOUNCE, _("announce it again, after this version")),
        ],
        coerce=AnnouncementAction,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
    )
    binding_language = forms.ChoiceField(
        label=_("Binding language"),
        required=False,
        help_text=_("The language whose text prevails if translations differ. Setting it only adds a notice."),
    )

    def __init__(self, data, *, context: PublishContext, earlier: Version | None = None):
        self.context, self.earlier = context, earlier
        self.changed_texts = find_changed_version_texts(context, earlier) if earlier else find_changed_drafts(context)
        self.unchanged_texts = [] if earlier else find_unchanged_texts(context, self.changed_texts)
        super().__init__(data, page=context.page, initial=_initial(context, replaces_upcoming=not earlier))
        if not any(text.asks_significance for text in self.changed_texts):
            del self.fields["significance"]
        if not context.upcoming:
            del self.fields["announcement_action"]
        codes = sorted({*served_languages(), *context.base_texts})
        names = [(code, capfirst(translated_name(code))) for code in codes]
        self.fields["binding_language"].choices = [("", _("none")), *names]
        for text in self.changed_texts:
            self.fields |= _changed_text_fields(text, is_only=len(self.changed_texts) == 1)
        for text in self.unchanged_texts:
            self.fields |= _unchanged_text_fields(text)

    def hidden_values(self):
        revisions = {text_field("revision", text.language): text.revision.pk for text in self.changed_texts}
        return {**super().hidden_values(), **revisions}

    def operate(self, **options) -> Version:
        """Publish or announce the texts, or revert to the earlier version."""
        included = [text for text in self.changed_texts if self._is_checked("include", text)]
        # Saving a draft makes no publication record, so the record number does not show it.
        if any(self.cleaned_data[text_field("revision", text.language)] != text.revision.pk for text in included):
            raise PublicationConflict
        options |= {
            "notes": self.answers("note", [text.language for text in (*self.changed_texts, *self.unchanged_texts)]),
            "effective_at": self.cleaned_data["effective_at"],
            "binding_language": self.cleaned_data["binding_language"] or None,
            "announcement_action": self.cleaned_data.get("announcement_action"),
        }
        try:
            return self._revert(included, options) if self.earlier else self._publish(included, options)
        except SupersedesAnnouncement as error:
            message = _("A version is announced: choose what happens to it.")
            raise ValidationError({"announcement_action": message}) from error

    def _revert(self, included: list[ChangedText], options: dict) -> Version:
        significance = {text.language: self._significance_of(text) for text in included}
        return revert(self.page, self.earlier, list(significance), significance=significance, **options)

    def _publish(self, included: list[ChangedText], options: dict) -> Version:
        """Publish the texts, and those that are only marked as reflecting the new version's source."""
        texts = {}
        for text in included:
            significance, based_on = self._significance_of(text), self._based_on(text)
            texts[text.language] = TextToPublish(text.revision, significance, based_on, text.pictures)
        for text in self.unchanged_texts:
            if self._based_on(text) == THIS_VERSION:
                base = text.base_text
                texts[text.language] = TextToPublish(base.revision, None, THIS_VERSION, base.pictures)
        removed = [text.language for text in self.unchanged_texts if self._is_checked("remove", text)]
        publish_or_announce = publish if options["effective_at"] is None else announce
        return publish_or_announce(self.page, texts, removed=removed, **options)

    def _is_checked(self, name: str, text: PageLanguage) -> bool:
        return bool(self.cleaned_data.get(text_field(name, text.language)))

    def _significance_of(self, text: ChangedText) -> str | None:
        """Return the significance chosen for this language, else the one for all."""
        own = self.cleaned_data.get(text_field("significance", text.language))
        return own or self.cleaned_data.get("significance")

    def _based_on(self, text: PageLanguage):
        return THIS_VERSION if self._is_checked("reflects", text) else SAME_BASIS

    def error_field(self, name):
        """Return the field of the language if it has one, else the common field."""
        candidates = (name, name.replace("text_", "include_", 1), name.partition("_")[0])
        return next((candidate for candidate in candidates if candidate in self.fields), None)

    def language_fields(self, text: PageLanguage) -> list[forms.BoundField]:
        """Return the visible bound fields of a language, without those that are folded."""
        folded = self._folded_names(text)
        return self.bound_fields(text_field(name, text.language) for name in LANGUAGE_FIELDS if name not in folded)

    def folded_fields(self, text: ChangedText) -> FoldedFields:
        """Return the optional fields of a changed language."""
        return FoldedFields(self.bound_fields(text_field(name, text.language) for name in self._folded_names(text)))

    def _folded_names(self, text: PageLanguage) -> tuple[str, ...]:
        if not isinstance(text, ChangedText):
            return ()
        # A major change needs a note in the source language, or in one of the translations if that is unchanged.
        has_source = any(changed.is_source and changed.can_publish for changed in self.changed_texts)
        return ("note", "significance") if has_source and not text.is_source else ("significance",)

    def has_unchanged_answers(self) -> bool:
        """Tell whether a field of an unchanged language has an error or a value."""
        fields = [field for text in self.unchanged_texts for field in self.language_fields(text)]
        return FoldedFields(fields).is_open

    def questions(self) -> list[forms.BoundField]:
        return self.bound_fields(QUESTIONS)

    def options(self) -> FoldedFields:
        return FoldedFields(self.bound_fields(OPTIONS))


def _initial(context: PublishContext, *, replaces_upcoming: bool) -> dict:
    initial = {"binding_language": (context.base and context.base.binding_language) or ""}
    if context.upcoming and replaces_upcoming:
        # The drafts already contain the announced changes, so by default they replace the last announcement.
        initial["effective_at"] = context.upcoming[-1].effective_at
        initial["announcement_action"] = AnnouncementAction.CANCEL
    return initial


def _changed_text_fields(text: ChangedText, *, is_only: bool) -> dict[str, forms.Field]:
    can_publish = text.can_publish
    fields = {
        "revision": forms.IntegerField(widget=forms.HiddenInput, required=False),
        "include": forms.BooleanField(
            label=_("Publish this language"),
            required=False,
            initial=can_publish,
            # Django ignores what is submitted for a disabled field, so that a forged value has no effect.
            disabled=not can_publish,
            help_text="" if can_publish else _("You do not have permission to publish this language."),
        ),
    }
    if text.asks_significance and not is_only:
        fields["significance"] = forms.ChoiceField(
            label=_("Do readers of this language have to know?"),
            choices=[("", _("as for all languages")), *SIGNIFICANCE_CHOICES],
            required=False,
        )
    # In the first version there is no change to describe.
    if can_publish and text.context.base_texts:
        fields["note"] = note_field(text.language, _("Describe the change for readers"))
    if not text.is_source:
        fields["reflects"] = forms.BooleanField(
            label=_("This translation matches the source text of this version"), required=False, initial=True
        )
    return {text_field(name, text.language): field for name, field in fields.items()}


def _unchanged_text_fields(text: UnchangedText) -> dict[str, forms.Field]:
    fields = {}
    if text.can_publish:
        fields["note"] = note_field(text.language, _("The change note of this version in this language"))
    if not text.is_source:
        label = _("This translation matches the source text of this version")
        fields["reflects"] = forms.BooleanField(label=label, required=False, disabled=not text.can_publish)
        fields["remove"] = forms.BooleanField(
            label=_("Remove this language"),
            required=False,
            initial=text.is_emptied and text.can_publish,
            disabled=not text.can_publish,
        )
    return {text_field(name, text.language): field for name, field in fields.items()}


def note_field(language: str, label) -> forms.CharField:
    """Return the field of a change note in a language."""
    return forms.CharField(
        label=label,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, **language_attributes(language)}),
        help_text=_("What changed, where and why; the most important words first."),
    )
