"""Saves the form of a page with the operations of `pages.publishing`, and adds their errors to the form."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.conflicts import (
    THEIRS,
    LanguageConflict,
    conflicts_of,
    draft_conflict_error,
    keep_field,
    position_conflict_error,
)
from pages.admin.editing.page_form import CREATION_FIELDS, POSITION_FIELDS, PageForm, head_field, opened_field
from pages.admin.primary_keys import parse_key
from pages.languages import name_in_sentence, served_languages
from pages.models import Page, Revision
from pages.models.page import draft_columns
from pages.publishing.actors import Actor
from pages.publishing.drafts import DraftConflict, save_draft
from pages.publishing.page_tree import PositionConflict, create_page, set_position


class SavingPageForm(PageForm):
    """A page's form that saves as the last step of its validation, because only saving finds edit conflicts.

    Django then shows them as it shows any other invalid value. The admin sets `actor`.
    """

    actor: Actor

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflicts: list[LanguageConflict] = []
        self.save_messages: list[str] = []

    @property
    def save_summary(self) -> str:
        """Return the message for a successful save."""
        return " ".join(self.save_messages) or _("Nothing was changed, so nothing was saved.")

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            self._save_or_add_errors(timezone.now())

    def _save_or_add_errors(self, now: datetime) -> None:
        """Save the position and the texts that changed, or nothing.

        After a conflict the form names the revision or value that is stored now. The editor has then seen the conflict,
        so saving again succeeds.
        """
        try:
            with transaction.atomic():
                self.instance, self.save_messages = self._save(now)
        except DraftConflict as conflict:
            self.conflicts = conflicts_of(self.instance, conflict, self.texts(), self.opened_with(), now)
            self._replace_data({head_field(language): revision.pk for language, revision in conflict.saved.items()})
            self.add_errors(draft_conflict_error(conflict))
        except PositionConflict as conflict:
            self._replace_data({opened_field(name): value for name, value in conflict.stored.items()})
            self.add_errors(position_conflict_error(conflict, self.opened_position()))
        except ValidationError as error:
            self.add_errors(error)
        except Page.DoesNotExist as error:
            # Somebody deleted the page since the view read it. PreserveSubmissions then shows what was posted.
            raise Http404 from error

    def _save(self, now: datetime) -> tuple[Page, list[str]]:
        """Return the page, which may be a new one, and messages about what was saved."""
        page, messages = self.instance, []
        if page._state.adding:
            values = {name: self.cleaned_data[name] for name in (*CREATION_FIELDS, *POSITION_FIELDS)}
            page = create_page(**values, by=self.actor)
            messages.append(_("The page was created."))
        elif values := self.changed_position():
            set_position(page, **values, by=self.actor, now=now, expected_values=self.opened_position())
            messages.append(_("Weight and review date are saved."))
        saved = save_draft(page, self.texts(), by=self.actor, now=now, expected_revisions=self.opened_with())
        if saved:
            text = _("Saved as a draft. Readers do not see it yet: %(languages)s.")
            messages.append(text % {"languages": ", ".join(map(name_in_sentence, sorted(saved)))})
        return page, messages

    def _replace_data(self, values: Mapping[str, object]) -> None:
        # A QueryDict is immutable, its copy is not.
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[name] = "" if value is None else str(value)


def choose_their_texts(posted: QueryDict, object_id: str) -> QueryDict:
    """Return the posted data with the other editor's text in the languages where that was chosen after a conflict.

    This comes before the form, so that the form shows the chosen text if it has another error.
    """
    chosen = [language for language in served_languages() if posted.get(keep_field(language)) == THEIRS]
    page_key = parse_key(object_id)
    if not chosen or page_key is None:
        return posted
    # A QueryDict is immutable, its copy is not.
    data = posted.copy()
    for language in chosen:
        head = parse_key(posted.get(head_field(language), ""))
        # Filtered by page and language, because the posted key could be that of any revision.
        for revision in Revision.objects.filter(page=page_key, language=language, pk=head):
            for column, value in draft_columns(revision.fields, language).items():
                data[column] = value
    return data
