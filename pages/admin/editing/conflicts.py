"""Two people at once on one language: who saved what, compared with what was typed, and the ways to go on."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.editing.language_tabs import language_attributes, language_title
from pages.models import Page, Revision
from pages.models.page import text_field
from pages.presentation.comparison.rendered_comparison import RenderedComparison, RenderedText
from pages.presentation.rendered_bodies import render_body
from pages.publishing.drafts import DraftConflict, fields_of
from pages.publishing.page_tree import PositionConflict
from pages.publishing.pictures import known_pictures, pictures_of
from pages.text.source import Fields, normalise

MINE, THEIRS = "mine", "theirs"
CHOICES = [
    (MINE, gettext_lazy("Keep my text, on top of theirs")),
    (THEIRS, gettext_lazy("Take their text, and let go of mine")),
]
_PLACE = {
    "weight": gettext_lazy(
        "Somebody else has set the weight to %(stored)s since you opened this form with %(opened)s. To set yours all "
        "the same, save again."
    ),
    "review_by": gettext_lazy(
        "Somebody else has set the review day to %(stored)s since you opened this form with %(opened)s. To set yours "
        "all the same, save again."
    ),
}


def keep_field(language: str) -> str:
    """Return the name of the field in which somebody says whose text is to stay."""
    return text_field("keep", language)


@dataclass(frozen=True)
class LanguageConflict:
    """What somebody else saved in a language while this text was being typed."""

    theirs: Revision
    comparisons: tuple[tuple[str, str, RenderedComparison], ...]

    @property
    def language(self) -> str:
        """Return the language's code."""
        return self.theirs.language

    @property
    def name(self) -> str:
        """Return what the language calls itself."""
        return language_title(self.language)

    @property
    def attributes(self) -> dict[str, str]:
        """Return the attributes of an element that holds a text."""
        return language_attributes(self.language)

    @property
    def their_text(self) -> Fields:
        """Return what they saved."""
        return fields_of(self.theirs)

    @property
    def field(self) -> str:
        """Return the name of the field of the choice."""
        return keep_field(self.language)

    @property
    def choices(self):
        """Return the ways to go on; to keep what was typed is the one that loses nothing."""
        return CHOICES


def conflicts_of(page: Page, conflict: DraftConflict, typed, opened_with, now: datetime) -> list[LanguageConflict]:
    """Return each language's conflict, `typed` and `opened_with` by language."""
    known = known_pictures(page, now)
    opened = {one.pk: fields_of(one) for one in page.revisions.filter(pk__in=filter(None, opened_with.values()))}
    found = []
    for language, theirs in sorted(conflict.saved.items()):
        texts = opened.get(opened_with.get(language), Fields()), fields_of(theirs), typed[language]
        found.append(LanguageConflict(theirs, _comparisons(page, language, texts, known)))
    return found


def _comparisons(page: Page, language: str, texts, known) -> tuple[tuple[str, str, RenderedComparison], ...]:
    before, theirs, mine = (state_of(page, text, known) for text in texts)
    pairs = (
        ("between", _("From their text to yours"), theirs, mine),
        ("theirs", _("What they changed since you opened the form"), before, theirs),
        ("mine", _("What you changed since you opened the form"), before, mine),
    )
    return tuple((name, words, RenderedComparison(language, old, new)) for name, words, old, new in pairs)


def state_of(page: Page, text: Fields, known) -> RenderedText:
    """Return a text that is no version as readers would see it."""
    body = normalise(text).body
    shown = render_body(body, pictures_of(body, known), base_url=page.get_absolute_url())
    return RenderedText(text.title, text.link_title, text.description, shown)


def explained(conflict: DraftConflict) -> ValidationError:
    """Return what is said at the field of each language."""
    words = _(
        "%(author)s saved this language at %(time)s, after you opened it. Nothing of yours is lost: your text is "
        "below, theirs is revision %(number)d. To keep yours on top of theirs, save again."
    )
    return ValidationError(
        {
            text_field("body", language): words
            % {"author": one.author, "time": format_short_time(one.created_at), "number": one.pk}
            for language, one in conflict.saved.items()
        }
    )


def format_short_time(moment: datetime) -> str:
    """Say a moment as briefly as can be: the time, with the day if it is another one."""
    local = timezone.localtime(moment)
    time = f"{local:%H:%M}"
    return time if local.date() == timezone.localdate() else f"{date_format(local, 'SHORT_DATE_FORMAT')}, {time}"


def place_explained(conflict: PositionConflict, opened) -> ValidationError:
    """Return what is said at the fields of a page's settings: both values, as nobody is noted as their author."""
    words = {
        name: _PLACE[name] % {"stored": _said(stored), "opened": _said(opened.get(name))}
        for name, stored in conflict.stored.items()
    }
    return ValidationError(words)


def _said(value) -> str:
    if value is None:
        return _("none")
    return str(value) if isinstance(value, int) else date_format(value, "SHORT_DATE_FORMAT")
