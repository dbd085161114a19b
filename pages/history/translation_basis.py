"""The basis of a translation: the version whose source text it reflects, as published or as confirmed later."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from pages.history.translation_status import SourceText, TranslationStatus, translation_status
from pages.models import Page, PublicationRecord, Version, VersionText
from pages.models.version_text import Significance

_WORST_FIRST = (TranslationStatus.BEHIND, TranslationStatus.MINOR, TranslationStatus.UP_TO_DATE)


class SourceRow(NamedTuple):
    """The source text of a version as read from the database."""

    number: int
    digest: str
    significance: str
    # Whether the version is one before the version in question, and not cancelled.
    is_predecessor: bool


def status_with_basis(
    page: Page, version: Version, text: VersionText, languages: Collection[str], at: datetime
) -> tuple[TranslationStatus | None, int | None]:
    """Return a translation's status in a version at a time, and the number of the version whose source it reflects.

    `languages` are those of the version's texts. If the translation reflects several versions, the one with the best
    status counts, then the latest. The status is None for a source text, and if the version has no source text.
    """
    if text.language == page.source_language or page.source_language not in languages:
        return None, None
    bases = {number for number in (text.based_on, *confirmed_bases(page, version, text, at)) if number}
    return best_status(bases, lambda number: _source_texts(page, version, number))


def translation_statuses(
    page: Page, version: Version, texts: Mapping[str, VersionText], at: datetime
) -> dict[str, TranslationStatus]:
    """Return the status of each translation of a version as `status_with_basis` does, with a fixed number of queries.

    Empty if the version has no source text.
    """
    bases: dict[str, set[int]] = {
        language: {text.based_on} if text.based_on else set()
        for language, text in texts.items()
        if language != page.source_language
    }
    if page.source_language not in texts or not bases:
        return {}
    records = PublicationRecord.objects.confirmations(at).filter(page=page, version__number__lte=version.number)
    for language, digest, number in records.values_list("language", "text_digest", "version__number"):
        if language in bases and texts[language].revision.digest == digest:
            bases[language].add(number)
    rows = _source_rows(page, version, Q(version__page=page, version__number__lt=version.number))

    def source_texts_with(based_on: int | None) -> list[SourceText]:
        return source_texts(row for row in rows if row.is_predecessor or row.number in (version.number, based_on))

    statuses = {language: best_status(numbers, source_texts_with)[0] for language, numbers in bases.items()}
    return {language: status for language, status in statuses.items() if status}


def best_status(
    bases: Collection[int], source_texts_with: Callable[[int | None], Sequence[SourceText]]
) -> tuple[TranslationStatus | None, int | None]:
    """Return the best status of a translation with several bases, and the basis that gives it.

    `source_texts_with` returns the source texts, including that of the given basis even if its version was cancelled.
    """
    if not bases:
        return translation_status(None, source_texts_with(None)), None
    statuses = [(translation_status(number, source_texts_with(number)), number) for number in bases]
    return max(statuses, key=lambda pair: (_WORST_FIRST.index(pair[0]), pair[1]))


def confirmed_bases(page: Page, version: Version, text: VersionText, at: datetime) -> list[int]:
    """Return the versions whose source a text was confirmed to reflect by a time.

    A confirmation applies to the version that it names and to later ones that have the same text.
    """
    records = PublicationRecord.objects.confirmations(at).filter(
        page=page, language=text.language, text_digest=text.revision.digest, version__number__lte=version.number
    )
    return list(records.values_list("version__number", flat=True))


def _source_texts(page: Page, version: Version, based_on: int | None) -> list[SourceText]:
    """Return the source texts up to a version; that of a cancelled version only if it is the basis."""
    included = Q(version__in=_predecessors(page, version)) | Q(version__page=page, version__number=based_on)
    return source_texts(_source_rows(page, version, included))


def _predecessors(page: Page, version: Version):
    return page.versions.not_cancelled(version.published_at).filter(number__lt=version.number)


def _source_rows(page: Page, version: Version, included: Q) -> list[SourceRow]:
    """Return the rows of the source language in order: those that match `included`, and the version's own."""
    rows = (
        VersionText.objects.filter(included | Q(version=version), language=page.source_language)
        .annotate(is_predecessor=Q(version__in=_predecessors(page, version)))
        .order_by("version__number")
        .values_list("version__number", "revision__digest", "significance", "is_predecessor")
    )
    return [SourceRow._make(row) for row in rows]


def source_texts(rows: Iterable[SourceRow]) -> list[SourceText]:
    """Return the source texts of rows in ascending order."""
    texts: list[SourceText] = []
    after_cancelled = False
    for number, digest, significance, is_predecessor in rows:
        # A text after a cancelled one was compared with another base, so its significance is unknown: assume major.
        texts.append(SourceText(number, digest, significance == Significance.MAJOR or after_cancelled))
        after_cancelled = not is_predecessor
    return texts
