"""The status of all translations in force at once, for lists: the rule of `translation_basis`, and three queries."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from pages.history.translation_basis import best_status, source_texts
from pages.history.translation_status import SourceText, TranslationStatus
from pages.models import PublicationRecord, Version, VersionText
from pages.models.version_text import Significance


class EffectiveText(NamedTuple):
    """A text that readers get now, and its version."""

    page: int
    source_language: str
    version: int
    number: int
    language: str
    digest: str
    based_on: int | None


class TranslationAssessment(NamedTuple):
    """What may be said of a translation; `superseded_by` is the key of the version whose source went ahead of it."""

    status: TranslationStatus
    reflects: int | None
    superseded_by: int | None = None


class _SourceRow(NamedTuple):
    """The source language's text in a version."""

    page: int
    version: int
    number: int
    digest: str
    significance: str
    stands: bool


def texts_in_force(at: datetime) -> dict[int, dict[str, EffectiveText]]:
    """Return the texts in force at the moment, by page and language."""
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
    found: dict[int, dict[str, EffectiveText]] = {}
    for text in map(EffectiveText._make, rows):
        found.setdefault(text.page, {})[text.language] = text
    return found


def assess_translations(
    texts: Mapping[int, Mapping[str, EffectiveText]], at: datetime
) -> dict[tuple[int, str], TranslationAssessment]:
    """Return what `status_of` says of each translation in force, by page and language; none of a source text."""
    rows, confirmed = _source_rows(at), _confirmed(at)
    found = {}
    for of_page in texts.values():
        for text in of_page.values():
            if text.language == text.source_language or text.source_language not in of_page:
                continue
            confirmations = confirmed.get((text.page, text.language, text.digest), ())
            said = {text.based_on, *(number for number in confirmations if number <= text.number)} - {None}
            found[text.page, text.language] = _judged(text, said, rows.get(text.page, []))
    return found


def _judged(text: EffectiveText, said: set[int], rows: list[_SourceRow]) -> TranslationAssessment:
    @cache
    def steps_with(number: int | None) -> list[SourceText]:
        return source_texts(
            (row.number, row.digest, row.significance, row.stands and row.number < text.number)
            for row in rows
            if (row.stands and row.number < text.number) or row.number in (number, text.number)
        )

    status, reflects = best_status(said, steps_with)
    if status == TranslationStatus.UP_TO_DATE:
        return TranslationAssessment(status, reflects)
    number = _overtaking(status, reflects, steps_with(reflects))
    return TranslationAssessment(status, reflects, next(row.version for row in rows if row.number == number))


def _overtaking(status: TranslationStatus, reflects: int | None, steps: list[SourceText]) -> int:
    """Return the number of the version since which the translation has its status."""
    known = [step for step in steps if reflects is not None and step.number <= reflects]
    later = steps[len(known) :]
    if not known:
        return later[0].number
    is_minor = status == TranslationStatus.MINOR
    return next(step.number for step in later if step.is_major or (is_minor and step.digest != known[-1].digest))


def _source_rows(at: datetime) -> dict[int, list[_SourceRow]]:
    """Return the source's rows by page, in order.

    An unchanged one says what the one before it says, and is left out, but where something was cancelled: there it may
    follow a text that never came into force.
    """
    cancellations = PublicationRecord.objects.cancellations(at)
    is_needed = ~Q(significance=Significance.UNCHANGED) | Q(version__page__in=cancellations.values("page"))
    rows = (
        VersionText.objects.filter(is_needed, language=F("version__page__source_language"))
        .annotate(stands=~Exists(cancellations.filter(version=OuterRef("version"))))
        .order_by("version__number")
        .values_list("version__page_id", "version_id", "version__number", "revision__digest", "significance", "stands")
    )
    found: dict[int, list[_SourceRow]] = {}
    for row in map(_SourceRow._make, rows):
        found.setdefault(row.page, []).append(row)
    return found


def _confirmed(at: datetime) -> dict[tuple[int, str, str], list[int]]:
    rows = PublicationRecord.objects.confirmations(at)
    found: dict[tuple[int, str, str], list[int]] = {}
    for page, language, digest, number in rows.values_list("page_id", "language", "text_digest", "version__number"):
        found.setdefault((page, language, digest), []).append(number)
    return found
