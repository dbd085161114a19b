"""The entries of a feed: one for each version with a major change in the language of the feed."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Case, Max, When
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages.history.version_spans import Span, VersionState
from pages.languages import LocalizedText
from pages.models import Version, VersionText
from pages.models.significance import Significance
from pages.presentation.as_of import format_day
from pages.presentation.page_events import read_events
from pages.presentation.page_lists import PublicPage, public_pages
from pages.presentation.page_presentation import spans_of
from pages.presentation.updates import Update, read_updates

MAX_ENTRIES = 20
# For pages and feeds without an entry: it sorts before every update, and is a valid date.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FeedEntry:
    """A version of a page with a change that readers of the feed must know."""

    public_page: PublicPage
    version: Version
    span: Span
    update: Update

    @property
    def is_upcoming(self) -> bool:
        return self.span.state == VersionState.UPCOMING

    @property
    def updated_at(self) -> datetime:
        """Return when the entry last changed: at the announcement, and again when the version came into force."""
        return self.version.published_at if self.is_upcoming else self.version.effective_at

    @property
    def title(self) -> str:
        """Return the title of the page with the version and its effective date."""
        values = {
            "title": self.public_page.text.revision.title,
            "number": self.version.number,
            "date": format_day(timezone.localdate(self.version.effective_at)),
        }
        if self.is_upcoming:
            return _("%(title)s: upcoming changes on %(date)s") % values
        return _("%(title)s: version %(number)s, %(date)s") % values

    @property
    def note(self) -> LocalizedText:
        """Return the change note, or a sentence that stands in for it."""
        if self.update.note:
            return self.update.note
        text = _("The first version.") if self.update.previous is None else _("There is no change note.")
        return LocalizedText(text, get_language())


def entries_of(public_page: PublicPage, at: datetime) -> list[FeedEntry]:
    """Return the entries of a page, upcoming versions included.

    Minor changes and versions that never came into force are left out.
    """
    page = public_page.page
    # Up to the last announced version, because an announcement is an entry too.
    announced = page.versions.upcoming(at).order_by("-number").first()
    newest = announced or public_page.version
    language = public_page.text.language
    updates = read_updates(page, newest, language, read_events(page.pk), at, MAX_ENTRIES).newest
    versions = page.versions.filter(number__in=[update.number for update in updates])
    spans, by_number = spans_of(page, at), {version.number: version for version in versions}
    return [
        FeedEntry(public_page, by_number[update.number], spans[update.number], update)
        for update in updates
        if update.number in by_number and spans[update.number].state != VersionState.NEVER
    ]


def newest_entries(language: str, at: datetime) -> list[FeedEntry]:
    """Return the entries of public pages, at least the newest ones that a feed of the site shows.

    The entries of a page are read only if one of them can be among the newest.
    """
    last_updates = _last_updates(at)
    dated = [
        (last_updates.get((listed.page.pk, listed.text.language), EPOCH), listed)
        for listed in public_pages(language, at)
    ]
    entries: list[FeedEntry] = []
    for last_update, public_page in sorted(dated, key=lambda pair: pair[0], reverse=True):
        # The pages are sorted by their newest entry, so no later page has one that is among the newest.
        if sum(entry.updated_at >= last_update for entry in entries) >= MAX_ENTRIES:
            break
        entries += entries_of(public_page, at)
    return entries


def _last_updates(at: datetime) -> dict[tuple[int, str], datetime]:
    """Return when the newest entry of a page changed, by page and language."""
    is_in_force = When(version__effective_at__lte=at, then="version__effective_at")
    updated_at = Case(is_in_force, default="version__published_at")
    versions = Version.objects.not_cancelled(at)
    texts = VersionText.objects.filter(version__in=versions).with_counted_significance(at).order_by()
    major = texts.filter(counted_significance=Significance.MAJOR)
    rows = major.values_list("version__page", "language").annotate(last=Max(updated_at))
    return {(page, language): last for page, language, last in rows}
