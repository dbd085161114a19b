"""The base of forms that act on a whole page: the check for edit conflicts, and how an operation is run."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from pages.admin.primary_keys import parse_key
from pages.admin.publishing.changes_since import SENT_BEFORE, describe_records
from pages.models import Page
from pages.models.page import text_field
from pages.presentation.as_of import format_moment
from pages.publishing.actors import Actor
from pages.publishing.records import ClockBehind, PublicationConflict, last_record_number

Result = TypeVar("Result")

EDIT_CONFLICT = _(
    "This page was changed after you opened this form. Your input is kept: check the current state, then "
    "send the form again."
)


class PageActionForm(forms.Form):
    """A form that remembers the page's last publication record at the time when it was opened."""

    # What the operation raises if the page has changed since the form was opened.
    conflicts: tuple[type[Exception], ...] = (PublicationConflict,)
    record = forms.IntegerField(widget=forms.HiddenInput)
    # Of the operation; its type depends on the form.
    result: Any = None

    def __init__(self, data, *, page: Page, initial=None):
        super().__init__(data, initial=initial)
        self.page = page
        self.initial |= self.hidden_values()

    def hidden_values(self) -> dict[str, object]:
        """Return the values of the hidden fields that say which state of the page the form shows."""
        return {"record": last_record_number(self.page)}

    def clean(self):
        """Refuse the form if anything was recorded about the page since it was opened."""
        # For the form only: the operation compares the number again in its transaction (`expected_record`).
        if self.data.get("record") != str(last_record_number(self.page)):
            self.add_conflict_error()
        return super().clean()

    def add_conflict_error(self) -> None:
        """Add the conflict error, and update the hidden fields: submitting again then accepts the current state.

        The error also says what was done since the form was opened: it may be what this form did itself, if it was sent
        before and its answer was lost.
        """
        changes = self.changes_since_opened()
        self.add_error(None, [EDIT_CONFLICT, *changes, *([SENT_BEFORE] if changes else [])])
        # Submitted data is immutable (QueryDict), and a bound form renders it instead of initial values.
        self.data = self.data.copy()
        for name, value in self.hidden_values().items():
            self.data[name] = str(value)

    def changes_since_opened(self) -> list[str]:
        """Return sentences about what the hidden fields of the submission do not know of yet."""
        record = parse_key(self.data.get("record", ""))
        return [] if record is None else describe_records(self.page, record)

    def operate(self, **options):
        """Call the operation with the answers and the options `by`, `now` and `expected_record`; return its result."""
        raise NotImplementedError

    def save(self, *, by: Actor, now: datetime) -> bool:
        """Run the operation and keep its result; return whether it succeeded. A refusal becomes an error."""
        self.result = self.run(self.operate, by=by, now=now)
        return not self.errors

    def run(self, operation: Callable[..., Result], *, by: Actor, now: datetime) -> Result | None:
        """Return the result of an operation, None if it was refused: the reason becomes an error of the form."""
        try:
            return operation(by=by, now=now, expected_record=self.cleaned_data["record"])
        except ClockBehind as error:
            self.add_error(None, [*error.messages, *self._version_stamped_ahead(now)])
        except ValidationError as error:
            for name, errors in error.update_error_dict({}).items():
                self.add_error(self.error_field(name), errors)
        except PermissionDenied as denied:
            self.add_error(None, str(denied))
        except self.conflicts:
            self.add_conflict_error()
        return None

    def _version_stamped_ahead(self, now: datetime) -> list[str]:
        """Return which version readers see if a wrong clock stamped a newer one, and what can be done at once."""
        ahead = self.page.versions.upcoming(now).filter(published_at__gt=now).order_by("number").first()
        shown = self.page.versions.in_force(now).first()
        if ahead is None or shown is None:
            return []
        text = _(
            "Readers see version %(shown)d: version %(number)d has a time of that clock, %(moment)s. It is listed as "
            "announced, and can be cancelled at once."
        )
        values = {"shown": shown.number, "number": ahead.number, "moment": format_moment(ahead.effective_at)}
        return [str(text % values)]

    def error_field(self, name: str) -> str | None:
        """Return the form field for an error of the operation, or None for an error of the whole form."""
        return name if name in self.fields else None

    def answers(self, name: str, languages: Iterable[str]) -> dict[str, str]:
        """Return the answers to a question by language, without empty ones."""
        answers = {language: self.cleaned_data.get(text_field(name, language)) for language in languages}
        return {language: answer for language, answer in answers.items() if answer}

    def bound_fields(self, names: Iterable[str]) -> list[forms.BoundField]:
        """Return the bound fields with these names that the form has."""
        return [self[name] for name in names if name in self.fields]

    def orphaned_input(self) -> dict[str, str]:
        """Return the submitted texts whose fields the form no longer has, because the page has changed since."""
        submitted = {name: self.data[name] for name in self.data if name.startswith(("note_", "reason_", "force_"))}
        return {name: text for name, text in submitted.items() if name not in self.fields and text.strip()}
