"""Creating versions: publish, announce, remove a language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from pages.history.translation_status import TranslationStatus, assess_version
from pages.models import Handover, Page, Redirect, Revision, Version, VersionText
from pages.models.permissions import PUBLISH, publish_text_permission
from pages.models.significance import Significance
from pages.publishing.actors import Actor
from pages.publishing.announcements import (
    EFFECTIVE_DATE_PASSED,
    AnnouncementAction,
    base_after_superseding,
    cancel_superseded,
    find_date_error,
    reannounce,
)
from pages.publishing.body_errors import find_body_error
from pages.publishing.notice_periods import earliest_date, is_short_notice, notes_with_reason
from pages.publishing.records import PublicationConflict, effective_now, require_last_record
from pages.publishing.version_plan import (
    THIS_VERSION,
    NewVersion,
    TextToPublish,
    changed_texts,
    has_new_basis,
    is_changed,
    is_visibly_unchanged,
    resolve_significance,
    source_digest,
    validate_version,
)
from pages.publishing.version_writer import Base, read_base, write_version
from pages.text.source import extract_body


class OtherSource(Exception):
    """The source text of the version is not the one that a translation was said to match; nothing was written."""

    def __init__(self, digest: str):
        self.digest = digest
        super().__init__(f"The source text of the version is {digest}.")


class TextSentBack(Exception):
    """Texts were sent back after the publisher had seen them; `handovers` has who did it and why, by language."""

    def __init__(self, handovers: Mapping[str, Handover]):
        self.handovers = handovers
        super().__init__(f"Sent back: {', '.join(handovers)}.")


class ForeignText(Exception):
    """A text to publish belongs to another page or another language."""


def publish(
    page: Page,
    texts: Mapping[str, TextToPublish],
    *,
    by: Actor,
    now: datetime,
    notes: Mapping[str, str] | None = None,
    effective_at: datetime | None = None,
    binding_language: str | None = None,
    removed: Iterable[str] = (),
    announcement_action: AnnouncementAction | None = None,
    rewritten: Mapping[int, Mapping[str, Revision]] | None = None,
    expected_base: int | None = None,
    expected_record: int | None = None,
    is_announcement: bool = False,
    notice_reason: str = "",
) -> Version:
    """Publish the next version. It takes effect at `effective_at`, or immediately if that is None or has passed.

    `removed` languages are left out. `expected_base` is the number of the version that the person compared with (0 for
    none). `rewritten` has revisions for announcements that are announced again. `notice_reason` is why the notice of a
    major change is short; it joins the change note. If it raises ValidationError, SupersedesAnnouncement, OtherSource,
    PublicationConflict, TextSentBack, PermissionDenied or ForeignText, nothing is written.
    """
    new = _new_version(texts, notes, removed, binding_language)
    _require_own_revisions(page, new, rewritten or {}, by)
    base_before = read_base(page)
    compared = replace(new, texts=_compare_ahead(base_before.texts, new.texts))
    with transaction.atomic():
        page, at = _lock(page, now)
        base = _read_expected_base(page, base_before, expected_base, expected_record)
        effective_at = _resolve_effective_at(effective_at, at, is_announcement=is_announcement)
        superseded = cancel_superseded(page, base.version, effective_at, announcement_action, by=by, at=at, now=now)
        base = read_base(page, base) if superseded else base
        new = compared if base.version == base_before.version else new
        new = _checked(page, base, new, by=by, at=at, effective_at=effective_at, notice_reason=notice_reason)
        version = write_version(page, new, base, published_at=at, effective_at=effective_at, by=by, now=now)
        _replace_earlier_home_page(page)
        _announce_again(superseded, base, new, rewritten, announcement_action, by=by, at=at, now=now)
        return version


def _lock(page: Page, now: datetime) -> tuple[Page, datetime]:
    page = Page.objects.get_locked(page.pk)
    return page, effective_now(page, now)


def _replace_earlier_home_page(page: Page) -> None:
    """Let a home page have its addresses, which redirected to an earlier one until there was something to read."""
    if not page.path:
        Redirect.objects.filter(old_path="").delete()


def _new_version(
    texts: Mapping[str, TextToPublish],
    notes: Mapping[str, str] | None,
    removed: Iterable[str],
    binding_language: str | None,
) -> NewVersion:
    removed = frozenset(removed)
    remaining = {language: text for language, text in texts.items() if language not in removed}
    return NewVersion(texts=remaining, notes=notes or {}, removed=removed, binding_language=binding_language)


def _checked(
    page: Page, base: Base, new: NewVersion, *, by: Actor, at: datetime, effective_at: datetime, notice_reason: str
) -> NewVersion:
    """Return what the version changes, with the reason for a short notice. Raises what `publish` raises."""
    new = replace(new, texts=_without_known_claims(page, base, new, at))
    _require_permissions(page, base, new, by)
    validate_version(page, base.texts, new)
    _require_named_source(page, base, new)
    _require_seen_handovers(page, new)
    return _with_notice_reason(page, base, new, effective_at, at, notice_reason)


def _without_known_claims(page: Page, base: Base, new: NewVersion, at: datetime) -> dict[str, TextToPublish]:
    """Leave out what is known already: that a published translation matches a source text that stays.

    A version that says only this would change nothing, for example if a form is sent again after the browser's "back".
    """
    changed = changed_texts(base.texts, new.texts)
    claimed = {language for language, text in new.texts.items() if text.based_on == THIS_VERSION} - set(changed)
    if base.version is None or not claimed or page.source_language in changed:
        return dict(new.texts)
    assessed = assess_version(base.version, base.texts, at)
    known = {code for code in claimed if code in assessed and assessed[code].status == TranslationStatus.UP_TO_DATE}
    return {language: text for language, text in new.texts.items() if language not in known}


def _with_notice_reason(
    page: Page, base: Base, new: NewVersion, effective_at: datetime, at: datetime, reason: str
) -> NewVersion:
    """Return the version with the reason for a short notice in a change note. A new language needs no notice."""
    if not is_short_notice(page, at, effective_at):
        return new
    changed = {code: text for code, text in changed_texts(base.texts, new.texts).items() if code in base.texts}
    major = {
        code for code, text in changed.items() if resolve_significance(base.texts[code], text) == Significance.MAJOR
    }
    if not major:
        return new
    return replace(new, notes=notes_with_reason(page, new.notes, major, reason, earliest_date(page, at)))


def _resolve_effective_at(effective_at: datetime | None, at: datetime, *, is_announcement: bool) -> datetime:
    if is_announcement and (effective_at is None or effective_at <= at):
        raise ValidationError({"effective_at": EFFECTIVE_DATE_PASSED})
    if effective_at is not None and (error := find_date_error(effective_at, at)):
        raise ValidationError({"effective_at": error})
    return max(effective_at or at, at)


def announce(
    page: Page, texts: Mapping[str, TextToPublish], *, effective_at: datetime, now: datetime, **options: Any
) -> Version:
    """Publish a version for a later time. Raises ValidationError if that has passed, and what `publish` raises."""
    return publish(page, texts, effective_at=effective_at, now=now, is_announcement=True, **options)


def remove_language(
    page: Page, language: str, *, by: Actor, now: datetime, effective_at: datetime | None = None, **options: Any
) -> Version:
    """Publish the next version without a language, and without any draft.

    The binding language stays as in the version before, unless it is the removed one. Raises what `publish` raises, and
    ValidationError if `effective_at` has passed.
    """
    with transaction.atomic():
        page = Page.objects.get_locked(page.pk)
        at = effective_now(page, now)
        base = base_after_superseding(page, max(effective_at or at, at), at)
        binding_language = base.binding_language if base and base.binding_language != language else None
        options |= {"binding_language": binding_language, "is_announcement": effective_at is not None}
        return publish(page, {}, removed=[language], by=by, now=now, effective_at=effective_at, **options)


def _read_expected_base(page: Page, known: Base, expected: int | None, expected_record: int | None) -> Base:
    """Return the base. Raises PublicationConflict if its number, or that of the page's last record, is not expected."""
    require_last_record(page, expected_record)
    base = read_base(page, known)
    if expected is not None and expected != (base.version.number if base.version else 0):
        raise PublicationConflict
    return base


