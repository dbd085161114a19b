"""What changed for the readers of a language, version by version."""

from dataclasses import dataclass
from datetime import datetime

from pages.languages import LocalizedText
from pages.models import Page, Version, VersionText
from pages.models.version_text import Significance


@dataclass(frozen=True)
class Update:
    """A change that readers had to know of; the first one is the first publication."""

    number: int
    at: datetime
    note: LocalizedText | None
    # The version before, to compare with; None for the first publication.
    previous: int | None

    @property
    def pair(self) -> str:
        """Return the two versions as an address names them."""
        return f"{self.previous}...{self.number}"


def updates_of(page: Page, version: Version, language: str) -> tuple[Update, ...]:
    """Return the updates of a language up to a version, newest first."""
    standing = list(
        page.versions.not_cancelled(version.published_at)
        .filter(number__lte=version.number)
        .order_by("number")
        .values_list("number", flat=True)
    )
    numbers = [number for number in standing if number != version.number] + [version.number]
    before = dict(zip(numbers[1:], numbers, strict=False))
    rows = _major_texts(page, numbers, language)
    notes = _source_notes(page, [row.version.number for row in rows]) if language != page.source_language else {}
    first = rows[0].version.number if rows else None
    found = [
        Update(
            number=row.version.number,
            at=row.modified_at,
            note=_note(row, notes, page.source_language),
            previous=None if row.version.number == first else before.get(row.version.number),
        )
        for row in rows
    ]
    return tuple(reversed(found))


def _major_texts(page: Page, numbers: list[int], language: str) -> list[VersionText]:
    rows = VersionText.objects.filter(version__page=page, version__number__in=numbers, language=language)
    return list(rows.filter(significance=Significance.MAJOR).select_related("version").order_by("version__number"))


def _source_notes(page: Page, numbers: list[int]) -> dict[int, str]:
    rows = VersionText.objects.filter(version__page=page, version__number__in=numbers, language=page.source_language)
    return dict(rows.exclude(change_note="").values_list("version__number", "change_note"))


def _note(row: VersionText, source_notes: dict[int, str], source_language: str) -> LocalizedText | None:
    if row.change_note:
        return LocalizedText(row.change_note, row.language)
    words = source_notes.get(row.version.number)
    return LocalizedText(words, source_language) if words else None
