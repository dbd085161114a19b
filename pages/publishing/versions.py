"""Making versions: publish, announce, cancel, revert."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pages.models import Page, Revision, Version, VersionText
from pages.models.page import text_field
from pages.models.publication_record import Kind
from pages.models.version_text import Significance
from pages.publishing.drafts import add_revision, fields_of, set_working_text
from pages.publishing.records import append_record, moment_of_verb
from pages.publishing.version_plan import (
    KEPT,
    THIS,
    Choice,
    Plan,
    is_changed,
    planned_texts,
    significance_of,
)


class Waiting(StrEnum):
    """What becomes of an announcement that a new version would overtake."""

    CANCEL = "cancel"
    AGAIN = "again"


class AnnouncementWaits(Exception):
    """The new version would overtake an announced one, and nobody said what becomes of it."""

    def __init__(self, versions: list[Version]):
        self.versions = versions
        super().__init__(f"announced and waiting: {', '.join(str(version.number) for version in versions)}")


class PublishedMeanwhile(Exception):
    """The page has another newest version than the one that the person looked at."""


class ForeignText(Exception):
    """A text that is to go out belongs to another page or another language."""


class NotCancellable(Exception):
    """Only the newest version that stands can be cancelled, and only before its moment."""


def standing_base(page: Page, at: datetime) -> Version | None:
    """Return what a new version is measured against: the highest-numbered version that is not cancelled."""
    return page.versions.standing(at).order_by("-number").first()


def texts_of(version: Version | None) -> dict[str, VersionText]:
    """Return a version's texts by language, their revisions at hand."""
    return {text.language: text for text in version.texts.select_related("revision")} if version else {}


def known_pictures(page: Page, at: datetime) -> dict[str, str]:
    """Return the pictures that the page's newest version has in any language, by the references to them."""
    texts = texts_of(standing_base(page, at)).values()
    return {reference: digest for text in texts for reference, digest in text.pictures.items()}


def publish(
    page: Page,
    choices: Mapping[str, Choice],
    *,
    by: str,
    now: datetime,
    notes: Mapping[str, str] | None = None,
    effective_at: datetime | None = None,
    binding_language: str | None = None,
    removed: Iterable[str] = (),
    waiting: Waiting | None = None,
    expected_base: int | None = None,
) -> Version:
    """Make the next version out of the chosen texts; it is in force from `effective_at`, or at once.

    `expected_base` is the number of the version that the person compared with (0 for none). Raises ValidationError on
    what an editor can mend, AnnouncementWaits, PublishedMeanwhile. Nothing is written where anything is raised.
    """
    removed, notes = frozenset(removed), notes or {}
    choices = {name: choice for name, choice in choices.items() if name not in removed}
    _insist_on_own_texts(page, choices)
    _render_ahead(page, choices, now)
    with transaction.atomic():
        page = Page.objects.select_for_update().get(pk=page.pk)
        moment = moment_of_verb(page, now)
        _insist_on_base(standing_base(page, moment), expected_base)
        effective = max(effective_at or moment, moment)
        overtaken = _make_way(page, effective, waiting, by=by, moment=moment, now=now)
        base = standing_base(page, moment)
        _check(page, texts_of(base), choices, notes, removed, binding_language)
        moments = {"published_at": moment, "effective_at": effective, "now": now}
        said = {"notes": notes, "binding_language": binding_language, "removed": removed}
        version = issue(page, choices, by=by, **moments, **said)
        if waiting == Waiting.AGAIN:
            _announce_again(overtaken, base, by=by, moment=moment, now=now)
    return version


def announce(page: Page, choices: Mapping[str, Choice], *, effective_at: datetime, now: datetime, **options) -> Version:
    """Publish a version that comes into force later, by itself. Raises ValidationError where the moment has passed."""
    if effective_at <= moment_of_verb(page, now):
        raise ValidationError({"effective_at": _("The moment has passed: an announcement needs one in the future.")})
    return publish(page, choices, effective_at=effective_at, now=now, **options)


