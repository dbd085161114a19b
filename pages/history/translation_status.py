"""Whether translations are up to date with their source, and the versions whose source texts they reflect.

A translation reflects the version that it is based on, and those that it was confirmed to reflect later. A confirmation
applies to the version that it names and to later ones that have the same text of the translation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from pages.models import Page, PublicationRecord, Version, VersionText
from pages.models.significance import Significance

# The numbers of the versions that a translation was confirmed to reflect, by page, language and digest of its text.
ConfirmedVersions = dict[tuple[int, str, str], list[int]]


class TranslationStatus(StrEnum):
    MISSING = "missing"
    UP_TO_DATE = "up to date"
    MINOR = "minor differences"
    BEHIND = "behind"


_WORST_FIRST = (TranslationStatus.BEHIND, TranslationStatus.MINOR, TranslationStatus.UP_TO_DATE)


class PublishedText(NamedTuple):
    """A text and its version."""

    page_id: int
    source_language: str
    version_id: int
    number: int
    published_at: datetime
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


@dataclass(frozen=True)
class SourceText:
    """The text of a version in the source language."""

    number: int
    digest: str
    is_major: bool
    version_id: int | None = None


class _SourceRow(NamedTuple):
    """The source text of a version as read from the database."""

    page_id: int
    version_id: int
    number: int
    digest: str
    significance: str
    cancelled_at: datetime | None


def texts_in_force(at: datetime) -> dict[int, dict[str, PublishedText]]:
    """Return the texts in force at a time, by the page's primary key and the language."""
    of_version = [f"version__{name}" for name in ("page_id", "page__source_language", "id", "number", "published_at")]
    texts: dict[int, dict[str, PublishedText]] = {}
    rows = VersionText.objects.filter(version__in=Version.objects.in_force(at)).order_by()
    for row in rows.values_list(*of_version, "language", "revision__blob", "based_on"):
        text = PublishedText._make(row)
        texts.setdefault(text.page_id, {})[text.language] = text
    return texts


def assess_version(
    version: Version, texts: Mapping[str, VersionText], at: datetime
) -> dict[str, TranslationAssessment]:
    """Return the assessment of each translation among some texts of a version, by language.

    Empty if the text in the source language is not among them.
    """
    published = {language: _published_text(version, text) for language, text in texts.items()}
    assessments = assess_translations({version.page_id: published}, at, version.page)
    return {language: assessment for (_page, language), assessment in assessments.items()}


def assess_text(
    version: Version, text: VersionText, confirmed: ConfirmedVersions, at: datetime
) -> TranslationAssessment | None:
    """Return the assessment of one translation of a version that has a source text, without `behind_since`.

    At most one query, which reads no source texts before those that the translation reflects.
    """
    published = _published_text(version, text)
    bases = _bases(published, confirmed)
    if not bases:
        return TranslationAssessment(TranslationStatus.BEHIND, None)
    if version.number in bases:
        return TranslationAssessment(TranslationStatus.UP_TO_DATE, version.number)
    rows = _source_rows(at, version.page, since=min(bases)).get(version.page_id, ())
    assessment = _assess(published, bases, rows)
    return TranslationAssessment(assessment.status, assessment.reflects) if assessment else None


def assess_translations(
    texts: Mapping[int, Mapping[str, PublishedText]], at: datetime, page: Page | None = None
) -> dict[tuple[int, str], TranslationAssessment]:
    """Return the assessment of each translation, by the page's primary key and language, in at most two queries.

    `texts` are by page and language, like the result of `texts_in_force`. Pass `page` if they are of one page.
    """
    translations = [
        text
        for page_texts in texts.values()
        for text in page_texts.values()
        if text.language != text.source_language and text.source_language in page_texts
    ]
    if not translations:
        return {}
    confirmed, rows = confirmed_versions(at, page), _source_rows(at, page)
    return {
        (text.page_id, text.language): assessment
        for text in translations
        if (assessment := _assess(text, _bases(text, confirmed), rows.get(text.page_id, ())))
    }


def reflected_versions(version: Version, text: VersionText, at: datetime) -> set[int]:
    """Return the numbers of all versions whose source a translation reflects."""
    return _bases(_published_text(version, text), confirmed_versions(at, version.page))


def translation_status(based_on: int | None, source: Sequence[SourceText]) -> TranslationStatus | None:
    """Return the status of a translation that reflects the source text of version `based_on`.

    `source` contains the source texts up to the version shown, in ascending order, without cancelled versions except
    the reflected one. Returns None if it is empty.
    """
    if not source:
        return None
    reflected, later = _split(source, based_on)
    # By digest: a source that was changed and changed back is the same text again.
    if reflected and reflected[-1].digest == source[-1].digest:
        return TranslationStatus.UP_TO_DATE
    if not reflected or any(text.is_major for text in later):
        return TranslationStatus.BEHIND
    return TranslationStatus.MINOR


