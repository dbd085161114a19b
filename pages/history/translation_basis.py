"""Which version's source a translation reflects: what was noted when it was published, or confirmed since."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from pages.history.translation_status import SourceText, TranslationStatus, translation_status
from pages.models import Page, PublicationRecord, Version, VersionText
from pages.models.version_text import Significance

_WORST_FIRST = (TranslationStatus.BEHIND, TranslationStatus.MINOR, TranslationStatus.UP_TO_DATE)


def status_with_basis(
    page: Page, version: Version, text: VersionText, languages, at: datetime
) -> tuple[TranslationStatus | None, int | None]:
    """Return a translation's status in a version at a moment, and the number of the version whose source it reflects.

    Of several versions that it is said to reflect, the one that speaks best for it counts, then the latest. The status
    is None for a source text, and where the version has none.
    """
    if text.language == page.source_language or page.source_language not in languages:
        return None, None
    said = {number for number in (text.based_on, *confirmed_bases(page, version, text, at)) if number}
    return best_status(said, lambda number: _source_steps(page, version, number))


def translation_statuses(
    page: Page, version: Version, texts: Mapping[str, VersionText], at: datetime
) -> dict[str, TranslationStatus]:
    """Return the status of each translation of a version at a moment, as `status_with_basis` does, in few queries.

    Empty where the version has no source text.
    """
    said = {one: {text.based_on} - {None} for one, text in texts.items() if one != page.source_language}
    if page.source_language not in texts or not said:
        return {}
    records = PublicationRecord.objects.confirmations(at).filter(page=page, version__number__lte=version.number)
    for language, digest, number in records.values_list("language", "text_digest", "version__number"):
        if language in said and texts[language].revision.digest == digest:
            said[language].add(number)
    rows = list(_source_rows(page, version, Q(version__page=page, version__number__lt=version.number)))

    def steps_with(based_on: int | None) -> list[SourceText]:
        shown = {version.number, based_on}
        return source_texts(row for row in rows if row[3] or row[0] in shown)

    return {language: best_status(numbers, steps_with)[0] for language, numbers in said.items()}


def best_status(
    said: Iterable[int], steps_with: Callable[[int | None], Sequence[SourceText]]
) -> tuple[TranslationStatus | None, int | None]:
    """Return what speaks best for a translation, given the versions that it is said to reflect.

    `steps_with` gives the source's steps, that of such a version among them though it was cancelled.
    """
    found = [(translation_status(number, steps_with(number)), number) for number in said]
    if not found:
        return translation_status(None, steps_with(None)), None
    return max(found, key=lambda one: (_WORST_FIRST.index(one[0]), one[1]))


def confirmed_bases(page: Page, version: Version, text: VersionText, at: datetime) -> list[int]:
    """Return the versions that a text was confirmed to reflect by the moment; it counts in versions from those on."""
    said = PublicationRecord.objects.confirmations(at).filter(
        page=page, language=text.language, text_digest=text.revision.digest, version__number__lte=version.number
    )
    return list(said.values_list("version__number", flat=True))


def _source_steps(page: Page, version: Version, based_on: int | None) -> list[SourceText]:
    """Return the source's steps up to a version, and that of a cancelled version if the translation reflects it."""
    standing = page.versions.not_cancelled(version.published_at).filter(number__lt=version.number)
    shown = Q(version__in=standing) | Q(version__page=page, version__number=based_on)
    return source_texts(_source_rows(page, version, shown))


def _source_rows(page: Page, version: Version, shown: Q):
    """Return the source's rows for `source_texts`: those that are to be shown, and the version's own."""
    standing = page.versions.not_cancelled(version.published_at).filter(number__lt=version.number)
    return (
        VersionText.objects.filter(shown | Q(version=version), language=page.source_language)
        .annotate(stands=Q(version__in=standing))
        .order_by("version__number")
        .values_list("version__number", "revision__digest", "significance", "stands")
    )


def source_texts(rows: Iterable[tuple[int, str, str, bool]]) -> list[SourceText]:
    """Return the steps that a source went, from its rows in order: number, digest, significance, and if it stands."""
    known: list[SourceText] = []
    after_cancelled = False
    for number, digest, significance, stands in rows:
        # What follows a cancelled text was measured against another one: how much they differ was never said.
        known.append(SourceText(number, digest, significance == Significance.MAJOR or after_cancelled))
        after_cancelled = not stands
    return known
