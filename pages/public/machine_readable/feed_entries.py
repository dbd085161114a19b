"""The entries of a feed: one for each version with a major change in the language of the feed."""

from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.languages import LocalizedText, interface_language
from pages.models import PublicationRecord, Version, VersionText
from pages.models.blob import decode_text
from pages.models.publication_record import RecordKind
from pages.models.significance import Significance
from pages.presentation.as_of import format_day, format_effective_time
from pages.presentation.page_events import FIRST_VERSIONS, NotedText, PageEvents, read_events
from pages.presentation.public_tree import PublicTree, ShownTitle, TreeRow, read_tree
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache

MAX_ENTRIES = 20
# How many versions are read at once, until there are enough with a major change.
BATCH = 3 * MAX_ENTRIES
# In bytes: of all versions that a process keeps, and, roughly, of one.
MAX_SIZE = 2 * 1024 * 1024
VERSION_SIZE = 1000


@dataclass(frozen=True)
class FeedEntry:
    """A version of a page with a change that readers of the feed must know.

    `previous` is the number of the version to compare with, None for the first publication of the language.
    """

    page: TreeRow
    title_in_force: ShownTitle
    number: int
    published_at: datetime
    effective_at: datetime
    is_upcoming: bool
    change_note: LocalizedText | None
    previous: int | None = None
    # Its note or its significance is not what was published.
    is_corrected: bool = False

    @property
    def updated_at(self) -> datetime:
        """Return when the entry last changed: at the announcement, and again when the version came into force."""
        return self.published_at if self.is_upcoming else self.effective_at

    @property
    def title(self) -> str:
        """Return the title of the page with the version and its effective date."""
        values = {
            "title": self.title_in_force.full_title,
            "number": self.number,
            "date": format_day(timezone.localdate(self.effective_at)),
        }
        if self.is_upcoming:
            values["date"] = format_effective_time(self.effective_at)
            return _("%(title)s: upcoming changes on %(date)s") % values
        return _("%(title)s: version %(number)s, %(date)s") % values

    @property
    def note(self) -> LocalizedText:
        """Return the change note, or a sentence that stands in for it."""
        if self.change_note:
            return self.change_note
        text = _("The first version.") if self.previous is None else _("There is no change note.")
        return LocalizedText(text, interface_language())


def newest_entries(
    language: str, state: SiteState, page: int | None = None, *, part: int | None = None
) -> list[FeedEntry]:
    """Return the newest entries of all public pages, or of the page with a key, upcoming versions included.

    A part of a page has the entries of at most `MAX_ENTRIES` versions, counted from the first one. Minor changes and
    versions that never came into force are left out. The number of queries does not grow with the pages or versions.
    """
    reader = _EntryReader(language, state, page, part)
    found = [*reader.read_upcoming(), *reader.read_past()]
    newest = sorted(found, key=lambda pair: pair[0].updated_at, reverse=True)[:MAX_ENTRIES]
    return list(reader.with_previous(newest))


class _MajorText(NamedTuple):
    """The key of a major text, and what its version says about the change."""

    key: int
    note: LocalizedText | None
    is_corrected: bool


