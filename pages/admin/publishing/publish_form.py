"""The form of the publish page."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from pages.admin.editing.conflicts import format_short_time
from pages.admin.editing.language_tabs import language_attributes
from pages.admin.primary_keys import parse_key
from pages.admin.publishing.folded_fields import FoldedFields
from pages.admin.publishing.moments import LocalDateTimeField, MomentForm
from pages.admin.publishing.notice_reason import add_notice_reason
from pages.admin.publishing.public_notes import validate_characters
from pages.admin.publishing.publish_context import (
    ChangedText,
    PageLanguage,
    PublishContext,
    UnchangedText,
    find_changed_drafts,
    find_changed_version_texts,
    find_unchanged_texts,
    outgoing_source,
)
from pages.admin.publishing.source_changes import SourceChanges, find_source_changes
from pages.languages import served_languages, translated_name
from pages.models import Handover, Version
from pages.models.page import text_field
from pages.models.significance import Significance
from pages.publishing.announcements import AnnouncementAction, SupersedesAnnouncement
from pages.publishing.notice_periods import earliest_date
from pages.publishing.records import PublicationConflict
from pages.publishing.replaced_announcements import AnnouncedChanges, find_announced_changes
from pages.publishing.reverts import revert
from pages.publishing.version_plan import THIS_VERSION, TextToPublish
from pages.publishing.versions import ForeignText, OtherSource, TextSentBack, announce, publish

SIGNIFICANCE_CHOICES = [
    (Significance.MAJOR, _("Yes, a major change: information has been added, updated or removed")),
    (Significance.MINOR, _("No, a minor change: the meaning is the same (a typo, a link, style)")),
]
# What every publisher answers, and what is folded until it has a value.
QUESTIONS = ("significance", "announcement_action")
OPTIONS = ("effective_at", "notice_reason", "binding_language")
LANGUAGE_FIELDS = ("include", "reflects", "note", "significance")
OTHER_SOURCE = _(
    "With your other choices, this version has another source text than the one that was shown. Compare the "
    "translation with that text, and select this again if it matches."
)

SENT_BACK = _(
    "%(person)s sent this text back at %(time)s, after you opened this page: “%(message)s” Nothing was published. To "
    "publish the text all the same, send the form again; otherwise deselect it."
)


class PublishForm(MomentForm):
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
        self.source_text = outgoing_source(context, self.changed_texts)
        self.source_digest = self.source_text.revision.digest if self.source_text else ""
        super().__init__(data, page=context.page, initial=_initial(context, replaces_upcoming=not earlier))
        if not any(text.asks_significance for text in self.changed_texts):
            del self.fields["significance"]
        if not context.upcoming:
            del self.fields["announcement_action"]
        add_notice_reason(self, context)
        codes = sorted({*served_languages(), *context.base_texts})
        names = [(code, capfirst(translated_name(code))) for code in codes]
        self.fields["binding_language"].choices = [("", _("none")), *names]
        for text in self.changed_texts:
            self.fields |= _changed_text_fields(text, is_only=len(self.changed_texts) == 1)
        for text in self.unchanged_texts:
            self.fields |= _unchanged_text_fields(text)
        for text in self.translations:
            self.fields |= _claim_fields(text, self.source_digest)

    @property
    def translations(self) -> list[ChangedText | UnchangedText]:
        """Return the texts that can be said to match the source. A revert keeps what was said about them."""
        texts = [*self.changed_texts, *self.unchanged_texts]
        return [] if self.earlier else [text for text in texts if not text.is_source]

    def immediate_label(self):
        if self.earlier:
            return _("Publish version %(number)d again") % {"number": self.earlier.number}
        return _("Publish")

    def later_label(self):
        return _("Announce for %(moment)s")

    def earliest_date(self) -> date | None:
        """Return the first day on which a major change can come into force without a reason for less notice."""
        return earliest_date(self.page, self.context.at) if "notice_reason" in self.fields else None

    def hidden_values(self):
        revisions = {text_field("revision", text.language): text.revision.pk for text in self.changed_texts}
        handovers = {text_field("handover", text.language): _handover_key(text) for text in self.changed_texts}
        seen = {text_field("seen", text.language): _seen(text, self.source_digest) for text in self.translations}
        return {**super().hidden_values(), **revisions, **handovers, **seen}

    def add_conflict_error(self):
        """Unset what was selected about texts that have changed: nobody has compared the new ones."""
        seen = {text.language: self.data.get(text_field("seen", text.language)) for text in self.translations}
        sent_back = self._unseen_sent_back()
        super().add_conflict_error()
        self._add_sent_back_errors(sent_back)
        changed = [text for text in self.translations if seen[text.language] != _seen(text, self.source_digest)]
        self._preset_claims(changed, self.source_digest)

    def _preset_claims(self, texts: Iterable[ChangedText | UnchangedText], source_digest: str) -> None:
        """Set the answers to what the ready marks say about a source text."""
        self.data = self.data.copy()
        for text in texts:
            self.data[text_field("seen", text.language)] = _seen(text, source_digest)
            self.data.pop(text_field("reflects", text.language), None)
            if text.matches_source(source_digest):
                self.data[text_field("reflects", text.language)] = "on"

    def operate(self, **options) -> Version | None:
        """Publish or announce the texts, or revert to the earlier version."""
        included = [text for text in self.changed_texts if self._is_checked("include", text)]
        # Saving a draft makes no publication record, so the record number does not show it.
        if any(self.cleaned_data[text_field("revision", text.language)] != text.revision.pk for text in included):
            raise PublicationConflict
        if any(self._seen_text(text) != _seen_text(text) for text in self._claimed()):
            raise PublicationConflict
        options |= {
            "notes": self.answers("note", [text.language for text in (*self.changed_texts, *self.unchanged_texts)]),
            "effective_at": self.cleaned_data["effective_at"],
            "binding_language": self.cleaned_data["binding_language"] or None,
            "announcement_action": self.cleaned_data.get("announcement_action"),
            "notice_reason": self.cleaned_data.get("notice_reason", ""),
        }
        try:
            return self._revert(included, options) if self.earlier else self._publish(included, options)
        except SupersedesAnnouncement as error:
            message = _("A version is announced: choose what happens to it.")
            raise ValidationError({"announcement_action": message}) from error
        except TextSentBack as error:
            self._add_sent_back_errors(error.handovers)
            return None
        except OtherSource as error:
            claimed = self._claimed()
            self._preset_claims(self.translations, error.digest)
            raise ValidationError({text_field("reflects", text.language): OTHER_SOURCE for text in claimed}) from error

    def _seen_handover(self, text: ChangedText) -> int:
        return parse_key(self.data.get(text_field("handover", text.language), "")) or 0

    def _unseen_sent_back(self) -> dict[str, Handover]:
        """Return by language who sent a selected text back since the page was opened."""
        texts = [text for text in self.changed_texts if text.is_sent_back and self._is_selected(text)]
        return {text.language: text.handover for text in texts if text.handover.pk != self._seen_handover(text)}

    def _is_selected(self, text: ChangedText) -> bool:
        return text.can_publish and text_field("include", text.language) in self.data

    def _add_sent_back_errors(self, handovers: Mapping[str, Handover]) -> None:
        """Say who sent a selected text back, and why. Sending the form again publishes it all the same."""
        self.data = self.data.copy()
        for language, mark in handovers.items():
            self.data[text_field("handover", language)] = str(mark.pk)
            values = {"person": mark.by, "time": format_short_time(mark.at), "message": mark.message}
            self.add_error(text_field("include", language), SENT_BACK % values)

    def _claimed(self) -> list[ChangedText | UnchangedText]:
        return [text for text in self.translations if self._is_checked("reflects", text)]

    def _seen_text(self, text: PageLanguage) -> str:
        return self.cleaned_data[text_field("seen", text.language)].partition(" ")[2]

    def _seen_source(self, text: PageLanguage) -> str:
        return self.cleaned_data[text_field("seen", text.language)].partition(" ")[0]

    def _revert(self, included: list[ChangedText], options: dict) -> Version:
        significance = {text.language: self._significance_of(text) for text in included}
        return revert(self.page, self.earlier, list(significance), significance=significance, **options)

    def _publish(self, included: list[ChangedText], options: dict) -> Version:
        """Publish the texts, and those that are only marked as reflecting the new version's source."""
        texts = {}
        for text in included:
            options_of_text = {"seen_handover": self._seen_handover(text), **self._claim(text)}
            significance = self._significance_of(text)
            texts[text.language] = TextToPublish(text.revision, significance, pictures=text.pictures, **options_of_text)
        announced = self._announced_changes(texts, options)
        texts |= announced.texts
        for text in self.unchanged_texts:
            if claim := self._claim(text):
                base = TextToPublish(text.base_text.revision, pictures=text.base_text.pictures)
                texts[text.language] = replace(texts.get(text.language, base), **claim)
        options["notes"] = {**announced.notes, **options["notes"]}
        publish_or_announce = publish if options["effective_at"] is None else announce
        return publish_or_announce(self.page, texts, removed=announced.removed, **options)

    def _announced_changes(self, texts: dict[str, TextToPublish], options: dict) -> AnnouncedChanges:
        """Return what an announcement changes that this one replaces. A version for now gets nothing of it."""
        effective_at, action = options["effective_at"], options["announcement_action"]
        if effective_at is None or action != AnnouncementAction.CANCEL:
            return AnnouncedChanges()
        return find_announced_changes(self.page, texts, effective_at=effective_at, at=self.context.at)

    def _is_checked(self, name: str, text: PageLanguage) -> bool:
        return bool(self.cleaned_data.get(text_field(name, text.language)))

    def _significance_of(self, text: ChangedText) -> str | None:
        """Return the significance chosen for this language, else the one for all."""
        own = self.cleaned_data.get(text_field("significance", text.language))
        return own or self.cleaned_data.get("significance")

    def _claim(self, text: PageLanguage) -> dict[str, str]:
        """Return that a translation matches the source text that was shown, if that is selected."""
        if not self._is_checked("reflects", text):
            return {}
        return {"based_on": THIS_VERSION, "source_digest": self._seen_source(text)}

    def error_field(self, name):
        """Return the field of the language if it has one, else the common field."""
        candidates = (name, name.replace("text_", "include_", 1), name.partition("_")[0])
        return next((candidate for candidate in candidates if candidate in self.fields), None)

    def orphaned_input(self):
        """Return also the reason for a short notice if nothing is left to publish: then no field is shown."""
        orphaned = super().orphaned_input()
        reason = self.data.get("notice_reason", "").strip()
        return orphaned if self.changed_texts or self.unchanged_texts or not reason else {**orphaned, "": reason}

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

    def source_changes(self, text: PageLanguage) -> list[SourceChanges]:
        """Return what changes in the source text, next to which a translation is read."""
        source = self.source_text
        return find_source_changes(text, source.revision, source.pictures) if source and not self.earlier else []

    def has_unchanged_answers(self) -> bool:
        """Tell whether a field of an unchanged language has an error or a value."""
        fields = [field for text in self.unchanged_texts for field in self.language_fields(text)]
        return FoldedFields(fields).is_open

    def questions(self) -> list[forms.BoundField]:
        return self.bound_fields(QUESTIONS)

    def options(self) -> FoldedFields:
        return FoldedFields(self.bound_fields(OPTIONS))


