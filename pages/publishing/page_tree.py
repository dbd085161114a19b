"""Creating, ordering, moving and deleting pages in the tree, and the rules for slugs."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pages.models import Blob, Page, Redirect, Revision, SiteCounter, Version
from pages.models.permissions import MOVE
from pages.publishing.actors import Actor
from pages.publishing.records import effective_now, require_last_record
from pages.publishing.site_tree import PageMove, SiteTree, record_moves
from pages.publishing.slugs import clean_slug, normalise_slug, propose_slug
from pages.publishing.writer import writing


class NotGiven(Enum):
    """The type of NOT_GIVEN, the default of arguments that can be set to None."""

    NOT_GIVEN = "not given"


NOT_GIVEN = NotGiven.NOT_GIVEN
# What editors set of a page apart from its address and its texts.
POSITION = ("weight", "review_by", "review_months", "notice_days")


class PositionConflict(Exception):
    """Somebody else changed what `set_position` sets after the person opened the page; nothing was written."""

    def __init__(self, stored: Mapping[str, object]):
        self.stored = stored
        super().__init__(f"changed by somebody else: {', '.join(stored)}")


class DeletionConflict(Exception):
    """Somebody saved a text of the page after the person opened it; nothing was deleted."""

    def __init__(self, revision: Revision):
        self.revision = revision
        super().__init__(f"saved by somebody else: revision {revision.pk}")


@transaction.atomic
def create_page(
    *,
    slug: str,
    parent: Page | None,
    source_language: str,
    by: Actor,
    weight: int = 0,
    review_by: date | None = None,
    review_months: int | None = None,
    notice_days: int = 0,
    is_home: bool = False,
) -> Page:
    """Create a page. Raises ValidationError if the slug is missing, malformed, reserved or taken.

    Only the home page has no slug and no parent, and there is at most one. Addresses of an earlier one redirect until
    this page is published.
    """
    by.require("add_page")
    slug = _clean_own_slug(slug, parent, is_home=is_home)
    path = _build_path(slug, parent)
    _validate_free_path(path)
    _validate_distinct_slug(slug, parent)
    try:
        with transaction.atomic():
            return Page.objects.create(
                source_language=source_language,
                slug=slug,
                parent=parent,
                path=path,
                weight=weight,
                review_by=review_by,
                review_months=review_months,
                notice_days=notice_days,
            )
    except IntegrityError:
        # Two people created it at the same time: the unique constraint lets only one through.
        _validate_free_path(path)
        raise


@transaction.atomic
def set_position(
    page: Page,
    *,
    by: Actor,
    now: datetime,
    weight: int | None = None,
    review_by: date | NotGiven | None = NOT_GIVEN,
    review_months: int | NotGiven | None = NOT_GIVEN,
    notice_days: int | None = None,
    expected_values: Mapping[str, object] | None = None,
) -> None:
    """Set a page's weight, review date and period (None for none) and notice period. Omitted values stay as they are.

    `expected_values` holds the values that the form was opened with; raises PositionConflict if one has changed since.
    """
    by.require("change_page")
    given: dict[str, object] = {"weight": weight, "notice_days": notice_days}
    given = {name: value for name, value in given.items() if value is not None}
    reviews: dict[str, object] = {"review_by": review_by, "review_months": review_months}
    given |= {name: value for name, value in reviews.items() if value is not NOT_GIVEN}
    stored: dict[str, object] = dict(Page.objects.select_for_update().values(*POSITION).get(pk=page.pk))
    changed = {name: value for name, value in given.items() if value != stored[name]}
    if expected_values is not None:
        _check_values(stored, {name: expected_values.get(name) for name in changed})
    if changed:
        Page.objects.filter(pk=page.pk).update(**changed)
    if "weight" in changed:
        # The order in public lists changed.
        SiteCounter.objects.advance(now)


def _check_values(stored: Mapping[str, object], expected: Mapping[str, object]) -> None:
    conflicts = {name: stored[name] for name, value in expected.items() if stored[name] != value}
    if conflicts:
        raise PositionConflict(conflicts)


@transaction.atomic
def move(
    page: Page,
    *,
    slug: str,
    parent: Page | None,
    by: Actor,
    now: datetime,
    expected_record: int | None = None,
    is_home: bool = False,
) -> Page:
    """Move a page and everything below it to another path; published old paths redirect to the new ones.

    With `is_home` it becomes the home page, which has no slug, no parent and no pages below it. If it is published, it
    gets the addresses of an earlier home page, which redirected to that.
    Raises ValidationError if the path is malformed, reserved, taken or below the page itself, PublicationConflict.
    """
    by.require(MOVE)
    # Locks all pages: two concurrent moves could otherwise create a loop.
    tree = SiteTree()
    page = Page.objects.only("pk", "path", "uuid", "parent", "slug").get(pk=page.pk)
    require_last_record(page, expected_record)
    slug = _clean_own_slug(slug, parent, is_home=is_home)
    if parent is not None and tree.is_within(parent.pk, page.pk):
        raise ValidationError({"parent": _("A page cannot be its own descendant.")})
    if is_home and page.children.exists():
        raise ValidationError({"is_home": _("The home page has no pages below it: move these first.")})
    new = _build_path(slug, parent)
    if new == page.path:
        raise ValidationError({"slug": _("The page already has this address.")})
    if is_home:
        _validate_free_path(new, page)
    _validate_distinct_slug(slug, parent, page)
    with writing(by, now) as writer:
        if is_home and page.versions.exists():
            tree.drop_redirect(new, page.pk)
        moves = tree.move_pages({page.pk: new}, (), is_import=False)
        record_moves(writer, tree, moves, _times_of_published(moves, now))
    tree.write()
    return Page.objects.get(pk=page.pk)


def _times_of_published(moves: Iterable[PageMove], now: datetime) -> dict[int, datetime]:
    published = Version.objects.filter(page__in=[move.page for move in moves]).values("page")
    return {page.pk: effective_now(page, now) for page in Page.objects.filter(pk__in=published).only("pk")}


def _build_path(slug: str, parent: Page | None) -> str:
    if parent is None:
        return slug
    # Read again, and locked: the parent may have been moved or deleted since the form was opened.
    parent_path = Page.objects.select_for_update().filter(pk=parent.pk).values_list("path", flat=True).first()
    if parent_path is None:
        raise ValidationError({"parent": _("The parent page no longer exists.")})
    return f"{parent_path}/{slug}"


def _clean_own_slug(slug: str, parent: Page | None, *, is_home: bool) -> str:
    """Return the cleaned slug. That of the home page is empty, and somebody has to say that it is the home page."""
    if not is_home:
        if not slug.strip():
            raise ValidationError({"slug": _("Enter a slug: the last part of the page's address.")})
        return clean_slug(slug, parent=parent)
    if slug.strip():
        raise ValidationError({"slug": _("The home page has no slug: leave it empty.")})
    if parent is not None:
        raise ValidationError({"parent": _("The home page has no parent page: leave it empty.")})
    return ""


def propose_free_slug(title: str, parent: Page | None) -> str:
    """Return a slug for a page with a title that no page next to it has; "" if the title has no letter or digit."""
    used = Page.objects.filter(parent=parent).values_list("slug", flat=True)
    return propose_slug(title, at_root=parent is None, used=set(used))


def _validate_free_path(path: str, page: Page | None = None) -> None:
    """Raise ValidationError if a page has the path, or a redirect to another page, unless it is that of a home page."""
    if Page.objects.filter(path=path).exists():
        text = _("A page at /%(path)s/ already exists.") if path else _("The site has a home page already.")
        raise ValidationError({"slug" if path else "is_home": text % {"path": path}})
    redirects = Redirect.objects.filter(old_path=path).exclude(old_path="").exclude(page=page.pk if page else 0)
    if redirect := redirects.select_related("page").only("page__path").first():
        text = _("/%(path)s/ redirects to /%(page)s/.")
        raise ValidationError({"slug": text % {"path": path, "page": redirect.page.path}})


def earlier_home_page(page: Page | None = None) -> Page | None:
    """Return the page to which addresses of an earlier home page redirect, unless it is the given one."""
    redirects = Redirect.objects.filter(old_path="").exclude(page=page.pk if page else 0)
    redirect = redirects.select_related("page").only("page__path").first()
    return redirect.page if redirect else None


def _validate_distinct_slug(slug: str, parent: Page | None, page: Page | None = None) -> None:
    """Raise ValidationError if a sister page has the same slug but for upper and lower case."""
    sisters = Page.objects.filter(parent=parent).exclude(pk=page.pk if page else 0).exclude(slug=slug)
    for sister in sisters.values_list("slug", flat=True):
        if normalise_slug(sister) == normalise_slug(slug):
            text = _("Readers would confuse it with “%(slug)s”, the slug of a page next to it.")
            raise ValidationError({"slug": text % {"slug": sister}})


def last_revision_id(page: Page) -> int:
    """Return the key of the page's newest revision, 0 without one."""
    return page.revisions.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def delete_page(page: Page, *, by: Actor, expected_revision: int | None = None) -> None:
    """Delete a page with its drafts, unless it has versions: history is never deleted.

    `expected_revision` is the newest revision that the person saw. Raises DeletionConflict, PermissionDenied.
    """
    by.require("delete_page")
    page = Page.objects.select_for_update().get(pk=page.pk)
    if page.versions.exists():
        raise PermissionDenied(_("A published page cannot be deleted: withdraw it instead."))
    newest = page.revisions.order_by("-pk").first()
    if expected_revision is not None and newest is not None and newest.pk != expected_revision:
        raise DeletionConflict(newest)
    digests = list(page.revisions.values_list("blob", flat=True))
    page.delete()
    Blob.objects.delete_unreferenced(digests)
