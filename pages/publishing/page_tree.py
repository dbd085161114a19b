"""Where pages stand: the names that they may have, how they are made, ordered and moved in the tree."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pages.models import Page, Redirect, Revision, SiteCounter, Version
from pages.models.permissions import MOVE
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor
from pages.publishing.records import append_record, effective_now, require_last_record

RESERVED_SLUGS = frozenset({"history", "v", "as-of", "compare", "changes", "upcoming", "_print"})
RESERVED_ROOT_SLUGS = frozenset({"admin", "static", "media", "markdownx", "healthz", "readyz"})
# What may stand in an address beside letters and digits of any script: it must survive a mail programme.
_SIGNS = frozenset("_.~-")
# Vowels and tones of many scripts (Devanagari, Thai) are marks upon letters.
_MARKS = frozenset({"Mn", "Mc"})


class NotGiven(Enum):
    """The default of an argument for which None is a value too."""

    NOT_GIVEN = "not given"


NOT_GIVEN = NotGiven.NOT_GIVEN


class PositionConflict(Exception):
    """Somebody else changed the same of a page's weight and review day in the meantime; nothing was written."""

    def __init__(self, stored: Mapping[str, object]):
        self.stored = stored
        super().__init__(f"changed meanwhile: {', '.join(stored)}")


class DeletionConflict(Exception):
    """Somebody saved a text of the page after the person looked at it; nothing was deleted."""

    def __init__(self, revision: Revision):
        self.revision = revision
        super().__init__(f"saved meanwhile: revision {revision.pk}")


def is_reserved_slug(slug: str, *, at_root: bool) -> bool:
    """Tell whether the site needs the name for itself; at the root, language codes and names with a dot as well."""
    if slug in RESERVED_SLUGS:
        return True
    return at_root and (slug in RESERVED_ROOT_SLUGS or slug in settings.MODELTRANSLATION_LANGUAGES or "." in slug)


def clean_slug(slug: str, *, parent: Page | None) -> str:
    """Return the slug, or raise ValidationError on it. Empty, it names the home page, which has no parent."""
    slug = slug.strip()
    if not slug and parent is None:
        return slug
    if not all(map(is_slug_character, slug)) or slug.strip(".") == "":
        raise ValidationError({"slug": _("A slug is made of letters, digits, hyphens and underscores.")})
    if is_reserved_slug(slug, at_root=parent is None):
        raise ValidationError({"slug": _("The site itself uses the name “%(slug)s”.") % {"slug": slug}})
    if parent is not None and not parent.path:
        raise ValidationError({"parent": _("The home page has no pages below it: leave the parent empty.")})
    return slug


def is_slug_character(character: str) -> bool:
    """Tell whether a slug may have a character."""
    return character.isalnum() or character in _SIGNS or unicodedata.category(character) in _MARKS


@transaction.atomic
def create_page(
    *,
    slug: str,
    parent: Page | None,
    source_language: str,
    by: Actor,
    weight: int = 0,
    review_by: date | None = None,
) -> Page:
    """Make a page in the tree. Raises ValidationError on the slug where it is malformed, reserved or taken."""
    by.require("add_page")
    slug = clean_slug(slug, parent=parent)
    path = _path(slug, parent)
    _insist_on_free_path(path, moved=())
    place = {"slug": slug, "parent": parent, "path": path, "weight": weight, "review_by": review_by}
    try:
        with transaction.atomic():
            return Page.objects.create(source_language=source_language, **place)
    except IntegrityError:
        # Two people made it at once: the constraint lets one through.
        _insist_on_free_path(path, moved=())
        raise


@transaction.atomic
def set_position(
    page: Page,
    *,
    by: Actor,
    now: datetime,
    weight: int | None = None,
    review_by: date | NotGiven | None = NOT_GIVEN,
    expected_values: Mapping[str, object] | None = None,
) -> None:
    """Set a page's weight and the day by which it should be reviewed (None for never); omitted values stay as they are.

    `expected_values` holds the values that the form was opened with; raises PositionConflict if one has changed since.
    """
    by.require("change_page")
    given = {"weight": weight} if weight is not None else {}
    given |= {"review_by": review_by} if review_by is not NOT_GIVEN else {}
    stored = Page.objects.select_for_update().values("weight", "review_by").get(pk=page.pk)
    changed = {name: value for name, value in given.items() if value != stored[name]}
    if expected_values is not None:
        _check_values(stored, {name: expected_values.get(name) for name in changed})
    if changed:
        Page.objects.filter(pk=page.pk).update(**changed)
    if "weight" in changed:
        # Readers see the order in lists.
        SiteCounter.objects.advance(now)


