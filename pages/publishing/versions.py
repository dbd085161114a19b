"""Making versions: publish, announce, revert, correct."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pages.models import Page, Revision, Version, VersionText
from pages.models.page import text_field
from pages.models.permissions import PUBLISH, change_text_permission, publish_text_permission
from pages.publishing.actors import Actor
from pages.publishing.announcements import (
    EFFECTIVE_DATE_PASSED,
    AnnouncementAction,
    cancel_superseded,
    reannounce,
    superseded_announcements,
)
from pages.publishing.drafts import add_revision, revision_fields, updated_source, validate_texts, write_draft
from pages.publishing.pictures.storage import revision_pictures
from pages.publishing.records import PublicationConflict, effective_now, require_last_record
from pages.publishing.version_plan import (
    TextToPublish,
    has_new_basis,
    is_changed,
    resolve_significance,
    validate_version,
)
from pages.publishing.version_writer import base_version, version_texts, write_version
from pages.text.source import Fields


class NothingInForce(Exception):
    """There is no text in force that could be corrected."""


class ForeignText(Exception):
    """A text that is to go out belongs to another page or another language."""


def publish(
    page: Page,
    choices: Mapping[str, TextToPublish],
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
) -> Version:
    """Make the next version out of the chosen texts; it is in force from `effective_at`, or at once.

    `expected_base` is the number of the version that the person compared with (0 for none). `rewritten` has texts for
    announcements that are made again. Raises ValidationError on what an editor can mend, SupersedesAnnouncement,
    PublicationConflict, PermissionDenied. Nothing is written where anything is raised.
    """
    removed, notes = frozenset(removed), notes or {}
    choices = {name: choice for name, choice in choices.items() if name not in removed}
    _insist_on_own_texts(page, {name: choice.revision for name, choice in choices.items()})
    for texts in (rewritten or {}).values():
        _insist_on_own_texts(page, texts)
        by.require(*map(publish_text_permission, texts))
    _render_ahead(page, choices, now)
    with transaction.atomic():
        page = Page.objects.select_for_update().get(pk=page.pk)
        moment = effective_now(page, now)
        require_last_record(page, expected_record)
        _insist_on_base(base_version(page, moment), expected_base)
        if is_announcement and effective_at <= moment:
            raise ValidationError({"effective_at": EFFECTIVE_DATE_PASSED})
        effective = max(effective_at or moment, moment)
        superseded = cancel_superseded(page, effective, announcement_action, by=by, moment=moment, now=now)
        base = base_version(page, moment)
        _insist_on_rights(page, version_texts(base), choices, notes, removed, by)
        if binding_language != (base and base.binding_language):
            # The notice of it stands in every language.
            by.require(*map(publish_text_permission, sorted({*version_texts(base), *choices} - removed)))
        validate_version(page, version_texts(base), choices, notes, removed, binding_language)
        moments = {"published_at": moment, "effective_at": effective, "now": now}
        said = {"notes": notes, "binding_language": binding_language, "removed": removed}
        version = write_version(page, choices, by=by, **moments, **said)
        if announcement_action == AnnouncementAction.REANNOUNCE:
            reannounce(superseded, base, rewritten, by=by, moment=moment, now=now)
    return version


def announce(
    page: Page, choices: Mapping[str, TextToPublish], *, effective_at: datetime, now: datetime, **options
) -> Version:
    """Publish a version that comes into force later, by itself. Raises ValidationError where the moment has passed."""
    return publish(page, choices, effective_at=effective_at, now=now, is_announcement=True, **options)


def revert(
    page: Page,
    version: Version,
    languages: Iterable[str],
    *,
    by: Actor,
    now: datetime,
    significance: Mapping[str, str],
    notes: Mapping[str, str] | None = None,
    **options,
) -> Version:
    """Make a new version with an earlier version's text, pictures and status basis in the chosen languages.

    Languages that the earlier version lacks stay. The working copy follows only where it equalled the text in force.
    Raises what `publish` raises.
    """
    with transaction.atomic():
        page = Page.objects.select_for_update().get(pk=page.pk)
        moment = effective_now(page, now)
        in_force = version_texts(page.versions.in_force(moment).first())
        gone = superseded_announcements(page, max(options.get("effective_at") or moment, moment), moment)
        base = version_texts(page.versions.not_cancelled(moment).exclude(pk__in=gone).order_by("-number").first())
        choices = {
            name: TextToPublish(text.revision, significance.get(name), text.based_on, text.pictures)
            for name, text in version_texts(version).items()
            if name in set(languages) and not _says_the_same(base.get(name), text)
        }
        heads = {head.language: head for head in page.revisions.drafts().filter(language__in=choices)}
        for name, choice in choices.items():
            shown, head = in_force.get(name), heads.get(name)
            follows = head is None or (head.digest == shown.revision.digest if shown else head.is_empty)
            choices[name] = replace(choice, revision=_put_back(choice.revision, follows=follows, by=by, now=now))
        return publish(page, choices, by=by, now=now, notes=notes, **options)


def correct(
    page: Page,
    texts: Mapping[str, Fields],
    *,
    by: Actor,
    now: datetime,
    significance: Mapping[str, str],
    announcement_action: AnnouncementAction | None = None,
    announced: Mapping[int, Mapping[str, Fields]] | None = None,
    **options,
) -> Version:
    """Correct the text in force, whatever the draft says; what is announced is cancelled or announced again with it.

    `announced` has the announced texts as the person left them, by the announcement's number and the language. The
    working copy goes along where it equalled the text that it now has a newer state of. Raises what `publish` raises,
    and NothingInForce.
    """
    with transaction.atomic():
        page = Page.objects.select_for_update().get(pk=page.pk)
        in_force = page.versions.in_force(effective_now(page, now)).first()
        if in_force is None:
            raise NothingInForce
        validate_texts(texts)
        choices = {
            name: TextToPublish(revision, significance.get(name), pictures=revision_pictures(revision, text.pictures))
            for name, text in version_texts(in_force).items()
            if name in texts and (revision := _rewritten(text.revision, texts[name], by=by, now=now))
        }
        # Cancelled announcements keep the texts that they have.
        left = announced if announced and announcement_action == AnnouncementAction.REANNOUNCE else {}
        rewritten = _rewritten_announcements(page, left, by=by, now=now)
        options |= {"announcement_action": announcement_action, "rewritten": rewritten}
        return publish(page, choices, by=by, now=now, **options)


def _rewritten_announcements(page: Page, announced, *, by: Actor, now: datetime) -> dict[int, dict[str, Revision]]:
    found: dict[int, dict[str, Revision]] = {}
    # The newest first: it is what the working copy most likely says.
    waiting = page.versions.upcoming(effective_now(page, now)).filter(number__in=announced).order_by("-number")
    if len(waiting) < len(announced):
        # What the person rewrote waits no longer.
        raise PublicationConflict
    for version in waiting:
        _insist_on_sound_announcement(announced[version.number], prefix=f"announced{version.number}_")
        for name, text in version_texts(version).items():
            new = announced[version.number].get(name)
            if new is not None and (revision := _rewritten(text.revision, new, by=by, now=now)):
                found.setdefault(version.number, {})[name] = revision
    return found


def _insist_on_sound_announcement(texts: Mapping[str, Fields], *, prefix: str) -> None:
    validate_texts(texts, prefix=prefix)
    empty = [text_field(f"{prefix}body", name) for name, text in texts.items() if text.is_blank]
    if empty:
        raise ValidationError(dict.fromkeys(empty, _("The announced text is empty: to do without it, cancel it.")))


def _rewritten(old: Revision, new: Fields, *, by: Actor, now: datetime) -> Revision | None:
    """Keep a new state of a text that was published, or None where nothing was changed."""
    source = updated_source(old, new)
    if source is None:
        return None
    by.require(change_text_permission(old.language))
    head = old.page.revisions.drafts().filter(language=old.language).first()
    if head is not None and head.digest == old.digest:
        return write_draft(old.page, old.language, source, new, by=by, now=now)
    return add_revision(old.page, old.language, source, new, by=by, now=now, is_draft_head=False)


def _says_the_same(base: VersionText | None, text: VersionText) -> bool:
    return base is not None and (base.revision.digest, base.pictures, base.based_on) == (
        text.revision.digest,
        text.pictures,
        text.based_on,
    )


def _put_back(old: Revision, *, follows: bool, by: Actor, now: datetime) -> Revision:
    """Make a new revision with an old one's text; the working copy follows, or keeps what an editor has begun."""
    # It came from no file this time, whichever file the old one came from.
    arguments = (old.page, old.language, bytes(old.source), revision_fields(old))
    if follows:
        return write_draft(*arguments, by=by, now=now)
    return add_revision(*arguments, by=by, now=now, is_draft_head=False)


