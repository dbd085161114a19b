"""Announced versions: cancelling them, announcing them again, and what a new version does to them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.models import Page, Revision, Version, VersionText
from pages.models.permissions import PUBLISH, publish_text_permission
from pages.models.publication_record import END_OF_TIME, RecordKind
from pages.models.significance import Significance
from pages.publishing.actors import Actor
from pages.publishing.notice_periods import earliest_date, is_short_notice, notes_with_reason
from pages.publishing.pictures.storage import revision_pictures
from pages.publishing.records import append_record, effective_now, require_last_record
from pages.publishing.version_plan import THIS_VERSION, Basis, NewVersion, TextToPublish, is_changed
from pages.publishing.version_writer import base_version, read_base, version_before, version_texts, write_version

# A version that is announced for later is a mistake in the year.
MAX_YEARS_AHEAD = 100
EFFECTIVE_DATE_PASSED = gettext_lazy("This time is in the past: an announcement needs a time in the future.")


class AnnouncementAction(StrEnum):
    """What happens to the announcements that a new version supersedes."""

    CANCEL = "cancel"
    REANNOUNCE = "again"


class SupersedesAnnouncement(Exception):
    """The new version would supersede announcements, and no action was chosen for them; nothing was written."""

    def __init__(self, versions: Sequence[Version]):
        self.versions = versions
        super().__init__(f"supersedes announced versions: {', '.join(str(version.number) for version in versions)}")


class NotCancellable(Exception):
    """Only a page's newest version that is not cancelled can be cancelled, and only before it takes effect."""


def find_date_error(effective_at: datetime, now: datetime) -> str:
    """Return why no version can be announced for a time; "" if one can, or if the time has passed."""
    if effective_at.year <= now.year + MAX_YEARS_AHEAD:
        return ""
    return _("Check the year: a version can be announced for the next %(years)d years.") % {"years": MAX_YEARS_AHEAD}


@transaction.atomic
def cancel(
    version: Version,
    *,
    by: Actor,
    now: datetime,
    reasons: Mapping[str, str] | None = None,
    expected_record: int | None = None,
) -> None:
    """Cancel a version before it takes effect; it stays readable.

    Raises NotCancellable, PublicationConflict, ClockBehind unless a clock that was ahead stamped the version.
    """
    page = Page.objects.get_locked(version.page_id)
    require_last_record(page, expected_record)
    at = effective_now(page, now, undone=version.published_at)
    _require_cancellable(version, base_version(page), at)
    _require_text_permissions(version, by)
    append_record(RecordKind.CANCEL, page=page, version=version, at=at, now=now, by=by, reasons=reasons)


@transaction.atomic
def announce_again(
    version: Version,
    *,
    effective_at: datetime,
    by: Actor,
    now: datetime,
    expected_record: int | None = None,
    notice_reason: str = "",
) -> Version:
    """Replace an announced version by a new one with the same texts and another effective date.

    Raises ValidationError if the date has passed, is not after an earlier announcement's, or leaves readers less notice
    than the page's period without a reason, NotCancellable, PublicationConflict.
    """
    page = Page.objects.get_locked(version.page_id)
    require_last_record(page, expected_record)
    at = effective_now(page, now)
    _require_cancellable(version, base_version(page), at)
    _require_text_permissions(version, by)
    if effective_at <= at:
        raise ValidationError({"effective_at": EFFECTIVE_DATE_PASSED})
    if error := find_date_error(effective_at, at):
        raise ValidationError({"effective_at": error})
    notes = _notes_for_date(page, version, effective_at, notice_reason)
    append_record(RecordKind.CANCEL, page=page, version=version, at=at, now=now, by=by)
    base = base_version(page)
    if base is not None and base.effective_at >= effective_at:
        text = _("Version %(number)d is announced for a later time: this version has to follow it.")
        raise ValidationError({"effective_at": text % {"number": base.number}})
    reannounce([version], base, notes=notes, by=by, at=at, now=now, effective_at=effective_at)
    return page.versions.order_by("-number")[0]


