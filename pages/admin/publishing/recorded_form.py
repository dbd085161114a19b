"""Forms that know which of a page's records was the last when they were opened, and notice what happened since."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.models import Page
from pages.publishing.records import last_record_number

MEANWHILE = _(
    "Somebody did something to this page after you opened this form. Nothing of yours is lost: look at what is there "
    "now, then send it again."
)


class RecordedForm(forms.Form):
    """A form with the mark of what the person looked at."""

    error_css_class = "errors"
    record = forms.IntegerField(widget=forms.HiddenInput)

    def is_late(self, page: Page) -> bool:
        """Tell whether anything was recorded of the page since the form was opened; the form then says so."""
        is_late = self.is_bound and self.data.get("record") != str(last_record_number(page))
        if is_late:
            self.say_meanwhile(page)
        return is_late

    def say_meanwhile(self, page: Page, **marks: str) -> None:
        """Say that somebody was quicker, and let the form speak of what is there now: who sends it again was told."""
        self.add_error(None, MEANWHILE)
        self.data = self.data.copy()
        for name, mark in {"record": last_record_number(page), **marks}.items():
            self.data[name] = str(mark)

    def homeless_words(self) -> dict[str, str]:
        """Return what was written in fields that the form, as the page is now, has no longer."""
        words = {name: self.data[name] for name in self.data if name.startswith(("note_", "reason_", "force_"))}
        return {name: text for name, text in words.items() if name not in self.fields and text.strip()}