def _check_values(stored: Mapping[str, object], expected: Mapping[str, object]) -> None:
    conflicts = {name: stored[name] for name, value in expected.items() if stored[name] != value}
    if conflicts:
        raise PositionConflict(conflicts)


@transaction.atomic
def move(
    page: Page, *, slug: str, parent: Page | None, by: Actor, now: datetime, expected_record: int | None = None
) -> Page:
    """Give a page another address, with all that lies below it; old addresses that readers know lead on to the new.

    Raises ValidationError where the place is malformed, reserved, taken or inside the page itself, PublicationConflict.
    """
    by.require(MOVE)
    # All rows in one order, before the counter: two moves at once could make a loop of the tree.
    list(Page.objects.select_for_update().order_by("pk").values_list("pk"))
    page = Page.objects.only("pk", "path", "uuid", "parent", "slug").get(pk=page.pk)
    require_last_record(page, expected_record)
    slug, old = clean_slug(slug, parent=parent), page.path
    below = _subtree(page)
    if parent is not None and parent.pk in below:
        raise ValidationError({"parent": _("A page cannot stand below itself.")})
    if not old or not slug:
        raise ValidationError({"slug": _("The home page stays where it is.")})
    new = _path(slug, parent)
    if new == old:
        raise ValidationError({"slug": _("The page stands there already.")})
    moved = {key: new + path.removeprefix(old) for key, path in below.items()}
    for path in sorted(moved.values()):
        _insist_on_free_path(path, moved=below)
    _write_paths(moved)
    Page.objects.filter(pk=page.pk).update(slug=slug, parent=parent)
    if Version.objects.filter(page__in=below).exists():
        Redirect.objects.update_or_create(old_path=old, defaults={"page": page})
        moment = effective_now(page, now)
        extra_payload = {"path": {"from": old, "to": new}}
        append_record(RecordKind.MOVE, page=page, at=moment, now=now, by=by, extra_payload=extra_payload)
    return Page.objects.get(pk=page.pk)


def _path(slug: str, parent: Page | None) -> str:
    if parent is None:
        return slug
    # Read anew, and locked: the section may have moved or gone since the form was opened.
    above = Page.objects.select_for_update().filter(pk=parent.pk).values_list("path", flat=True).first()
    if above is None:
        raise ValidationError({"parent": _("The parent page is not there any more.")})
    return f"{above}/{slug}"


def _insist_on_free_path(path: str, *, moved) -> None:
    if Page.objects.filter(path=path).exclude(pk__in=moved).exists():
        raise ValidationError({"slug": _("There is a page at /%(path)s/ already.") % {"path": path}})
    if redirect := Redirect.objects.filter(old_path=path).exclude(page__in=moved).select_related("page").first():
        names = {"path": path, "page": redirect.page.path}
        raise ValidationError({"slug": _("/%(path)s/ leads readers of old links to /%(page)s/.") % names})


def _subtree(page: Page) -> dict[int, str]:
    """Return the paths of a page and of all below it, by their keys.

    Asked after the lock: on PostgreSQL, locking does not see a child that was made while it waited.
    """
    children: dict[int | None, list[int]] = {}
    paths = {}
    for key, parent, path in Page.objects.values_list("pk", "parent", "path"):
        children.setdefault(parent, []).append(key)
        paths[key] = path
    found, waiting = {}, [page.pk]
    while waiting:
        key = waiting.pop()
        found[key] = paths[key]
        waiting += children.get(key, ())
    return found


def _write_paths(paths: dict[int, str]) -> None:
    longest = Page._meta.get_field("path").max_length
    if any(len(path) > longest for path in paths.values()):
        raise ValidationError({"slug": _("An address below this one would be too long.")})
    came_back = Redirect.objects.filter(old_path__in=paths.values())
    # Deleting none would raise the site's counter all the same, and tell of a draft.
    if came_back.exists():
        came_back.delete()
    for key, path in paths.items():
        Page.objects.filter(pk=key).update(path=path)


def last_revision_id(page: Page) -> int:
    """Return the key of the page's last saved text, 0 without one."""
    return page.revisions.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def delete_page(page: Page, *, by: Actor, expected_revision: int | None = None) -> None:
    """Delete a page with its drafts. One that has versions stays: its history is not the editors' alone.

    `expected_revision` is the last saved text that the person knew of. Raises DeletionConflict, PermissionDenied.
    """
    by.require("delete_page")
    page = Page.objects.select_for_update().get(pk=page.pk)
    if page.versions.exists():
        raise PermissionDenied(_("A page that was published is not deleted: withdraw it."))
    if expected_revision is not None and expected_revision != last_revision_id(page):
        raise DeletionConflict(page.revisions.order_by("-pk").first())
    page.delete()
