"""Making versions: publish, announce, revert, correct."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pages.models import Page, Revision, Version, VersionText
from pages.models.page import text_field
from pages.models.permissions import PUBLISH, change_text, publish_text
from pages.publishing.actors import Actor
from pages.publishing.announcements import (
    MOMENT_HAS_PASSED,
    PendingAction,
    cancel_superseded,
    reannounce,
    superseded_by,
)
from pages.publishing.drafts import add_revision, fields_of, insist_on_sound_texts, new_source_of, set_working_text
from pages.publishing.pictures import pictures_in
from pages.publishing.records import PublishedSince, effective_now, require_last_record
from pages.publishing.version_plan import Choice, insist_on_rules, is_changed, is_rebased, significance_of
from pages.publishing.version_writer import base_version, issue, texts_of
from pages.text.source import Fields


class NothingInForce(Exception):
    """There is no text in force that could be corrected."""


class ForeignText(Exception):
    """A text that is to go out belongs to another page or another language."""


def publish(
    page: Page,
    choices: Mapping[str, Choice],
    *,
    by: Actor,
    now: datetime,
    notes: Mapping[str, str] | None = None,
    effective_at: datetime | None = None,
    binding_language: str | None = None,
    removed: Iterable[str] = (),
    waiting: PendingAction | None = None,
    rewritten: Mapping[int, Mapping[str, Revision]] | None = None,
    expected_base: int | None = None,
    expected_record: int | None = None,
    is_announcement: bool = False,
) -> Version:
    """Make the next version out of the chosen texts; it is in force from `effective_at`, or at once.

    `expected_base` is the number of the version that the person compared with (0 for none). `rewritten` has texts for
    announcements that are made again. Raises ValidationError on what an editor can mend, AnnouncementPending,
    PublishedSince, PermissionDenied. Nothing is written where anything is raised.
    """
    removed, notes = frozenset(removed), notes or {}
    choices = {name: choice for name, choice in choices.items() if name not in removed}
    _insist_on_own_texts(page, {name: choice.revision for name, choice in choices.items()})
    for texts in (rewritten or {}).values():
        _insist_on_own_texts(page, texts)
        by.require(*map(publish_text, texts))
    _render_ahead(page, choices, now)
    with transaction.atomic():
        page = Page.objects.select_for_update().get(pk=page.pk)
        moment = effective_now(page, now)
        require_last_record(page, expected_record)
        _insist_on_base(base_version(page, moment), expected_base)
        if is_announcement and effective_at <= moment:
            raise ValidationError({"effective_at": MOMENT_HAS_PASSED})
        effective = max(effective_at or moment, moment)
        superseded = cancel_superseded(page, effective, waiting, by=by, moment=moment, now=now)
        base = base_version(page, moment)
        _insist_on_rights(page, texts_of(base), choices, notes, removed, by)
        if binding_language != (base and base.binding_language):
            # The notice of it stands in every language.
            by.require(*map(publish_text, sorted({*texts_of(base), *choices} - removed)))
        insist_on_rules(page, texts_of(base), choices, notes, removed, binding_language)
        moments = {"published_at": moment, "effective_at": effective, "now": now}
        said = {"notes": notes, "binding_language": binding_language, "removed": removed}
        version = issue(page, choices, by=by, **moments, **said)
        if waiting == PendingAction.AGAIN:
            reannounce(superseded, base, rewritten, by=by, moment=moment, now=now)
    return version


def announce(page: Page, choices: Mapping[str, Choice], *, effective_at: datetime, now: datetime, **options) -> Version:
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
        in_force = texts_of(page.versions.in_force(moment).first())
        gone = superseded_by(page, max(options.get("effective_at") or moment, moment), moment)
        base = texts_of(page.versions.standing(moment).exclude(pk__in=gone).order_by("-number").first())
        choices = {
            name: Choice(text.revision, significance.get(name), text.based_on, text.pictures)
            for name, text in texts_of(version).items()
            if name in set(languages) and not _says_the_same(base.get(name), text)
        }
        heads = {head.language: head for head in page.revisions.working().filter(language__in=choices)}
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
    waiting: PendingAction | None = None,
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
        insist_on_sound_texts(texts)
        choices = {
            name: Choice(revision, significance.get(name), pictures=pictures_in(revision, text.pictures))
            for name, text in texts_of(in_force).items()
            if name in texts and (revision := _rewritten(text.revision, texts[name], by=by, now=now))
        }
        # Cancelled announcements keep the texts that they have.
        left = announced if announced and waiting == PendingAction.AGAIN else {}
        rewritten = _rewritten_announcements(page, left, by=by, now=now)
        options |= {"waiting": waiting, "rewritten": rewritten}
        return publish(page, choices, by=by, now=now, **options)


def _rewritten_announcements(page: Page, announced, *, by: Actor, now: datetime) -> dict[int, dict[str, Revision]]:
    found: dict[int, dict[str, Revision]] = {}
    # The newest first: it is what the working copy most likely says.
    waiting = page.versions.upcoming(effective_now(page, now)).filter(number__in=announced).order_by("-number")
    if len(waiting) < len(announced):
        # What the person rewrote waits no longer.
        raise PublishedSince
    for version in waiting:
        _insist_on_sound_announcement(announced[version.number], prefix=f"announced{version.number}_")
        for name, text in texts_of(version).items():
            new = announced[version.number].get(name)
            if new is not None and (revision := _rewritten(text.revision, new, by=by, now=now)):
                found.setdefault(version.number, {})[name] = revision
    return found


def _insist_on_sound_announcement(texts: Mapping[str, Fields], *, prefix: str) -> None:
    insist_on_sound_texts(texts, prefix=prefix)
    empty = [text_field(f"{prefix}body", name) for name, text in texts.items() if text.is_blank]
    if empty:
        raise ValidationError(dict.fromkeys(empty, _("The announced text is empty: to do without it, cancel it.")))


def _rewritten(old: Revision, new: Fields, *, by: Actor, now: datetime) -> Revision | None:
    """Keep a new state of a text that was published, or None where nothing was changed."""
    source = new_source_of(old, new)
    if source is None:
        return None
    by.require(change_text(old.language))
    head = old.page.revisions.working().filter(language=old.language).first()
    if head is not None and head.digest == old.digest:
        return set_working_text(old.page, old.language, source, new, by=by, now=now)
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
    arguments = (old.page, old.language, bytes(old.source), fields_of(old))
    if follows:
        return set_working_text(*arguments, by=by, now=now)
    return add_revision(*arguments, by=by, now=now, is_draft_head=False)


def _insist_on_base(base: Version | None, expected: int | None) -> None:
    if expected is not None and expected != (base.number if base else 0):
        raise PublishedSince


def _insist_on_rights(
    page: Page, base: Mapping, choices: Mapping[str, Choice], notes: Mapping, removed: frozenset[str], by: Actor
) -> None:
    """Raise PermissionDenied where a language would change, or its readers be told a note, that is not the actor's."""
    touched = {
        name
        for name, choice in choices.items()
        if is_changed(base.get(name), choice) or is_rebased(page, base, name, choice)
    }
    touched |= {name for name in set(base) - removed if notes.get(name)}
    by.require(PUBLISH, *map(publish_text, sorted(touched | (removed & set(base)))))


def _insist_on_own_texts(page: Page, revisions: Mapping[str, Revision]) -> None:
    """Raise ForeignText where a forged choice names another page's text, or another language's."""
    for language, revision in revisions.items():
        if (revision.page_id, revision.language) != (page.pk, language):
            raise ForeignText(f"revision {revision.pk} is not the page's text in {language}")


def _render_ahead(page: Page, choices: Mapping[str, Choice], now: datetime) -> None:
    """Render what the rules will compare before the transaction begins; its results are remembered."""
    base = texts_of(base_version(page, effective_now(page, now)))
    for name, choice in choices.items():
        if is_changed(base.get(name), choice):
            significance_of(base.get(name), choice)