def _insist_on_base(base: Version | None, expected: int | None) -> None:
    if expected is not None and expected != (base.number if base else 0):
        raise PublicationConflict


def _insist_on_rights(
    page: Page, base: Mapping, choices: Mapping[str, TextToPublish], notes: Mapping, removed: frozenset[str], by: Actor
) -> None:
    """Raise PermissionDenied where a language would change, or its readers be told a note, that is not the actor's."""
    touched = {
        name
        for name, choice in choices.items()
        if is_changed(base.get(name), choice) or has_new_basis(page, base, name, choice)
    }
    touched |= {name for name in set(base) - removed if notes.get(name)}
    by.require(PUBLISH, *map(publish_text_permission, sorted(touched | (removed & set(base)))))


def _insist_on_own_texts(page: Page, revisions: Mapping[str, Revision]) -> None:
    """Raise ForeignText where a forged choice names another page's text, or another language's."""
    for language, revision in revisions.items():
        if (revision.page_id, revision.language) != (page.pk, language):
            raise ForeignText(f"revision {revision.pk} is not the page's text in {language}")


def _render_ahead(page: Page, choices: Mapping[str, TextToPublish], now: datetime) -> None:
    """Render what the rules will compare before the transaction begins; its results are remembered."""
    base = version_texts(base_version(page, effective_now(page, now)))
    for name, choice in choices.items():
        if is_changed(base.get(name), choice):
            resolve_significance(base.get(name), choice)
