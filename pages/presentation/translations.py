"""How a translation relates to its source: its status, the version it reflects, and the source's newest change."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from pages.history.translation_status import TranslationStatus, assess_text
from pages.languages import LocalizedText
from pages.models import Version, VersionText
from pages.models.blob import decode_text
from pages.models.significance import Significance
from pages.presentation.page_events import PageEvents
from pages.presentation.updates import Update


@dataclass(frozen=True)
class Translation:
    """The status of a text, the version whose source text it reflects, and the source's newest update since then.

    All are None for a text that is not a translation, or if its version has no source text.
    """

    status: TranslationStatus | None = None
    reflected: Version | None = None
    source_update: Update | None = None


NO_TRANSLATION = Translation()


def read_translation(version: Version, text: VersionText, events: PageEvents, at: datetime) -> Translation:
    """Return how a text relates to the source text of its version, with at most two queries."""
    assessment = assess_text(version, text, events.confirmed_versions(at), at)
    if assessment is None:
        return NO_TRANSLATION
    if assessment.reflects is None:
        return Translation(assessment.status)
    if assessment.reflects == version.number:
        return Translation(assessment.status, version)
    return _since(version, assessment.reflects, assessment.status, events, at)


def _since(version: Version, reflects: int, status: TranslationStatus, events: PageEvents, at: datetime) -> Translation:
    counted = events.counted_significance(version.page.source_language, at)
    texts = VersionText.objects.filter(version__page=version.page, language=version.page.source_language)
    cancelled = events.cancelled_numbers(version.published_at) - {version.number}
    later = texts.filter(version__number__gt=reflects, version__number__lte=version.number)
    can_be_major = Q(significance=Significance.MAJOR) | Q(version__in=counted)
    # Corrections can turn some of these into minor ones.
    newest = later.filter(can_be_major).exclude(version__number__in=cancelled).order_by("-version__number")
    shown = Q(pk__in=newest[: len(counted) + 1].values("pk")) | Q(version__number=reflects)
    rows = texts.filter(shown).select_related("version", "note").order_by("-version__number")
    by_number = {row.version.number: row for row in rows}
    reflected = by_number.pop(reflects, None)
    major = [row for row in by_number.values() if counted.get(row.version_id, row.significance) == Significance.MAJOR]
    update = _update(major[0], events, at) if major else None
    # In a history that was imported, the version that was the basis can lack the language that is the source now.
    basis = reflected.version if reflected else version.page.versions.get(number=reflects)
    return Translation(status, basis, update)


def _update(text: VersionText, events: PageEvents, at: datetime) -> Update:
    version, note = text.version, None
    if content := events.corrected_notes(at).get((text.version_id, text.language)):
        note = LocalizedText(decode_text(content), text.language)
    elif text.change_note:
        note = LocalizedText(text.change_note, text.language_of_note)
    is_cancelled = events.is_cancelled(version.number, at)
    return Update(version.number, version.effective_at, note, previous=None, is_cancelled=is_cancelled)
