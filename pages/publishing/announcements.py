"""What waits for its moment: cancelled, announced again, or superseded by another version."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.models import Page, Revision, Version, VersionText
from pages.models.permissions import PUBLISH, publish_text_permission
from pages.models.publication_record import RecordKind
from pages.models.version_text import Significance
from pages.publishing.actors import Actor
from pages.publishing.pictures.storage import revision_pictures
from pages.publishing.records import append_record, effective_now, require_last_record
from pages.publishing.version_plan import THIS_VERSION, TextToPublish, is_changed
from pages.publishing.version_writer import base_version, version_texts, write_version

EFFECTIVE_DATE_PASSED = gettext_lazy("The moment has passed: an announcement needs one in the future.")


class AnnouncementAction(StrEnum):
    """What becomes of an announcement that a new version would overtake."""

    CANCEL = "cancel"
    REANNOUNCE = "again"


class SupersedesAnnouncement(Exception):
    """The new version would overtake an announced one, and nobody said what becomes of it."""

    def __init__(self, versions: list[Version]):
        self.versions = versions
        super().__init__(f"announced and waiting: {', '.join(str(version.number) for version in versions)}")


class NotCancellable(Exception):
    """Only the newest version that stands can be cancelled, and only before its moment."""


@transaction.atomic
def cancel(
    version: Version,
    *,
    by: Actor,
    now: datetime,
    reasons: Mapping[str, str] | None = None,
    expected_record: int | None = None,
) -> None:
    """Take an announced version back before it comes into force; it stays readable. Raises NotCancellable,
    PublicationConflict."""
    page = Page.objects.select_for_update().get(pk=version.page_id)
    require_last_record(page, expected_record)
    moment = effective_now(page, now)
    base = base_version(page, moment)
    _insist_on_newest_waiting(version, base, moment)
    _insist_on_rights(version, by)
    append_record(RecordKind.CANCEL, page=page, version=version, at=moment, now=now, by=by, reasons=reasons)


@transaction.atomic
def announce_again(
    version: Version, *, effective_at: datetime, by: Actor, now: datetime, expected_record: int | None = None
) -> Version:
    """Let an announced version come into force at another moment: a new version with its texts takes its place.

    Raises ValidationError where the moment has passed or comes before an earlier announcement's, NotCancellable,
    PublicationConflict.
    """
    page = Page.objects.select_for_update().get(pk=version.page_id)
    require_last_record(page, expected_record)
    moment = effective_now(page, now)
    _insist_on_newest_waiting(version, base_version(page, moment), moment)
    _insist_on_rights(version, by)
    if effective_at <= moment:
        raise ValidationError({"effective_at": EFFECTIVE_DATE_PASSED})
    append_record(RecordKind.CANCEL, page=page, version=version, at=moment, now=now, by=by)
    before = base_version(page, moment)
    if before is not None and before.effective_at >= effective_at:
        text = _("Version %(number)d is announced for later than that: this one has to follow it.")
        raise ValidationError({"effective_at": text % {"number": before.number}})
    reannounce([version], before, by=by, moment=moment, now=now, effective_at=effective_at)
    return page.versions.order_by("-number")[0]


def _insist_on_newest_waiting(version: Version, base: Version | None, moment: datetime) -> None:
    # A later version that stands was measured against this one: its dates would say what never happened.
    if base is None or base.pk != version.pk or version.effective_at <= moment:
        raise NotCancellable


def _insist_on_rights(version: Version, by: Actor) -> None:
    """Raise PermissionDenied where an announcement touches a language that the actor may not publish."""
    before = base_version(version.page, version.published_at, below=version.number)
    old, new = version_texts(before), version_texts(version)
    touched = {name for name, text in new.items() if text.significance != Significance.UNCHANGED} | (
        set(old) - set(new)
    )
    touched |= {name for name in set(old) & set(new) if old[name].based_on != new[name].based_on}
    by.require(PUBLISH, *map(publish_text_permission, sorted(touched)))


def superseded_announcements(page: Page, effective: datetime, moment: datetime) -> QuerySet:
    """Return the announcements that a version effective then would overtake."""
    return page.versions.upcoming(moment).filter(effective_at__gte=effective).order_by("number")


def cancel_superseded(
    page: Page,
    effective: datetime,
    announcement_action: AnnouncementAction | None,
    *,
    by: Actor,
    moment: datetime,
    now: datetime,
) -> list[Version]:
    """Cancel the announcements that a version effective then would overtake, the newest first, and return them."""
    superseded = list(superseded_announcements(page, effective, moment))
    if superseded and announcement_action is None:
        raise SupersedesAnnouncement(superseded)
    for version in reversed(superseded):
        # Announced again, it says what somebody who might has announced; taken away, it is this actor's doing.
        if announcement_action == AnnouncementAction.CANCEL:
            _insist_on_rights(version, by)
        append_record(RecordKind.CANCEL, page=page, version=version, at=moment, now=now, by=by)
    return superseded


def reannounce(
    superseded: list[Version],
    base: Version | None,
    rewritten: Mapping[int, Mapping[str, Revision]] | None = None,
    *,
    by: Actor,
    moment: datetime,
    now: datetime,
    effective_at: datetime | None = None,
) -> None:
    """Make cancelled announcements anew on top of what stands now; each was measured against the one before it.

    `rewritten` has texts that take the place of announced ones, by the announcement's number and the language.
    """
    renumbered: dict[int, int] = {}
    for before, announced in pairwise([base, *superseded]):
        stands = version_texts(base_version(announced.page, moment))
        texts = (rewritten or {}).get(announced.number, {})
        again = write_version(
            announced.page,
            _announced_choices(announced, before, stands, renumbered, texts),
            by=by,
            now=now,
            notes={name: text.change_note for name, text in version_texts(announced).items() if text.change_note},
            published_at=moment,
            effective_at=effective_at or announced.effective_at,
            binding_language=announced.binding_language,
            removed=set(version_texts(before)) - set(version_texts(announced)),
        )
        renumbered[announced.number] = again.number


def _announced_choices(
    announced: Version,
    before: Version | None,
    stands: Mapping[str, VersionText],
    renumbered: Mapping[int, int],
    rewritten: Mapping[str, Revision],
) -> dict[str, TextToPublish]:
    """Return the texts that an announcement had changed, and those that it only said to reflect another version."""
    texts, old = version_texts(announced), version_texts(before)
    bases = renumbered | {announced.number: THIS_VERSION}
    choices = {
        name: _announced_choice(text, rewritten.get(name), bases.get(text.based_on, text.based_on))
        for name, text in texts.items()
    }
    return {
        name: choice
        for name, choice in choices.items()
        if texts[name].significance != Significance.UNCHANGED
        or (name in rewritten and is_changed(stands.get(name), choice))
        # What was said of a text does not count for the correction that took its place.
        or (texts[name].based_on != old[name].based_on and not is_changed(stands.get(name), choice))
    }


def _announced_choice(text: VersionText, rewritten: Revision | None, based_on) -> TextToPublish:
    if rewritten is None:
        return TextToPublish(text.revision, text.significance, based_on, text.pictures)
    # Nobody was asked of a text that the announcement had left as it was: readers are better told.
    is_new = text.significance == Significance.UNCHANGED
    significance = Significance.MAJOR if is_new else text.significance
    return TextToPublish(rewritten, significance, based_on, revision_pictures(rewritten, text.pictures))
