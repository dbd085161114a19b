"""Edit conflicts: two editors changed the same language, or the same setting, at the same time."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.primary_keys import parse_key
from pages.languages import served_languages
from pages.models import Page, Revision
from pages.models.page import draft_columns, text_field
from pages.presentation.comparison.text_comparison import ComparedText, TextComparison, compared_fields
from pages.presentation.rendered_bodies import render_draft_body
from pages.publishing.drafts import DraftConflict
from pages.publishing.page_tree import PositionConflict
from pages.publishing.pictures.storage import published_pictures
from pages.text.fields import Fields
from pages.text.source import normalise

MINE, THEIRS = "mine", "theirs"
CHOICES = [
    (MINE, gettext_lazy("Keep the text in this form and replace the other one")),
    (THEIRS, gettext_lazy("Use the other text and discard the one in this form")),
]
_POSITION_CONFLICTS = {
    "weight": gettext_lazy(
        "The weight was set to %(stored)s after you opened this form with %(opened)s. To set yours anyway, save again."
    ),
    "review_by": gettext_lazy(
        "Somebody else has set the review date to %(stored)s since you opened this form with %(opened)s. To "
        "set yours anyway, save again."
    ),
    "review_months": gettext_lazy(
        "Somebody else has set the review period to %(stored)s since you opened this form with %(opened)s. To "
        "set yours anyway, save again."
    ),
    "notice_days": gettext_lazy(
        "Somebody else has set the notice period to %(stored)s since you opened this form with %(opened)s. To "
        "set yours anyway, save again."
    ),
}


def head_field(language: str) -> str:
    """Return the name of the hidden field with the key of the revision that the form showed, or nothing."""
    return text_field("head", language)


def keep_field(language: str) -> str:
    """Return the name of the form field that chooses between the two texts."""
    return text_field("keep", language)


@dataclass(frozen=True)
class LanguageConflict:
    """A language that was saved elsewhere after this form was opened; `comparisons` holds keys, labels and changes.

    `is_own` says whether the other text was saved under the same name, which is most often another tab.
    """

    theirs: Revision
    is_own: bool
    comparisons: tuple[tuple[str, str, TextComparison], ...]

    @property
    def field(self) -> str:
        return keep_field(self.theirs.language)

    # The template checks the first choice, which loses nothing: their text stays in the history as a revision.
    choices = CHOICES


def conflicts_of(
    page: Page, conflict: DraftConflict, typed, opened_with, *, author: str, now: datetime
) -> list[LanguageConflict]:
    """Return a conflict for each language of the exception, in the form of an author.

    `typed` holds the submitted fields and `opened_with` the key of the revision that the form showed, by language.
    """
    pictures = published_pictures(page, now)
    # Filtered by the page: the keys were posted, and a forged one must not show the text of another page.
    revisions = page.revisions.filter(pk__in=filter(None, opened_with.values())).select_related("blob")
    opened = {revision.pk: revision.fields for revision in revisions}
    conflicts = []
    for language, theirs in sorted(conflict.saved.items()):
        # A language that had no text when the form was opened is compared with empty fields.
        texts = opened.get(opened_with.get(language), Fields()), theirs.fields, typed[language]
        comparisons = _comparisons(page, language, texts, pictures)
        conflicts.append(LanguageConflict(theirs, theirs.author == author, comparisons))
    return conflicts


def _comparisons(page: Page, language: str, texts, pictures) -> tuple[tuple[str, str, TextComparison], ...]:
    before, theirs, mine = (render_fields(page, language, text, pictures) for text in texts)
    pairs = (
        ("between", _("From the other text to the one in this form"), theirs, mine),
        ("theirs", _("Changes of the other text since you opened the form"), before, theirs),
        ("mine", _("Changes in this form since you opened it"), before, mine),
    )
    return tuple((key, label, TextComparison(old, new, language)) for key, label, old, new in pairs)


def render_fields(page: Page, language: str, text: Fields, pictures) -> ComparedText:
    """Return a draft or a typed text as readers would see it; `pictures` are those known to the page."""
    body = normalise(text).body
    rendered = render_draft_body(body, pictures, language=language, base_url=page.get_absolute_url())
    return compared_fields(text, rendered)


def draft_conflict_error(conflict: DraftConflict, author: str) -> ValidationError:
    """Return an error at the body of each language of the conflict, in the form of an author."""
    return ValidationError(
        {text_field("body", language): _conflict_message(theirs, author) for language, theirs in conflict.saved.items()}
    )


def _conflict_message(theirs: Revision, author: str) -> str:
    by_others = _(
        "%(author)s saved this language at %(time)s, after you opened it. Your text is kept below; the other "
        "text is revision %(number)d. To replace it with yours, save again."
    )
    # Two people can have one name, so this does not say who it was.
    by_same_name = _(
        "This language was saved under your name at %(time)s, in another tab or window, after you opened this form. "
        "The text in this form is kept below; the other text is revision %(number)d. To replace it, save again."
    )
    values = {"author": theirs.author, "time": format_short_time(theirs.created_at), "number": theirs.pk}
    return (by_same_name if theirs.author == author else by_others) % values


def format_short_time(timestamp: datetime) -> str:
    """Return the local time, with the date unless it is today."""
    local = timezone.localtime(timestamp)
    time = f"{local:%H:%M}"
    return time if local.date() == timezone.localdate() else f"{date_format(local, 'SHORT_DATE_FORMAT')}, {time}"


def position_conflict_error(conflict: PositionConflict, opened) -> ValidationError:
    """Return an error at each field of the conflict, with the stored value and the one that the form was opened with.

    It names nobody, because the author of these settings is not recorded.
    """
    messages = {
        name: _POSITION_CONFLICTS[name] % {"stored": _format_value(stored), "opened": _format_value(opened.get(name))}
        for name, stored in conflict.stored.items()
    }
    return ValidationError(messages)


def _format_value(value) -> str:
    # A review date or period that is not set.
    if value is None:
        return _("none")
    return str(value) if isinstance(value, int) else date_format(value, "SHORT_DATE_FORMAT")


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
