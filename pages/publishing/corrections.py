"""Corrections of what a version says about its change: a wrong significance or change note."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pages.models import Page, PublicationRecord, Version, VersionText
from pages.models.blob import decode_text
from pages.models.page import text_field
from pages.models.permissions import PUBLISH, publish_text_permission
from pages.models.publication_record import END_OF_TIME, RecordKind
from pages.models.significance import Significance
from pages.publishing.actors import Actor
from pages.publishing.records import append_record, effective_now, require_last_record
from pages.publishing.version_writer import version_before


class NothingToCorrect(Exception):
    """The version has no text in the language, or did not change it: nothing is said about it."""


@transaction.atomic
def correct_text(
    version: Version,
    language: str,
    *,
    by: Actor,
    now: datetime,
    significance: str = "",
    note: str = "",
    expected_record: int | None = None,
) -> PublicationRecord:
    """Record another significance or change note of a text; what is empty or the same is not corrected.

    The version stays as it was published. Last-updated dates and translation statuses follow the correction. Raises
    ValidationError if nothing differs or the first text of a language would be minor, NothingToCorrect,
    PublicationConflict, PermissionDenied.
    """
    by.require(PUBLISH, publish_text_permission(language))
    page = Page.objects.get_locked(version.page_id)
    require_last_record(page, expected_record)
    at = effective_now(page, now)
    text = read_correctable_text(version, language)
    if text is None:
        raise NothingToCorrect
    significance = "" if significance == text.counted_significance else significance
    note = "" if note.strip() == decode_text(text.counted_note) else note.strip()
    _validate_correction(version, text, significance, note)
    return append_record(
        RecordKind.CORRECT,
        page=page,
        version=version,
        at=at,
        now=now,
        by=by,
        language=language,
        significance=significance,
        note=note,
    )


def read_correctable_text(version: Version, language: str) -> VersionText | None:
    """Return what a version says now about its change of a text, with all corrections; None if it did not change it."""
    texts = version.texts.with_counted_significance(END_OF_TIME).with_counted_note(END_OF_TIME)
    return (
        texts.exclude(significance=Significance.UNCHANGED).filter(language=language).select_related("revision").first()
    )


def is_first_text(version: Version, language: str) -> bool:
    """Tell whether a version brought a language, which is a major change whatever it says."""
    before = version_before(version)
    return before is None or not before.texts.filter(language=language).exists()


def _validate_correction(version: Version, text: VersionText, significance: str, note: str) -> None:
    if not significance and not note:
        raise ValidationError(_("Nothing differs from what is recorded: there is nothing to correct."))
    if significance and significance not in (Significance.MAJOR, Significance.MINOR):
        raise ValueError(f"A correction cannot say {significance}.")
    if significance == Significance.MINOR and is_first_text(version, text.language):
        text_of_error = _("This is the first text in its language, which is always a major change.")
        raise ValidationError({"significance": text_of_error})
    if significance == Significance.MAJOR and not note and not _has_note(version, text):
        raise ValidationError({text_field("note", text.language): _("Describe the change for readers.")})


def _has_note(version: Version, text: VersionText) -> bool:
    """Tell whether readers are told what changed: in the source language, or else in this one."""
    languages = {version.page.source_language, text.language}
    texts = version.texts.with_counted_note(END_OF_TIME).filter(language__in=languages)
    return any(decode_text(row.counted_note) for row in texts)
