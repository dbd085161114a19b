"""The updates of a text: its major changes, version by version."""

from dataclasses import dataclass
from datetime import datetime

from pages.languages import LocalizedText
from pages.models import Page, Version, VersionText
from pages.models.blob import decode_text
from pages.models.significance import Significance


@dataclass(frozen=True)
class Update:
    """A version with a major change of a text. The first update is the first publication.

    `previous` is the number of the version to compare with, None for the first publication.
    """

    number: int
    at: datetime
    note: LocalizedText | None
    previous: int | None


def updates_of(page: Page, version: Version, language: str, at: datetime) -> tuple[Update, ...]:
    """Return the updates of a language up to a version, newest first, with corrections up to a time."""
    not_cancelled = page.versions.not_cancelled(version.published_at).filter(number__lt=version.number)
    # The version itself counts even if it is cancelled: this is how its own page shows it.
    numbers = [*not_cancelled.order_by("number").values_list("number", flat=True), version.number]
    previous = dict(zip(numbers[1:], numbers, strict=False))
    rows = _major_texts(page, numbers, language, at)
    notes = _source_notes(page, [row.version.number for row in rows]) if language != page.source_language else {}
    first = rows[0].version.number if rows else None
    updates = [
        Update(
            number=row.version.number,
            at=row.version.effective_at,
            note=_note(row, notes, page.source_language),
            previous=None if row.version.number == first else previous.get(row.version.number),
        )
        for row in rows
    ]
    return tuple(reversed(updates))


def _major_texts(page: Page, numbers: list[int], language: str, at: datetime) -> list[VersionText]:
    rows = VersionText.objects.filter(version__page=page, version__number__in=numbers, language=language)
    major = rows.with_counted_significance(at).filter(counted_significance=Significance.MAJOR)
    return list(major.select_related("version", "note").order_by("version__number"))


def _source_notes(page: Page, numbers: list[int]) -> dict[int, str]:
    rows = VersionText.objects.filter(version__page=page, version__number__in=numbers, language=page.source_language)
    notes = dict(rows.exclude(note=None).values_list("version__number", "note__content"))
    return {number: decode_text(note) for number, note in notes.items()}


def _note(row: VersionText, source_notes: dict[int, str], source_language: str) -> LocalizedText | None:
    """Return the change note in the language of the text, or else in the source language."""
    # Editors need to write a note in one language only.
    if row.change_note:
        return LocalizedText(row.change_note, row.language)
    note = source_notes.get(row.version.number)
    return LocalizedText(note, source_language) if note else None