def _notes_for_date(page: Page, version: Version, effective_at: datetime, reason: str) -> dict[str, str]:
    """Return the change notes of an announcement, with the reason if its new date leaves readers less notice."""
    texts = texts_with_corrections(version)
    notes = _notes(texts)
    if effective_at >= version.effective_at or not is_short_notice(page, version.published_at, effective_at):
        return notes
    before = version_texts(version_before(version))
    major = {code for code in set(texts) & set(before) if texts[code].counted_significance == Significance.MAJOR}
    if not major:
        return notes
    return notes_with_reason(page, notes, major, reason, earliest_date(page, version.published_at))


def _require_cancellable(version: Version, newest: Version | None, at: datetime) -> None:
    # A later version was compared with this one: without it, its notes and significance would be wrong.
    if newest is None or newest.pk != version.pk or version.effective_at <= at:
        raise NotCancellable


def _require_text_permissions(version: Version, by: Actor) -> None:
    """Raise PermissionDenied if the actor may not publish every language that the announcement changes."""
    old, new = version_texts(version_before(version)), version_texts(version)
    languages = {language for language, text in new.items() if text.significance != Significance.UNCHANGED}
    languages |= set(old) - set(new)
    languages |= {language for language in set(old) & set(new) if old[language].based_on != new[language].based_on}
    by.require(PUBLISH, *map(publish_text_permission, sorted(languages)))


def superseded_announcements(page: Page, effective_at: datetime, at: datetime) -> QuerySet[Version]:
    """Return the announcements that a version with this effective date supersedes, in ascending order."""
    return page.versions.upcoming(at).filter(effective_at__gte=effective_at).order_by("number")


def base_after_superseding(page: Page, effective_at: datetime, at: datetime) -> Version | None:
    """Return the version that one with this effective date will be compared with."""
    superseded = superseded_announcements(page, effective_at, at)
    return page.versions.not_cancelled(END_OF_TIME).exclude(pk__in=superseded).order_by("-number").first()


def cancel_superseded(
    page: Page,
    base: Version | None,
    effective_at: datetime,
    action: AnnouncementAction | None,
    *,
    by: Actor,
    at: datetime,
    now: datetime,
) -> list[Version]:
    """Cancel the announcements that a version with this effective date supersedes, the newest first, and return them.

    `base` is the page's newest version that is not cancelled. Raises SupersedesAnnouncement if there are some and no
    action was chosen, PermissionDenied.
    """
    if base is None or base.effective_at <= at:
        # It superseded all announcements before it.
        return []
    superseded = list(superseded_announcements(page, effective_at, at))
    if superseded and action is None:
        raise SupersedesAnnouncement(superseded)
    for version in reversed(superseded):
        # Announcing it again publishes what somebody with permission has announced; cancelling it is this actor's act.
        if action == AnnouncementAction.CANCEL:
            _require_text_permissions(version, by)
        append_record(RecordKind.CANCEL, page=page, version=version, at=at, now=now, by=by)
    return superseded


def reannounce(
    cancelled: Sequence[Version],
    base: Version | None,
    rewritten: Mapping[int, Mapping[str, Revision]] | None = None,
    *,
    minor_changes: Collection[str] = (),
    without: Collection[str] = (),
    notes: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
    now: datetime,
    effective_at: datetime | None = None,
) -> None:
    """Announce cancelled versions again on top of the current newest version, without the removed languages.

    `base` is the version that the first of them was compared with. `rewritten` has the revisions that replace announced
    texts, by the announcement's number and the language; their meaning is the same in the languages of `minor_changes`.
    An announcement that only changed a language in `without` is not made again. `notes` replace those of the
    announcements.
    """
    new_numbers: dict[int | None, Basis] = {}
    for before, announced in zip([base, *cancelled], cancelled, strict=False):
        newest, own = read_base(announced.page), (rewritten or {}).get(announced.number, {})
        texts = {code: text for code, text in texts_with_corrections(announced).items() if code not in without}
        known = _basis_to_announce(announced, before, texts, newest.texts, own, new_numbers)
        bases = new_numbers | {announced.number: known}
        old = version_texts(before)
        new = NewVersion(
            texts=_texts_to_announce(texts, old, newest.texts, bases, own, minor_changes),
            notes=_notes(texts) if notes is None else notes,
            removed=frozenset(old) - set(texts),
            binding_language=announced.binding_language if announced.binding_language in texts else None,
        )
        if without and not new.texts and not new.removed & set(newest.texts):
            continue
        effective = effective_at or announced.effective_at
        version = write_version(announced.page, new, newest, published_at=at, effective_at=effective, by=by, now=now)
        new_numbers[announced.number] = version.number if known == THIS_VERSION else known


