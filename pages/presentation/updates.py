"""The updates of a text: its major changes, version by version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import BinaryField, CharField, OuterRef, Q, QuerySet, Subquery, Value

from pages.history.first_publication import first_publication, source_with_date
from pages.history.version_spans import find_previous
from pages.languages import LocalizedText
from pages.models import Page, Version, VersionText
from pages.models.blob import decode_text
from pages.models.significance import Significance
from pages.presentation.page_events import FIRST_VERSIONS, NotedText, PageEvents

# How many updates a page lists. The others are in the list of all versions.
MAX_UPDATES = 50


@dataclass(frozen=True)
class Update:
    """A version with a major change of a text. The first update is the first publication.

    `previous` is the number of the version to compare with, None for the first publication. `is_corrected` says that
    the note is not the published one, or that the change was published as minor. The date of a cancelled version never
    came.
    """

    number: int
    at: datetime
    note: LocalizedText | None
    previous: int | None
    is_corrected: bool = False
    is_cancelled: bool = False


@dataclass(frozen=True)
class TextUpdates:
    """The newest updates of a text, newest first, and when its language was first published.

    That can be before its first version (see `pages.history.first_publication`), which is dated by `first_version_at`.
    `is_complete` says that there are no older updates. `first_announced_at` is when the first version was published, if
    it came into force later.
    """

    newest: tuple[Update, ...]
    first_version_at: datetime
    first_published_at: datetime
    is_complete: bool
    first_announced_at: datetime | None = None

    @property
    def is_announced(self) -> bool:
        """Tell whether the text was published before its first version came into force."""
        return self.first_announced_at is not None

    @property
    def modified_at(self) -> datetime:
        """Return when the text was last updated: the same rule as `with_modified_at`."""
        return self.newest[0].at if self.newest else self.first_version_at


class _UpdateRow(NamedTuple):
    number: int
    version_id: int
    effective_at: datetime
    significance: str
    note: bytes | None
    note_language: str
    source_note: bytes | None
    source_note_language: str | None
    version_published_at: datetime
    published_at: datetime


def read_updates(
    page: Page, version: Version, language: str, events: PageEvents, at: datetime, limit: int | None = MAX_UPDATES
) -> TextUpdates:
    """Return the updates of a language up to a version, with corrections up to a time, with at most one query."""
    counted = events.counted_significance(language, at)
    # The version itself counts even if it is cancelled: this is how its own page shows it.
    cancelled = events.cancelled_numbers(version.published_at) - {version.number}
    # Without the first version of a language, another one is the first.
    if version.number <= FIRST_VERSIONS and not cancelled:
        rows = _select_rows(events, version, counted, language, page.source_language)
    else:
        texts = VersionText.objects.filter(version__page=page, version__number__lte=version.number, language=language)
        texts = texts.exclude(version__number__in=cancelled).order_by("-version__number")
        # Corrections can turn some of those that are read into minor ones.
        rows = _read_rows(texts, counted, language, page.source_language, limit and limit + len(counted) + 1)
    major = [row for row in rows if counted.get(row.version_id, row.significance) == Significance.MAJOR]
    is_complete = len(major[:limit]) == len(major)
    notes = events.corrected_notes(at)
    updates = [
        replace(
            _update(row, language, page.source_language, cancelled, notes),
            is_cancelled=events.is_cancelled(row.number, at),
        )
        for row in major[:limit]
    ]
    # The first update is the first publication.
    if is_complete and updates:
        updates[-1] = replace(updates[-1], previous=None)
    first_at = rows[-1].effective_at if rows else version.effective_at
    published_at = rows[-1].published_at if rows else first_at
    announced_at = _announced_at(rows[-1]) if rows else None
    return TextUpdates(tuple(updates), first_at, published_at, is_complete, announced_at)


def _update(
    row: _UpdateRow,
    language: str,
    source_language: str,
    cancelled: Collection[int],
    corrected: Mapping[tuple[int, str], bytes],
) -> Update:
    # Editors need to write a note in one language only.
    own = (row.note, row.note_language or language)
    source = (row.source_note, row.source_note_language or source_language)
    notes = [
        (corrected[key], key[1]) if (key := (row.version_id, code)) in corrected else note
        for code, note in ((language, own), (source_language, source))
    ]
    shown = next(((text, code) for content, code in notes if (text := decode_text(content))), None)
    is_corrected = row.significance != Significance.MAJOR or bool(shown and shown not in map(_decoded, (own, source)))
    note = LocalizedText(*shown) if shown else None
    previous = find_previous(row.number, cancelled)
    return Update(row.number, row.effective_at, note, previous, is_corrected)


def _announced_at(row: _UpdateRow) -> datetime | None:
    return row.version_published_at if row.version_published_at < row.effective_at else None


def _decoded(note: tuple[bytes | None, str]) -> tuple[str, str]:
    return decode_text(note[0]), note[1]


def _select_rows(
    events: PageEvents,
    version: Version,
    counted: Collection[int],
    language: str,
    source_language: str,
) -> list[_UpdateRow]:
    """Return what `_read_rows` reads, from the texts of the first versions, of which none was cancelled."""
    earlier = [text for text in events.first_texts if text.number <= version.number]
    sources = {text.number: text for text in earlier if text.language == source_language != language}
    own = [text for text in earlier if text.language == language]
    return [
        _row(text, sources.get(text.number))
        for text in own
        if text.significance == Significance.MAJOR or text.version_id in counted or text is own[-1]
    ]


def _row(text: NotedText, source: NotedText | None) -> _UpdateRow:
    return _UpdateRow(
        number=text.number,
        version_id=text.version_id,
        effective_at=text.effective_at,
        significance=text.significance,
        note=text.note,
        note_language=text.note_language,
        source_note=source and source.note,
        source_note_language=source and source.note_language,
        version_published_at=text.version_published_at,
        published_at=text.published_at,
    )


def _read_rows(
    texts: QuerySet[VersionText], counted: Collection[int], language: str, source_language: str, limit: int | None
) -> list[_UpdateRow]:
    """Return the newest texts that can be major, newest first, and the first text."""
    candidates = texts.filter(Q(significance=Significance.MAJOR) | Q(version__in=counted))[:limit]
    first = texts.order_by("version__number")[:1]
    rows = VersionText.objects.filter(Q(pk__in=candidates.values("pk")) | Q(pk__in=first.values("pk")))
    source = VersionText.objects.filter(version=OuterRef("version"), language=source_language)
    source_note: tuple[Subquery | Value, ...] = (
        Subquery(source.values("note__content")),
        Subquery(source.values("note_language")),
    )
    if language == source_language:
        source_note = (Value(None, BinaryField()), Value(None, CharField()))
    note = ("note__content", "note_language")
    columns = ("version__number", "version_id", "version__effective_at", "significance", *note)
    dated_source = source_with_date(Q(pk__in=first.values("pk")))
    ordered = rows.order_by("-version__number")
    return [
        _UpdateRow._make([*row[:-1], first_publication(row[-1], row[2])])
        for row in ordered.values_list(*columns, *source_note, "version__published_at", dated_source)
    ]