@transaction.atomic
def cancel(version: Version, *, by: str, now: datetime, reason: str = "") -> None:
    """Take an announced version back before it comes into force; it stays readable. Raises NotCancellable."""
    page = Page.objects.select_for_update().get(pk=version.page_id)
    moment = moment_of_verb(page, now)
    base = standing_base(page, moment)
    # A later version that stands was measured against this one: its dates would say what never happened.
    if base is None or base.pk != version.pk or version.effective_at <= moment:
        raise NotCancellable
    append_record(Kind.CANCEL, page=page, version=version, at=moment, now=now, by=by, reason=reason)


def revert(
    page: Page,
    version: Version,
    languages: Iterable[str],
    *,
    by: str,
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
        moment = moment_of_verb(page, now)
        in_force = texts_of(page.versions.in_force(moment).first())
        gone = _overtaken(page, max(options.get("effective_at") or moment, moment), moment)
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


def _says_the_same(base: VersionText | None, text: VersionText) -> bool:
    return base is not None and (base.revision.digest, base.pictures, base.based_on) == (
        text.revision.digest,
        text.pictures,
        text.based_on,
    )


def _put_back(old: Revision, *, follows: bool, by: str, now: datetime) -> Revision:
    """Make a new revision with an old one's text; the working copy follows, or keeps what an editor has begun."""
    # It came from no file this time, whichever file the old one came from.
    arguments = (old.page, old.language, bytes(old.source), fields_of(old))
    if follows:
        return set_working_text(*arguments, by=by, now=now)
    return add_revision(*arguments, by=by, now=now, set_aside=True)


def issue(
    page: Page,
    choices: Mapping[str, Choice],
    *,
    by: str,
    now: datetime,
    notes: Mapping[str, str],
    published_at: datetime,
    effective_at: datetime,
    binding_language: str | None = None,
    removed: Iterable[str] = (),
) -> Version:
    """Write the next version, its texts and its record. The caller holds the page's lock and has checked the rules."""
    base = standing_base(page, published_at)
    last = page.versions.order_by("-number").values_list("number", flat=True).first() or 0
    plan = Plan(last + 1, effective_at, page.source_language, texts_of(base), notes)
    texts = planned_texts(plan, choices, frozenset(removed))
    version = Version.objects.create(
        page=page,
        number=plan.number,
        published_at=published_at,
        effective_at=effective_at,
        binding_language=binding_language,
    )
    for text in texts.values():
        text.version = version
    VersionText.objects.bulk_create(texts.values())
    append_record(Kind.PUBLISH, page=page, version=version, at=published_at, now=now, by=by, texts=list(texts.values()))
    return version


def _insist_on_base(base: Version | None, expected: int | None) -> None:
    if expected is not None and expected != (base.number if base else 0):
        raise PublishedMeanwhile


def _insist_on_own_texts(page: Page, choices: Mapping[str, Choice]) -> None:
    """Raise ForeignText where a forged choice names another page's text, or another language's."""
    for language, choice in choices.items():
        if (choice.revision.page_id, choice.revision.language) != (page.pk, language):
            raise ForeignText(f"revision {choice.revision.pk} is not the page's text in {language}")


def _render_ahead(page: Page, choices: Mapping[str, Choice], now: datetime) -> None:
    """Render what the rules will compare before the transaction begins; its results are remembered."""
    base = texts_of(standing_base(page, moment_of_verb(page, now)))
    for name, choice in choices.items():
        if is_changed(base.get(name), choice):
            significance_of(base.get(name), choice)


def _overtaken(page: Page, effective: datetime, moment: datetime) -> QuerySet:
    """Return the announcements that a version effective then would overtake."""
    return page.versions.upcoming(moment).filter(effective_at__gte=effective).order_by("number")


def _make_way(page: Page, effective: datetime, waiting: Waiting | None, *, by: str, moment: datetime, now: datetime):
    """Cancel the announcements that a version effective then would overtake, the newest first, and return them."""
    overtaken = list(_overtaken(page, effective, moment))
    if overtaken and waiting is None:
        raise AnnouncementWaits(overtaken)
    for version in reversed(overtaken):
        append_record(Kind.CANCEL, page=page, version=version, at=moment, now=now, by=by)
    return overtaken


def _announce_again(overtaken: list[Version], base: Version | None, *, by: str, moment: datetime, now: datetime):
    """Make cancelled announcements anew on top of what stands now; each was measured against the one before it."""
    renumbered: dict[int, int] = {}
    for before, announced in pairwise([base, *overtaken]):
        stands = texts_of(standing_base(announced.page, moment))
        again = issue(
            announced.page,
            _announced_choices(announced, before, stands, renumbered),
            by=by,
            now=now,
            notes={name: text.change_note for name, text in texts_of(announced).items() if text.change_note},
            published_at=moment,
            effective_at=announced.effective_at,
            binding_language=announced.binding_language,
            removed=set(texts_of(before)) - set(texts_of(announced)),
        )
        renumbered[announced.number] = again.number


def _announced_choices(
    announced: Version, before: Version | None, stands: Mapping[str, VersionText], renumbered: Mapping[int, int]
) -> dict[str, Choice]:
    """Return the texts that an announcement had changed, and those that it only said to reflect another version."""
    texts, old = texts_of(announced), texts_of(before)
    bases = renumbered | {announced.number: THIS}
    choices = {
        name: Choice(text.revision, text.significance, bases.get(text.based_on, text.based_on), text.pictures)
        for name, text in texts.items()
    }
    return {
        name: choice
        for name, choice in choices.items()
        if texts[name].significance != Significance.UNCHANGED
        # What was said of a text does not count for the correction that took its place.
        or (texts[name].based_on != old[name].based_on and not is_changed(stands.get(name), choice))
    }


def _check(
    page: Page,
    base: Mapping[str, VersionText],
    choices: Mapping[str, Choice],
    notes: Mapping[str, str],
    removed: frozenset[str],
    binding_language: str | None,
) -> None:
    """Raise ValidationError, by field, on everything that an editor has to mend before the version can go out."""
    changed = {name: choice for name, choice in choices.items() if is_changed(base.get(name), choice)}
    errors: dict[str, str] = {}
    for name, choice in changed.items():
        if choice.revision.is_empty:
            errors[text_field("text", name)] = _(
                "The text is empty: to publish without this language, take it away instead."
            )
        elif significance_of(base.get(name), choice) not in (Significance.MAJOR, Significance.MINOR):
            errors[text_field("significance", name)] = _("Say whether readers have to know.")
    remaining = (set(base) | set(changed)) - removed
    rebased = any(_is_rebased(page, base, name, choice) for name, choice in choices.items())
    if not changed and not (removed & set(base)) and not rebased:
        errors["__all__"] = _("Nothing has changed since the last version: there is nothing to publish.")
    if page.source_language not in remaining:
        errors.setdefault("__all__", _("A version needs the text in the source language."))
    if binding_language and binding_language not in remaining:
        errors["binding_language"] = _("The binding language has no text in this version.")
    if base and not errors and (name := _lacking_note(page, base, changed, notes)):
        errors[text_field("note", name)] = _("Describe the change for readers.")
    if errors:
        raise ValidationError(errors)


def _is_rebased(page: Page, base: Mapping[str, VersionText], name: str, choice: Choice) -> bool:
    """Tell whether a translation is said to reflect another version than was noted before."""
    return name in base and name != page.source_language and choice.based_on not in (KEPT, base[name].based_on)


def _lacking_note(page: Page, base, changed: Mapping[str, Choice], notes: Mapping[str, str]) -> str | None:
    """Return the language that lacks a change note, if any: the source if readers must know of it, else the first."""
    major = sorted(
        name for name, choice in changed.items() if significance_of(base.get(name), choice) == Significance.MAJOR
    )
    if page.source_language in major:
        major = [page.source_language]
    if not major or any(notes.get(name, "").strip() for name in major):
        return None
    return major[0]
