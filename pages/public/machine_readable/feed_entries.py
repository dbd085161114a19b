"""What a feed tells: the versions that readers of a language have to know of, and when they had news of each."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Case, Max, When
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages.history.version_spans import Span, VersionState
from pages.languages import LocalizedText
from pages.models import Version, VersionText
from pages.models.version_text import Significance
from pages.presentation.as_of import format_day
from pages.presentation.page_lists import PublicPage, public_pages
from pages.presentation.page_presentation import spans_of
from pages.presentation.updates import Update, updates_of

LONGEST = 20
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """A version that changed what readers of a feed read in a way that they have to know of."""

    followed: PublicPage
    version: Version
    span: Span
    update: Update

    @property
    def is_upcoming(self) -> bool:
        """Tell whether the version is only announced."""
        return self.span.state == VersionState.UPCOMING

    @property
    def updated(self) -> datetime:
        """Return when readers had news: on the announcement, and again when the version came into force."""
        return self.version.published_at if self.is_upcoming else self.version.effective_at

    @property
    def title(self) -> str:
        """Return the page's title and what happens to it."""
        values = {
            "title": self.followed.text.revision.title,
            "number": self.version.number,
            "date": format_day(timezone.localdate(self.version.effective_at)),
        }
        if self.is_upcoming:
            return _("%(title)s: upcoming changes on %(date)s") % values
        return _("%(title)s: version %(number)s, %(date)s") % values

    @property
    def note(self) -> LocalizedText:
        """Return what changed, as the editors say it."""
        if self.update.note:
            return self.update.note
        words = _("The first version.") if self.update.previous is None else _("There is no note on what has changed.")
        return LocalizedText(words, get_language())


def entries_of(followed: PublicPage, at: datetime) -> list[Entry]:
    """Return the entries of a page, those of announced versions among them.

    Minor changes are left out, and so is what never came into force.
    """
    announced = followed.page.versions.upcoming(at).order_by("-number").first()
    updates = updates_of(followed.page, announced or followed.version, followed.text.language)[:LONGEST]
    versions = followed.page.versions.published(at).filter(number__in=[update.number for update in updates])
    spans, by_number = spans_of(followed.page, at), {version.number: version for version in versions}
    return [
        Entry(followed, by_number[update.number], spans[update.number], update)
        for update in updates
        if update.number in by_number and spans[update.number].state != VersionState.NEVER
    ]


def newest_entries(language: str, at: datetime) -> list[Entry]:
    """Return the entries of all public pages, as far as they can be among those that a feed shows."""
    last = _last_news(at)
    dated = [
        (last.get((listed.page.pk, listed.text.language), BEFORE_ALL), listed) for listed in public_pages(language, at)
    ]
    entries: list[Entry] = []
    for news, listed in sorted(dated, key=lambda pair: pair[0], reverse=True):
        if sum(entry.updated >= news for entry in entries) >= LONGEST:
            break
        entries += entries_of(listed, at)
    return entries


def _last_news(at: datetime) -> dict[tuple[int, str], datetime]:
    """Return when readers last had news of a page in a language."""
    heard = Case(When(version__effective_at__lte=at, then="version__effective_at"), default="version__published_at")
    standing = Version.objects.published(at).not_cancelled(at)
    major = VersionText.objects.filter(significance=Significance.MAJOR, version__in=standing).order_by()
    rows = major.values_list("version__page", "language").annotate(last=Max(heard))
    return {(page, language): moment for page, language, moment in rows}
