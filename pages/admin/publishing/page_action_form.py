"""The base of forms that act on a whole page, with a check for edit conflicts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.models import Page
from pages.publishing.records import last_record_number

EDIT_CONFLICT = _(
    "This page was changed after you opened this form. Your input is kept: check the current state, then "
    "send the form again."
)


class PageActionForm(forms.Form):
    """A form that remembers the page's last publication record at the time when it was opened."""

    error_css_class = "errors"
    record = forms.IntegerField(widget=forms.HiddenInput)

    def detect_conflict(self, page: Page) -> bool:
        """Return whether anything was recorded about the page since the form was opened; if so, add an error."""
        # For the form only: the operation compares the number again in its transaction (`expected_record`).
        has_conflict = self.is_bound and self.data.get("record") != str(last_record_number(page))
        if has_conflict:
            self.add_conflict_error(page)
        return has_conflict

    def add_conflict_error(self, page: Page, **hidden_values: str) -> None:
        """Add the conflict error, and update the hidden fields: submitting again then accepts the current state."""
        self.add_error(None, EDIT_CONFLICT)
        # Submitted data is immutable (QueryDict), and a bound form renders it instead of initial values.
        self.data = self.data.copy()
        for name, value in {"record": last_record_number(page), **hidden_values}.items():
            self.data[name] = str(value)

    def orphaned_input(self) -> dict[str, str]:
        """Return the submitted texts whose fields the form no longer has, because the page has changed since."""
        submitted = {name: self.data[name] for name in self.data if name.startswith(("note_", "reason_", "force_"))}
        return {name: text for name, text in submitted.items() if name not in self.fields and text.strip()}