def _split(source: Sequence[SourceText], based_on: int | None) -> tuple[Sequence[SourceText], Sequence[SourceText]]:
    """Split source texts into those up to version `based_on`, and the later ones."""
    count = sum(based_on is not None and text.number <= based_on for text in source)
    return source[:count], source[count:]


def _assess(text: PublishedText, bases: set[int], rows: Sequence[_SourceRow]) -> TranslationAssessment | None:
    """Return the assessment with the best status, then the latest version, if the translation reflects several."""
    assessments = []
    for based_on in bases or (None,):
        source = _source_texts(text, based_on, rows)
        if status := translation_status(based_on, source):
            assessments.append(TranslationAssessment(status, based_on, _behind_since(status, based_on, source)))
    return max(
        assessments,
        key=lambda assessment: (_WORST_FIRST.index(assessment.status), assessment.reflects),
        default=None,
    )


def _source_texts(text: PublishedText, based_on: int | None, rows: Sequence[_SourceRow]) -> list[SourceText]:
    """Return the source texts up to the version of a text; that of a cancelled version only if it is the basis."""
    texts: list[SourceText] = []
    after_cancelled = False
    for row in rows:
        is_cancelled = row.cancelled_at is not None and row.cancelled_at <= text.published_at
        is_predecessor = row.number < text.number and not is_cancelled
        if is_predecessor or row.number in (text.number, based_on):
            # A text after a cancelled one was compared with another base, so its significance is unknown: assume major.
            is_major = row.significance == Significance.MAJOR or after_cancelled
            texts.append(SourceText(row.number, row.digest, is_major, row.version_id))
            after_cancelled = not is_predecessor
    return texts


def _behind_since(status: TranslationStatus, based_on: int | None, source: Sequence[SourceText]) -> int | None:
    """Return the primary key of the version since which the translation is not up to date."""
    if status == TranslationStatus.UP_TO_DATE:
        return None
    reflected, later = _split(source, based_on)
    is_minor = status == TranslationStatus.MINOR
    changes = (text for text in later if text.is_major or (is_minor and text.digest != reflected[-1].digest))
    return (next(changes) if reflected else source[0]).version_id


def _published_text(version: Version, text: VersionText) -> PublishedText:
    page = version.page
    columns = (page.pk, page.source_language, version.pk, version.number, version.published_at)
    return PublishedText(*columns, text.language, text.revision.digest, text.based_on)


def _bases(text: PublishedText, confirmed: ConfirmedVersions) -> set[int]:
    numbers = confirmed.get((text.page_id, text.language, text.digest), ())
    based_on = {text.based_on} if text.based_on else set()
    return based_on | {number for number in numbers if number <= text.number}


def confirmed_versions(at: datetime, page: Page | None) -> ConfirmedVersions:
    records = PublicationRecord.objects.confirmations(at).order_by("number")
    rows = records.filter(page=page) if page else records
    confirmed: ConfirmedVersions = {}
    for page_id, language, digest, number in rows.values_list("page_id", "language", "text_digest", "version__number"):
        confirmed.setdefault((page_id, language, digest), []).append(number)
    return confirmed


def _source_rows(at: datetime, page: Page | None, since: int | None = None) -> dict[int, list[_SourceRow]]:
    """Return the source texts by the page's primary key, in the order of versions.

    With `since`, the number of a version of the page, those before the text that was the source in it are left out.

    Unchanged texts are left out because they repeat the one before. If a version of the page was cancelled, they are
    kept, because the one before may be the text of the cancelled version.
    """
    cancellations = PublicationRecord.objects.cancellations(at)
    # Otherwise the database reads the cancellations of all pages.
    cancellations = cancellations.filter(page=page) if page else cancellations
    cancelled_at = cancellations.filter(version=OuterRef("version")).values("at")[:1]
    is_needed = ~Q(significance=Significance.UNCHANGED) | Q(version__page__in=cancellations.values("page"))
    texts = VersionText.objects.filter(is_needed, language=F("version__page__source_language"))
    rows = (texts.filter(version__page=page) if page else texts).order_by("version__number")
    if since is not None:
        not_later = rows.filter(version__number__lte=since).exclude(version__in=cancellations.values("version"))
        first = not_later.order_by("-version__number").values("version__number")[:1]
        rows = rows.filter(version__number__gte=Coalesce(Subquery(first), 0))
    columns = ("version__page_id", "version_id", "version__number", "revision__blob", "counted_significance")
    by_page: dict[int, list[_SourceRow]] = {}
    for row in rows.with_counted_significance(at).values_list(*columns, Subquery(cancelled_at)):
        by_page.setdefault(row[0], []).append(_SourceRow._make(row))
    return by_page
