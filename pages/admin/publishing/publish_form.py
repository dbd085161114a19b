"""The questions of the publish page."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.admin.editing.language_tabs import language_attributes, language_title
from pages.admin.publishing.outgoing_texts import OutgoingText, PublishContext, StandingText
from pages.admin.publishing.recorded_form import RecordedForm
from pages.languages import served_languages
from pages.models import Page
from pages.models.page import text_field
from pages.models.version_text import Significance
from pages.publishing.announcements import AnnouncementAction
from pages.publishing.records import last_record_number
from pages.publishing.version_plan import SAME_BASIS, THIS_VERSION, TextToPublish

SIGNIFICANCE_CHOICES = [
    (Significance.MAJOR, _("Yes: information has been added, updated or removed")),
    (Significance.MINOR, _("No: a minor edit that does not change the meaning (a typo, a link, style)")),
]
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"
COMMON = ("significance", "effective_at", "waiting", "binding_language")
OF_LANGUAGE = ("include", "significance", "note", "reflects", "remove")


class MomentField(forms.DateTimeField):
    """A moment to the minute, asked for by the browser's own picker, in the site's time zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT)

    def __init__(self, **options):
        super().__init__(input_formats=[MOMENT_FORMAT, "%Y-%m-%dT%H:%M:%S"], **options)