def _require_named_source(page: Page, base: Base, new: NewVersion) -> None:
    """Raise OtherSource if a translation is said to match a source text that the version does not have."""
    digest = source_digest(page, base.texts, new.texts)
    named = {text.source_digest for text in new.texts.values() if text.based_on == THIS_VERSION and text.source_digest}
    if named - {digest}:
        raise OtherSource(digest)


def _require_seen_handovers(page: Page, new: NewVersion) -> None:
    """Raise TextSentBack if a text was sent back and the publisher has not seen that."""
    seen = {code: text.seen_handover for code, text in new.texts.items() if text.seen_handover is not None}
    if not seen:
        return
    marks = Handover.objects.by_language(page)
    unseen = {
        code: mark
        for code, mark in marks.items()
        if code in seen and not mark.is_ready and mark.pk != seen[code] and mark.revision == new.texts[code].revision
    }
    if unseen:
        raise TextSentBack(unseen)


def _minor_changes(base: Base, new: NewVersion) -> set[str]:
    """Return the languages of which the meaning stays the same."""
    changed = changed_texts(base.texts, new.texts)
    significances = {
        language: resolve_significance(base.texts.get(language), text) for language, text in changed.items()
    }
    return {language for language, significance in significances.items() if significance == Significance.MINOR}


