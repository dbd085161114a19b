"""The operations that make only a record: correcting what a version says about its change, and reviewing a page."""

from collections.abc import Iterator
from datetime import datetime

from django import forms
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from pages.admin.publishing.actions import ActionForm
from pages.admin.publishing.confirmed_form import ConfirmedForm
from pages.admin.publishing.publish_form import SIGNIFICANCE_CHOICES, note_field
from pages.history.translation_status import TranslationStatus, assess_version
from pages.languages import name_in_sentence, translated_name
from pages.models import Page
from pages.models.blob import decode_text
from pages.models.page import text_field
from pages.presentation.as_of import format_day
from pages.publishing.corrections import correct_text, is_first_text, read_correctable_text
from pages.publishing.page_events import next_review, review
from pages.publishing.version_writer import version_texts

STATUS_NAMES = {
    TranslationStatus.UP_TO_DATE: _("up to date"),
    TranslationStatus.MINOR: _("minor differences"),
    TranslationStatus.BEHIND: _("behind"),
}


class CorrectRecordForm(ConfirmedForm, ActionForm):
    """Corrects the significance or the change note of a version's text; shows first what follows from it."""

    title = _("Correct what version %(number)d says about its change: %(language)s")
    explanation = _(
        "The text and its version stay as they are. Readers see the corrected significance and change note, marked as "
        "corrected, and the publication log has both."
    )
    button = _("Continue")
    confirm_button = _("Record the correction")
    done = _("What version %(number)d says about its change is corrected.")
    significance = forms.ChoiceField(
        label=_("Do readers have to know that the content has changed?"),
        choices=SIGNIFICANCE_CHOICES,
        widget=forms.RadioSelect,
    )

    def __init__(self, data, *, page: Page, number: int, language: str):
        self.version, self.corrected = get_object_or_404(page.versions, number=number), language
        text = read_correctable_text(self.version, language)
        if text is None:
            raise Http404
        self.note_name = text_field("note", language)
        initial = {"significance": text.counted_significance, self.note_name: decode_text(text.counted_note)}
        super().__init__(data, page=page, initial=initial)
        if is_first_text(self.version, language):
            del self.fields["significance"]
        self.fields[self.note_name] = note_field(language, _("Describe the change for readers"))
        self.names, self.is_possible = {"number": number, "language": name_in_sentence(language)}, True

    def operate(self, **options):
        answers = {"significance": self.cleaned_data.get("significance", ""), "note": self.cleaned_data[self.note_name]}
        return correct_text(self.version, self.corrected, **answers, **options)

    def build_preview(self, **options) -> list[str | Promise]:
        """Record the correction, see what follows from it, and undo it."""
        with transaction.atomic():
            before = dict(self._facts(options["now"]))
            record = self.operate(**options)
            after = dict(self._facts(max(record.at, options["now"])))
            transaction.set_rollback(True)
        changes = [
            _("%(fact)s: %(after)s instead of %(before)s") % {"fact": fact, "after": after[fact], "before": value}
            for fact, value in before.items()
            if after[fact] != value
        ]
        return changes or [_("No last-updated date and no translation status changes.")]

    def _facts(self, at: datetime) -> Iterator[tuple[str, str]]:
        """Yield what depends on corrections, of the version in force: last-updated dates and translation statuses."""
        version = self.page.versions.in_force(at).first()
        if version is None:
            return
        for text in version.texts.with_modified_at(at).order_by("language"):
            fact = _("%(language)s, last updated") % {"language": capfirst(translated_name(text.language))}
            yield str(fact), format_day(timezone.localdate(text.modified_at))
        for language, assessment in assess_version(version, version_texts(version), at).items():
            fact = _("%(language)s, translation") % {"language": capfirst(translated_name(language))}
            yield str(fact), str(STATUS_NAMES[assessment.status])


class ReviewForm(ActionForm):
    """Records that nothing has to be changed in the version in force, and sets the date of the next review."""

    title = _("Review")
    explanation = _(
        "You confirm that you have read the version in force and that nothing in it has to change. Readers see when it "
        "was last reviewed, and the publication log records who did it."
    )
    button = _("Reviewed, nothing changed")
    done = _("The review of %(page)s is recorded.")
    review_by = forms.DateField(
        label=_("Next review by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data, *, page: Page):
        now = timezone.now()
        super().__init__(data, page=page, initial={"review_by": next_review(page, now)})
        self.is_possible = Page.objects.public(now).filter(pk=page.pk).exists()

    def operate(self, **options):
        return review(self.page, review_by=self.cleaned_data["review_by"], **options)