def _basis_to_announce(
    announced: Version,
    before: Version | None,
    texts: Mapping[str, VersionText],
    current: Mapping[str, VersionText],
    rewritten: Mapping[str, Revision],
    new_numbers: Mapping[int | None, Basis],
) -> Basis:
    """Return the new basis of the translations that reflect an announcement, when it is announced again.

    This is the new version, if it has the same source text, else the version that has that text.
    """
    language = announced.page.source_language
    if _has_same_source(texts, current, rewritten, language):
        return THIS_VERSION
    claimed = _version_of_source(announced, before, texts.get(language))
    return new_numbers.get(claimed, claimed)


def _notes(texts: Mapping[str, VersionText]) -> dict[str, str]:
    return {language: note for language, text in texts.items() if (note := text.counted_change_note)}


def _source_digest(texts: Mapping[str, VersionText], language: str) -> str:
    return texts[language].revision.digest if language in texts else ""


def _has_same_source(
    announced: Mapping[str, VersionText],
    current: Mapping[str, VersionText],
    rewritten: Mapping[str, Revision],
    language: str,
) -> bool:
    """Tell whether the version that is announced again has the same source text as the cancelled one.

    Nobody compared the translations with another one.
    """
    if language in rewritten:
        return rewritten[language].digest == _source_digest(announced, language)
    is_carried_over = language in announced and announced[language].significance == Significance.UNCHANGED
    return not is_carried_over or _source_digest(current, language) == _source_digest(announced, language)


def _version_of_source(announced: Version, before: Version | None, source: VersionText | None) -> int:
    """Return the number of the version that has the source text of an announcement, not counting the one to be made."""
    is_carried_over = source is not None and source.significance == Significance.UNCHANGED
    return before.number if before and is_carried_over else announced.number


def texts_with_corrections(version: Version) -> dict[str, VersionText]:
    """Return the texts of a version by language, with what corrections say about their changes."""
    texts = version.texts.with_counted_significance(END_OF_TIME).with_counted_note(END_OF_TIME)
    return {text.language: text for text in texts.select_related("revision__blob", "note")}


def _texts_to_announce(
    announced: Mapping[str, VersionText],
    old: Mapping[str, VersionText],
    current: Mapping[str, VersionText],
    bases: Mapping[int | None, Basis],
    rewritten: Mapping[str, Revision],
    minor_changes: Collection[str],
) -> dict[str, TextToPublish]:
    """Return the texts that an announcement changed or that are rewritten, and those of which it only set the basis.

    `old` has the texts that it was compared with, `current` those of the newest version, `bases` the new numbers of the
    versions that are announced again.
    """
    # What somebody said about an announced text does not hold for one with another meaning.
    unknown = set(rewritten) - set(minor_changes)
    texts = {
        language: _text_to_announce(
            text, rewritten.get(language), None if language in unknown else bases.get(text.based_on, text.based_on)
        )
        for language, text in announced.items()
    }
    return {
        language: text
        for language, text in texts.items()
        if announced[language].significance != Significance.UNCHANGED
        or (language in rewritten and is_changed(current.get(language), text))
        # A basis that was set for an announced text does not apply to the correction that replaced the text.
        or (announced[language].based_on != old[language].based_on and not is_changed(current.get(language), text))
    }


def _text_to_announce(text: VersionText, rewritten: Revision | None, based_on: Basis) -> TextToPublish:
    if rewritten is None:
        return TextToPublish(text.revision, text.counted_significance, based_on, text.pictures)
    # The announcement did not change this text, so nobody chose a significance: major, because readers must be told.
    is_new_change = text.significance == Significance.UNCHANGED
    significance = Significance.MAJOR if is_new_change else text.counted_significance
    return TextToPublish(rewritten, significance, based_on, revision_pictures(rewritten, text.pictures))