def _announce_again(
    superseded: Sequence[Version],
    base: Base,
    new: NewVersion,
    rewritten: Mapping[int, Mapping[str, Revision]] | None,
    action: AnnouncementAction | None,
    *,
    by: Actor,
    at: datetime,
    now: datetime,
) -> None:
    """If that was chosen, announce what this version superseded again, with what it does not change."""
    if action != AnnouncementAction.REANNOUNCE:
        return
    minor = _minor_changes(base, new)
    reannounce(superseded, base.version, rewritten, minor_changes=minor, without=new.removed, by=by, at=at, now=now)


def _require_permissions(page: Page, base: Base, new: NewVersion, by: Actor) -> None:
    """Raise PermissionDenied if the actor may not publish every language that the new version affects."""
    base_texts = base.texts
    languages = set(changed_texts(base_texts, new.texts)) | (new.removed & set(base_texts))
    languages |= {language for language, text in new.texts.items() if has_new_basis(page, base_texts, language, text)}
    languages |= {language for language in set(base_texts) - new.removed if new.notes.get(language)}
    by.require(PUBLISH, *map(publish_text_permission, sorted(languages)))
    if new.binding_language != (base.version and base.version.binding_language):
        # Every language shows the notice about the binding language.
        by.require(*map(publish_text_permission, sorted({*base_texts, *new.texts} - new.removed)))


def _require_own_revisions(
    page: Page, new: NewVersion, rewritten: Mapping[int, Mapping[str, Revision]], by: Actor
) -> None:
    """Raise ForeignText if a revision, from a forged request, belongs to another page or language.

    Raises PermissionDenied if the actor may not publish the languages of rewritten announcements.
    """
    _require_own_texts(page, {language: text.revision for language, text in new.texts.items()})
    for revisions in rewritten.values():
        _require_own_texts(page, revisions)
        by.require(*map(publish_text_permission, revisions))


def _require_own_texts(page: Page, revisions: Mapping[str, Revision]) -> None:
    for language, revision in revisions.items():
        if (revision.page_id, revision.language) != (page.pk, language):
            raise ForeignText(f"Revision {revision.pk} is not a text of the page in {language}.")


def _compare_ahead(base: Mapping[str, VersionText], texts: Mapping[str, TextToPublish]) -> dict[str, TextToPublish]:
    """Return texts that say whether readers see a change, which is slow to find out, before anything is locked."""
    return {language: _compare(base.get(language), text) for language, text in texts.items()}


def _compare(base: VersionText | None, text: TextToPublish) -> TextToPublish:
    # `validate_version` refuses texts that cannot be rendered.
    if base is None or not is_changed(base, text) or find_body_error(extract_body(text.revision.source)):
        return text
    return replace(text, is_visibly_changed=text.is_visibly_changed or not is_visibly_unchanged(base, text))
