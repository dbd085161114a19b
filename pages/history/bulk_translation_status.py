"""The status of all translations in force, for lists of pages: the rules of `translation_basis` in three queries."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from pages.history.translation_basis import SourceRow, best_status, source_texts
from pages.history.translation_status import SourceText, TranslationStatus
from pages.models import PublicationRecord, Version, VersionText
from pages.models.version_text import Significance


class TextInForce(NamedTuple):
    """A text in force and its version."""

    page_id: int
    source_language: str
    version_id: int
    number: int
    language: str
    digest: str
    based_on: int | None


class TranslationAssessment(NamedTuple):
    """The status of a translation."""

    status: TranslationStatus
    # The number of the version whose source text it reflects.
    reflects: int | None
    # The primary key of the version since which it is not up to date.
    behind_since: int | None = None


class _PageSourceRow(NamedTuple):
    """The source text of a version."""

    page_id: int
    version_id: int
    number: int
    digest: str
    significance: str
    is_not_cancelled: bool


def texts_in_force(at: datetime) -> dict[int, dict[str, TextInForce]]:
    """Return the texts in force at a time, by the page's primary key and the language."""
    rows = (
        VersionText.objects.filter(version__in=Version.objects.in_force(at))
        .order_by()
        .values_list(
            "version__page_id",
            "version__page__source_language",
            "version_id",
            "version__number",
            "language",
            "revision__digest",
            "based_on",
        )
    )
    texts: dict[int, dict[str, TextInForce]] = {}
    for text in map(TextInForce._make, rows):
        texts.setdefault(text.page_id, {})[text.language] = text
    return texts


def assess_translations(
    texts: Mapping[int, Mapping[str, TextInForce]], at: datetime
) -> dict[tuple[int, str], TranslationAssessment]:
    """Return what `status_with_basis` returns for each translation in force, by the page's primary key and language."""
    source_rows, confirmations = _source_rows(at), _confirmations(at)
    assessments = {}
    for page_texts in texts.values():
        for text in page_texts.values():
            if text.language == text.source_language or text.source_language not in page_texts:
                continue
            confirmed = confirmations.get((text.page_id, text.language, text.digest), ())
            bases = {number for number in confirmed if number <= text.number}
            bases |= {text.based_on} if text.based_on else set()
            if assessment := _assess(text, bases, source_rows.get(text.page_id, [])):
                assessments[text.page_id, text.language] = assessment
    return assessments


def _assess(text: TextInForce, bases: set[int], rows: list[_PageSourceRow]) -> TranslationAssessment | None:
    @cache
    def source_texts_with(based_on: int | None) -> list[SourceText]:
        predecessors = {row.number for row in rows if row.is_not_cancelled and row.number < text.number}
        included = predecessors | {based_on, text.number}
        return source_texts(
            SourceRow(row.number, row.digest, row.significance, row.number in predecessors)
            for row in rows
            if row.number in included
        )

    status, reflects = best_status(bases, source_texts_with)
    if status is None:
        return None
    if status == TranslationStatus.UP_TO_DATE:
        return TranslationAssessment(status, reflects)
    since = _behind_since(status, reflects, source_texts_with(reflects))
    return TranslationAssessment(status, reflects, next(row.version_id for row in rows if row.number == since))


def _behind_since(status: TranslationStatus, reflects: int | None, source: list[SourceText]) -> int:
    """Return the number of the version since which the translation has its status."""
    reflected = [text for text in source if reflects is not None and text.number <= reflects]
    later = source[len(reflected) :]
    if not reflected:
        return later[0].number
    is_minor = status == TranslationStatus.MINOR
    return next(text.number for text in later if text.is_major or (is_minor and text.digest != reflected[-1].digest))


def _source_rows(at: datetime) -> dict[int, list[_PageSourceRow]]:
    """Return the source texts by the page's primary key, in the order of versions.

    Unchanged texts are left out because they repeat the one before. If a version of the page was cancelled, they are
    kept, because the one before may be the text of the cancelled version.
    """
    cancellations = PublicationRecord.objects.cancellations(at)
    is_needed = ~Q(significance=Significance.UNCHANGED) | Q(version__page__in=cancellations.values("page"))
    rows = (
        VersionText.objects.filter(is_needed, language=F("version__page__source_language"))
        .annotate(is_not_cancelled=~Exists(cancellations.filter(version=OuterRef("version"))))
        .order_by("version__number")
        .values_list(
            "version__page_id",
            "version_id",
            "version__number",
            "revision__digest",
            "significance",
            "is_not_cancelled",
        )
    )
    by_page: dict[int, list[_PageSourceRow]] = {}
    for row in map(_PageSourceRow._make, rows):
        by_page.setdefault(row.page_id, []).append(row)
    return by_page


def _confirmations(at: datetime) -> dict[tuple[int, str, str], list[int]]:
    """Return the numbers of the versions that translations were confirmed to reflect, by page, language and digest."""
    rows = PublicationRecord.objects.confirmations(at)
    numbers: dict[tuple[int, str, str], list[int]] = {}
    for page, language, digest, number in rows.values_list("page_id", "language", "text_digest", "version__number"):
        numbers.setdefault((page, language, digest), []).append(number)
    return numbers