class _EntryReader:
    def __init__(self, language: str, state: SiteState, page: int | None, part: int | None):
        self.language, self.state, self.page, self.part = language, state, page, part
        self.tree: PublicTree = read_tree(state)
        # When the newest version of each page was published: later cancellations do not count.
        self._published: dict[int, datetime] = {}

    def read_upcoming(self) -> list[tuple[FeedEntry, int]]:
        """Return upcoming entries with the keys of their texts, those announced last first."""
        if self.page is not None and self.tree.statuses[self.page].changes_at is None:
            return []
        versions = Version.objects.upcoming(self.state.at)
        return self._read(versions.order_by("-published_at", "-pk"), is_upcoming=True)

    def read_past(self) -> list[tuple[FeedEntry, int]]:
        versions = Version.objects.taking_effect().filter(effective_at__lte=self.state.at)
        # The past versions of a page took effect in the order of their numbers.
        order = ("-effective_at", "-pk") if self.page is None else ("-number",)
        return self._read(versions.order_by(*order), is_upcoming=False)

    def _read(self, versions: QuerySet[Version], *, is_upcoming: bool) -> list[tuple[FeedEntry, int]]:
        versions = versions if self.page is None else versions.filter(page=self.page)
        versions = versions if self.part is None else self._in_part(versions, self.part)
        found: list[tuple[FeedEntry, int]] = []
        for start in count(0, BATCH):
            batch = self._batch(versions[start : start + BATCH], (is_upcoming, self.part, start))
            found += self._entries(batch, is_upcoming=is_upcoming)
            if len(batch) < BATCH or len(found) >= MAX_ENTRIES:
                break
        return found

    def _in_part(self, versions: QuerySet[Version], part: int) -> QuerySet[Version]:
        """Return the versions with the numbers of a part, or, without a page, whose records have these numbers."""
        numbers = {"number__gt": (part - 1) * MAX_ENTRIES, "number__lte": part * MAX_ENTRIES}
        if self.page is not None:
            return versions.filter(**numbers)
        records = PublicationRecord.objects.filter(kind=RecordKind.PUBLISH, **numbers)
        return versions.filter(pk__in=records.values("version"))

    def _batch(self, versions: QuerySet[Version], key: Hashable) -> list[Version]:
        """Read versions; those of a page are the same for its feeds in all languages."""
        if self.page is None:
            return list(versions)
        return _batches.get((self.tree.stamp(self.page), key), lambda: list(versions))

    def _entries(self, versions: Iterable[Version], *, is_upcoming: bool) -> Iterator[tuple[FeedEntry, int]]:
        public = {version.pk: version for version in versions if self.tree.statuses[version.page_id].is_public}
        titles = self.tree.shown_titles({version.page_id for version in public.values()}, self.language)
        for version in public.values():
            published = self._published.setdefault(version.page_id, version.published_at)
            self._published[version.page_id] = max(published, version.published_at)
        major = self._major_texts(public, {titles[version.page_id].language for version in public.values()})
        for key, version in public.items():
            title, page = titles[version.page_id], self.tree.rows[version.page_id]
            if (text := major.get((key, title.language))) is None:
                continue
            times = (version.number, version.published_at, version.effective_at)
            yield FeedEntry(page, title, *times, is_upcoming, text.note, is_corrected=text.is_corrected), text.key

    def _major_texts(self, versions: Collection[int], languages: Iterable[str]) -> dict[tuple[int, str], _MajorText]:
        """Return the major texts, with corrections, by the key of the version and the language."""
        if self.page is not None and self.tree.statuses[self.page].newest <= FIRST_VERSIONS:
            return self._first_texts(self.page, versions)
        texts = VersionText.objects.filter(version__in=list(versions), language__in=set(languages)).order_by()
        major = texts.with_counted_significance(self.state.at).filter(counted_significance=Significance.MAJOR)
        source = VersionText.objects.filter(
            version=OuterRef("version"), language=OuterRef("version__page__source_language")
        ).with_counted_note(self.state.at)
        note = ("counted_note", "counted_note_language")
        columns = ("pk", "version_id", "language", "significance", "corrected_note", "version__page__source_language")
        source_note = [Subquery(source.values(name)) for name in note]
        rows = major.with_counted_note(self.state.at).values_list(*columns, *note, *source_note)
        return {(version, language): _major_text(key, language, *facts) for key, version, language, *facts in rows}

    def _first_texts(self, page: int, versions: Collection[int]) -> dict[tuple[int, str], _MajorText]:
        """Return the same in all languages, from the texts of the page's first versions, which others need too."""
        events, source_language = read_events(page, self.state), self.tree.rows[page].source_language
        texts = [text for text in events.first_texts if text.version_id in versions]
        corrected = events.corrected_notes(self.state.at)
        notes = {(text.version_id, text.language): text.localized_note for text in texts}
        notes |= {key: (note, key[1]) for key, note in corrected.items()}
        major = [text for text in texts if self._is_major(events, text)]
        return {
            (text.version_id, text.language): _MajorText(
                text.key,
                _first_note(
                    notes[text.version_id, text.language],
                    notes.get((text.version_id, source_language), (None, source_language)),
                ),
                is_corrected=(text.version_id, text.language) in corrected or text.significance != Significance.MAJOR,
            )
            for text in major
        }

    def _is_major(self, events: PageEvents, text: NotedText) -> bool:
        counted = events.counted_significance(text.language, self.state.at)
        return counted.get(text.version_id, text.significance) == Significance.MAJOR

    def with_previous(self, entries: list[tuple[FeedEntry, int]]) -> Iterator[FeedEntry]:
        """Yield the entries with the numbers of the versions to compare with."""
        if all(entry.number == 1 for entry, _key in entries):
            yield from (entry for entry, _key in entries)
            return
        earlier = VersionText.objects.filter(
            version__page=OuterRef("version__page"),
            version__number__lt=OuterRef("version__number"),
            language=OuterRef("language"),
        ).with_counted_significance(self.state.at)
        cancelled = PublicationRecord.objects.cancellations(self.state.at)
        major = earlier.filter(~Exists(cancelled.filter(version=OuterRef("version"))), counted_significance="major")
        texts = VersionText.objects.filter(pk__in=[key for _entry, key in entries])
        later = set(texts.filter(Exists(major)).values_list("pk", flat=True))
        numbers = self._cancelled_numbers({entry.page.key for entry, key in entries if key in later})
        for entry, key in entries:
            previous = _number_before(entry.number, numbers.get(entry.page.key, set())) if key in later else None
            yield replace(entry, previous=previous)

    def _cancelled_numbers(self, pages: set[int]) -> dict[int, set[int]]:
        numbers: dict[int, set[int]] = {}
        if not pages:
            return numbers
        records = PublicationRecord.objects.cancellations(self.state.at).filter(page__in=pages)
        for page, number, at in records.values_list("page", "version__number", "at"):
            if at <= self._published[page]:
                numbers.setdefault(page, set()).add(number)
        return numbers


# Until a record or the time changes the page.
_batches: SizedCache[list[Version]] = SizedCache(MAX_SIZE, lambda versions: VERSION_SIZE * (len(versions) + 1))


def _number_before(number: int, cancelled: set[int]) -> int | None:
    number -= 1
    while number in cancelled:
        number -= 1
    return number or None


def _major_text(
    key: int,
    language: str,
    significance: str,
    corrected: bytes | None,
    source_language: str,
    note: bytes | None,
    note_language: str,
    source_note: bytes | None,
    source_note_language: str | None,
) -> _MajorText:
    shown = _first_note((note, note_language or language), (source_note, source_note_language or source_language))
    return _MajorText(key, shown, is_corrected=corrected is not None or significance != Significance.MAJOR)


def _first_note(*notes: tuple[bytes | None, str]) -> LocalizedText | None:
    # Editors need to write a note in one language only.
    return next((LocalizedText(text, code) for content, code in notes if (text := decode_text(content))), None)