class PublishForm(RecordedForm):
    """Which languages go out, whether readers have to know, and what they are told."""

    significance = forms.ChoiceField(
        label=_("Do readers have to know the content has changed?"),
        choices=SIGNIFICANCE_CHOICES,
        widget=forms.RadioSelect,
        help_text=_("Yes moves the last-updated date of the languages that changed. No leaves it where it is."),
    )
    effective_at = MomentField(
        label=_("In force from"),
        required=False,
        help_text=_("Leave it empty for now. A later moment announces the version: it comes into force by itself."),
    )
    waiting = forms.ChoiceField(
        label=_("A version is announced already. If this one comes into force first, or at the same moment:"),
        choices=[
            (AnnouncementAction.CANCEL, _("this one takes its place; the announced one is cancelled")),
            (AnnouncementAction.REANNOUNCE, _("announce it again, on top of this version")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    binding_language = forms.ChoiceField(
        label=_("Binding language"),
        required=False,
        help_text=_("The language whose version controls if translations differ. It only adds a notice."),
    )

    def __init__(
        self,
        data,
        *,
        around: PublishContext,
        outgoing: list[OutgoingText],
        standing: list[StandingText],
        takes_place: bool,
    ):
        super().__init__(data, initial=_initial(around, outgoing, takes_place=takes_place))
        self.outgoing, self.standing = outgoing, standing
        if not any(text.asks_significance for text in outgoing):
            del self.fields["significance"]
        if not around.waiting:
            del self.fields["waiting"]
        codes = sorted({*served_languages(), *around.base_texts})
        names = [(code, language_title(code)) for code in codes]
        self.fields["binding_language"].choices = [("", _("none")), *names]
        for text in outgoing:
            self.fields |= _fields_of_outgoing(text, is_only=len(outgoing) == 1)
        for text in standing:
            self.fields |= _fields_of_standing(text)

    def say_meanwhile(self, page: Page, **marks: str) -> None:
        """Say that somebody was quicker; the texts that are shown below are the ones that are there now."""
        revisions = {text_field("revision", text.language): text.revision.pk for text in self.outgoing}
        super().say_meanwhile(page, **revisions, **marks)

    def included(self) -> list[OutgoingText]:
        """Return the texts that are to go out."""
        return [text for text in self.outgoing if self.cleaned_data.get(text_field("include", text.language))]

    def choices(self) -> dict[str, TextToPublish]:
        """Return the texts that are to go out or to be said to reflect the new version."""
        found = {
            text.language: TextToPublish(text.revision, self.significance_of(text), self._basis(text), text.pictures)
            for text in self.included()
        }
        for text in self.standing:
            if self._basis(text) == THIS_VERSION:
                found[text.language] = TextToPublish(
                    text.published.revision, None, THIS_VERSION, text.published.pictures
                )
        return found

    def notes(self) -> dict[str, str]:
        """Return the change notes that were written."""
        texts = [*self.outgoing, *self.standing]
        written = {text.language: self.cleaned_data.get(text_field("note", text.language)) for text in texts}
        return {language: note for language, note in written.items() if note}

    def removed(self) -> list[str]:
        """Return the languages that are taken away."""
        return [text.language for text in self.standing if self.cleaned_data.get(text_field("remove", text.language))]

    def significance_of(self, text: OutgoingText) -> str | None:
        """Return the answer for a language: its own, or the one for all."""
        own = self.cleaned_data.get(text_field("significance", text.language))
        return own or self.cleaned_data.get("significance")

    def _basis(self, text):
        return THIS_VERSION if self.cleaned_data.get(text_field("reflects", text.language)) else SAME_BASIS

    def of_language(self, language: str) -> list:
        """Return a language's bound fields, the hidden ones left out."""
        names = (text_field(name, language) for name in OF_LANGUAGE)
        return [self[name] for name in names if name in self.fields]

    def common(self) -> list:
        """Return the bound fields that are asked once."""
        return [self[name] for name in COMMON if name in self.fields]


def _initial(around: PublishContext, outgoing: list[OutgoingText], *, takes_place: bool) -> dict:
    base = around.base
    initial = {"record": last_record_number(around.page), "binding_language": (base and base.binding_language) or ""}
    if around.waiting and takes_place:
        # The drafts were measured against what was announced last: what goes out now takes its place.
        moment = timezone.localtime(around.waiting[-1].effective_at)
        initial |= {"effective_at": moment.strftime(MOMENT_FORMAT), "waiting": AnnouncementAction.CANCEL}
    return initial | {text_field("revision", text.language): text.revision.pk for text in outgoing}


def _fields_of_outgoing(text: OutgoingText, *, is_only: bool) -> dict[str, forms.Field]:
    may = text.can_publish
    found = {
        "revision": forms.IntegerField(widget=forms.HiddenInput, required=False),
        "include": forms.BooleanField(
            label=_("Publish this language"),
            required=False,
            initial=may,
            disabled=not may,
            help_text="" if may else _("You may not publish this language."),
        ),
    }
    if text.asks_significance and not is_only:
        found["significance"] = forms.ChoiceField(
            label=_("Do readers of this language have to know?"),
            choices=[("", _("as answered above")), *SIGNIFICANCE_CHOICES],
            required=False,
        )
    if may and not text.is_in_first_version:
        found["note"] = note_field(text.language, _("Describe the change for readers"))
    if not text.is_source:
        found["reflects"] = forms.BooleanField(
            label=_("This translation says what the source text of this version says"), required=False, initial=True
        )
    return {text_field(name, text.language): field for name, field in found.items()}


def _fields_of_standing(text: StandingText) -> dict[str, forms.Field]:
    found = {}
    if text.can_publish:
        found["note"] = note_field(text.language, _("The change note of this version in this language"))
    if not text.is_source:
        label = _("This translation says what the source text of this version says")
        found["reflects"] = forms.BooleanField(label=label, required=False, disabled=not text.can_publish)
        found["remove"] = forms.BooleanField(
            label=_("Take this language away from readers"),
            required=False,
            initial=text.is_emptied and text.can_publish,
            disabled=not text.can_publish,
        )
    return {text_field(name, text.language): field for name, field in found.items()}


def note_field(language: str, label) -> forms.CharField:
    """Return the field for what readers are told in a language."""
    return forms.CharField(
        label=label,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, **language_attributes(language)}),
        help_text=_("What has changed, where and why; the most important words first."),
    )
