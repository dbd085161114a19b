"""The navigation of a public page: its breadcrumb, the tree of its section and its children."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from pages.languages import LocalizedText, text_for
from pages.models import Page, Version, VersionText


@dataclass(frozen=True)
class NavItem:
    """A link to a public page in a menu; `children` is empty where the menu is not expanded."""

    path: str
    url: str
    title: LocalizedText
    description: LocalizedText
    is_current: bool = False
    children: tuple["NavItem", ...] = ()


@dataclass(frozen=True)
class Navigation:
    """The breadcrumb of a page, its section as a tree expanded down to the page, and the children of the page."""

    breadcrumb: tuple[NavItem, ...]
    section: NavItem
    children: tuple[NavItem, ...]


class PublicTree:
    """The tree of the pages that are public at a time.

    The children of a page that is not public become children of its nearest public ancestor. `with_page` is the key of
    a page that counts as public in any case.
    """

    def __init__(self, at: datetime, with_page: int | None = None):
        self._at = at
        is_shown = Q(pk__in=Page.objects.public(at).values("pk")) | Q(pk=with_page)
        pages = Page.objects.public(at) if with_page is None else Page.objects.filter(is_shown)
        keys = list(pages.in_sibling_order().values_list("pk", flat=True))
        # The parents of all pages, to skip the pages between two public ones that are not public.
        public, parents = set(keys), dict(Page.objects.values_list("pk", "parent"))
        self.parent = {key: _nearest_public(parents[key], public, parents) for key in keys}
        self.children: dict[int | None, list[int]] = {}
        for key in keys:
            self.children.setdefault(self.parent[key], []).append(key)

    def breadcrumb(self, key: int) -> list[int]:
        """Return the keys from the outermost ancestor of a page down to the page itself."""
        keys = [key]
        while (parent := self.parent[keys[0]]) is not None:
            keys.insert(0, parent)
        return keys

    def nav_items(self, keys: Iterable[int], language: str) -> dict[int, NavItem]:
        """Return the menu items of the pages that have a version in force, by key."""
        texts = _texts_in_force(set(keys), self._at)
        pages = Page.objects.only("path", "source_language").in_bulk(list(texts))
        return {key: _nav_item(pages[key], texts[key], language) for key in texts}


def read_navigation(page: Page, language: str, at: datetime) -> Navigation | None:
    """Return the navigation of a page, or None if the page is not public."""
    tree = PublicTree(at)
    return _navigation(tree, page.pk, language) if page.pk in tree.parent else None


def draft_navigation(page: Page, item: NavItem, language: str, at: datetime) -> Navigation:
    """Return the navigation of a page as if its draft were published; `item` is the link to the draft."""
    return _navigation(PublicTree(at, with_page=page.pk), page.pk, language, item)


def _navigation(tree: PublicTree, key: int, language: str, item: NavItem | None = None) -> Navigation:
    breadcrumb = tree.breadcrumb(key)
    shown = [*breadcrumb, *(child for parent in breadcrumb for child in tree.children.get(parent, ()))]
    items = tree.nav_items(shown, language)
    items[key] = replace(item or items[key], is_current=True)
    return Navigation(
        breadcrumb=tuple(items[parent] for parent in breadcrumb),
        section=_expanded(tree, breadcrumb, 0, items),
        children=tuple(items[child] for child in tree.children.get(key, ())),
    )


def _expanded(tree: PublicTree, breadcrumb: list[int], depth: int, items: dict[int, NavItem]) -> NavItem:
    """Return the item at a depth of the breadcrumb with its children; the next of the breadcrumb is expanded too."""
    next_key = breadcrumb[depth + 1] if depth + 1 < len(breadcrumb) else None
    children = [
        _expanded(tree, breadcrumb, depth + 1, items) if child == next_key else items[child]
        for child in tree.children.get(breadcrumb[depth], ())
    ]
    return replace(items[breadcrumb[depth]], children=tuple(children))


def _nearest_public(key: int | None, public: set[int], parents: dict[int, int | None]) -> int | None:
    while key is not None and key not in public:
        key = parents[key]
    return key


def _texts_in_force(keys: set[int], at: datetime) -> dict[int, dict[str, VersionText]]:
    versions = Version.objects.in_force(at).filter(page__in=keys)
    rows = VersionText.objects.filter(version__in=versions).select_related("revision", "version")
    texts: dict[int, dict[str, VersionText]] = {}
    for row in rows:
        texts.setdefault(row.version.page_id, {})[row.language] = row
    return texts


def _nav_item(page: Page, texts: dict[str, VersionText], language: str) -> NavItem:
    text = text_for(texts, language, page.source_language)
    title = text.revision.link_title or text.revision.title
    return NavItem(
        path=page.path,
        url=page.url_in(language),
        title=LocalizedText(title, text.language),
        description=LocalizedText(text.revision.description, text.language),
    )
