"""The questions of the publish page."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.admin.language_tabs import language_attributes, language_title
from pages.models import Revision, VersionText
from pages.models.page import text_field
from pages.models.version_text import Significance
from pages.publishing.announcements import Waiting
from pages.publishing.version_plan import KEPT, THIS, Choice
from pages.reading.rendered import rendered
from pages.text import source
from pages.text.rendering import Rendered

SIGNIFICANCE_CHOICES = [
    (Significance.MAJOR, _("Yes: information has been added, updated or removed")),
    (Significance.MINOR, _("No: a minor edit that does not change the meaning (a typo, a link, style)")),
]


@dataclass(frozen=True)
class ChangedText:
    """A language whose working copy differs from what is published."""

    language: str
    revision: Revision
    published: VersionText | None
    pictures: dict[str, str]
    is_source: bool
    # Of the page's first version nobody has to be told what changed.
    is_in_first_version: bool
    # Minor by itself: readers would see no difference.
    shows_the_same: bool
    typed_dates: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return what the language calls itself."""
        return language_title(self.language)

    @property
    def text_direction(self) -> str:
        """Return the `dir` of the text."""
        return language_attributes(self.language)["dir"]

    @property
    def rendered(self) -> Rendered:
        """Return the text as readers will see it."""
        return rendered(source.body_of(bytes(self.revision.source)), self.pictures)

    @property
    def asks_significance(self) -> bool:
        """Tell whether the rules leave a choice."""
        return self.published is not None and not self.shows_the_same


class PublishForm(forms.Form):
    """Which languages go out, whether readers have to know, and what they are told."""

    error_css_class = "errors"
    base = forms.IntegerField(widget=forms.HiddenInput)
    significance = forms.ChoiceField(
        label=_("Do readers have to know the content has changed?"),
        choices=SIGNIFICANCE_CHOICES,
        widget=forms.RadioSelect,
        help_text=_("Yes moves the last-updated date of the languages that changed. No leaves it where it is."),
    )
    effective_at = forms.DateTimeField(
        label=_("In force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Leave it empty for now. A later moment announces the version: it comes into force by itself."),
    )
    binding_language = forms.ChoiceField(
        label=_("Binding language"),
        required=False,
        help_text=_("The language whose version controls if translations differ. It only adds a notice."),
    )
    waiting = forms.ChoiceField(
        label=_("An announced version waits, and this one would overtake it"),
        choices=[
            (Waiting.AGAIN, _("Announce it again, on top of this version")),
            (Waiting.CANCEL, _("Cancel it")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, changed: list[ChangedText], languages: list[str], has_waiting: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.changed = changed
        if not any(text.asks_significance for text in changed):
            del self.fields["significance"]
        if not has_waiting:
            del self.fields["waiting"]
        names = [(code, language_title(code)) for code in languages]
        self.fields["binding_language"].choices = [("", _("none")), *names]
        for text in changed:
            self.fields |= _fields_of(text, is_only=len(changed) == 1)

    def choices(self) -> dict[str, Choice]:
        """Return the texts that are to go out, with what was said of them."""
        return {
            text.language: Choice(text.revision, self._significance(text), self._basis(text), text.pictures)
            for text in self.changed
            if self.cleaned_data[text_field("include", text.language)]
        }

    def notes(self) -> dict[str, str]:
        """Return the change notes that were written."""
        written = {text.language: self.cleaned_data.get(text_field("note", text.language)) for text in self.changed}
        return {language: note for language, note in written.items() if note}

    def _significance(self, text: ChangedText) -> str | None:
        own = self.cleaned_data.get(text_field("significance", text.language))
        return own or self.cleaned_data.get("significance")

    def _basis(self, text: ChangedText):
        return THIS if self.cleaned_data.get(text_field("reflects", text.language)) else KEPT

    def of_language(self, language: str) -> list:
        """Return a language's bound fields, the hidden ones left out."""
        names = (text_field(name, language) for name in ("include", "significance", "note", "reflects"))
        return [self[name] for name in names if name in self.fields]

    def common(self) -> list:
        """Return the bound fields that are asked once."""
        return [
            self[name]
            for name in ("significance", "effective_at", "binding_language", "waiting")
            if name in self.fields
        ]


def _fields_of(text: ChangedText, *, is_only: bool) -> dict[str, forms.Field]:
    found = {
        "revision": forms.IntegerField(widget=forms.HiddenInput),
        "include": forms.BooleanField(label=_("Publish this language"), required=False, initial=True),
    }
    if text.asks_significance and not is_only:
        found["significance"] = forms.ChoiceField(
            label=_("Do readers of this language have to know?"),
            choices=[("", _("as answered above")), *SIGNIFICANCE_CHOICES],
            required=False,
        )
    if not text.is_in_first_version:
        found["note"] = forms.CharField(
            label=_("Describe the change for readers"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, **language_attributes(text.language)}),
            help_text=_("What has changed, where and why; the most important words first."),
        )
    if not text.is_source:
        found["reflects"] = forms.BooleanField(
            label=_("This translation says what the source text of this version says"), required=False, initial=True
        )
    return {text_field(name, text.language): field for name, field in found.items()}