def _initial(context: PublishContext, *, replaces_upcoming: bool) -> dict:
    # Without another answer, a revert takes effect immediately, before what is announced.
    before = context.base if replaces_upcoming else context.in_force or context.base
    initial = {"binding_language": (before and before.binding_language) or ""}
    if context.upcoming and replaces_upcoming:
        # The drafts already contain the announced changes, so by default they replace the last announcement.
        initial["effective_at"] = context.upcoming[-1].effective_at
        initial["announcement_action"] = AnnouncementAction.CANCEL
    return initial


def _changed_text_fields(text: ChangedText, *, is_only: bool) -> dict[str, forms.Field]:
    can_publish = text.can_publish
    fields = {
        "revision": forms.IntegerField(widget=forms.HiddenInput, required=False),
        "handover": forms.IntegerField(widget=forms.HiddenInput, required=False),
        "include": forms.BooleanField(
            label=_("Publish this language"),
            required=False,
            initial=text.is_preselected,
            # Django ignores what is submitted for a disabled field, so that a forged value has no effect.
            disabled=not can_publish,
            help_text=_include_help(text),
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
    return {text_field(name, text.language): field for name, field in fields.items()}


def _include_help(text: ChangedText) -> str:
    if not text.can_publish:
        return _("You do not have permission to publish this language.")
    if text.is_sent_back:
        return _("This text was sent back. Select it to publish it as it is.")
    return _("This language was removed from readers. Select it to publish it again.") if text.was_removed else ""


def _unchanged_text_fields(text: UnchangedText) -> dict[str, forms.Field]:
    fields = {}
    if text.can_publish:
        fields["note"] = note_field(text.language, _("The change note of this version in this language"))
    return {text_field(name, text.language): field for name, field in fields.items()}


def _claim_fields(text: ChangedText | UnchangedText, source_digest: str) -> dict[str, forms.Field]:
    fields = {
        "reflects": forms.BooleanField(
            label=_("This translation matches the source text of this version"),
            required=False,
            initial=text.can_publish and text.matches_source(source_digest),
            disabled=not text.can_publish,
            help_text=_claim_help(text, source_digest),
        ),
        "seen": forms.CharField(widget=forms.HiddenInput, required=False),
    }
    return {text_field(name, text.language): field for name, field in fields.items()}


def _claim_help(text: ChangedText | UnchangedText, source_digest: str) -> str:
    """Return why the question is answered in advance, or is not."""
    mark = text.handover
    if mark is None or not mark.is_ready:
        return _("Nobody has marked this text as ready. Select it only if you have compared the two texts yourself.")
    if mark.source_digest != source_digest:
        return _("%(person)s marked it as ready for another source text. Compare the texts before you select it.") % {
            "person": mark.by
        }
    return _("%(person)s marked it as ready for exactly this source text.") % {"person": mark.by}


def _handover_key(text: ChangedText) -> int:
    return text.handover.pk if text.handover else 0


def _seen(text: ChangedText | UnchangedText, source_digest: str) -> str:
    """Return what a person sees who says that a translation matches: the source text, its own, and who marked it."""
    return f"{source_digest} {_seen_text(text)}"


def _seen_text(text: ChangedText | UnchangedText) -> str:
    revision = text.revision if isinstance(text, ChangedText) else text.base_text.revision
    return f"{revision.digest} {text.handover.pk if text.handover else 0}"


def note_field(language: str, label) -> forms.CharField:
    """Return the field of a change note in a language."""
    return forms.CharField(
        label=label,
        required=False,
        validators=[validate_characters],
        widget=forms.Textarea(attrs={"rows": 3, **language_attributes(language)}),
        help_text=_("What changed, where and why; the most important words first."),
    )
