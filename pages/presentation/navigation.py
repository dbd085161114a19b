"""The navigation of a public page: its breadcrumb, the tree of its section and its children."""

from dataclasses import dataclass, replace

from pages.languages import LocalizedText
from pages.models.page import page_url
from pages.presentation.public_tree import PublicTree, ShownTitle, read_draft_tree, read_tree
from pages.presentation.site_state import SiteState


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


def read_navigation(key: int, language: str, state: SiteState) -> Navigation | None:
    """Return the navigation of the page with a key, or None if it is not public."""
    tree = read_tree(state)
    return _navigation(tree, key, language) if key in tree.parent else None


def draft_navigation(key: int, item: NavItem, language: str, state: SiteState) -> Navigation:
    """Return the navigation of a page as if its draft were published; `item` is the link to the draft."""
    return _navigation(read_draft_tree(state, with_page=key), key, language, item)


def _navigation(tree: PublicTree, key: int, language: str, item: NavItem | None = None) -> Navigation:
    breadcrumb = tree.breadcrumb(key)
    shown = {*breadcrumb, *(child for parent in breadcrumb for child in tree.children.get(parent, ()))}
    titles = tree.shown_titles(shown, language)
    items = {page: _nav_item(tree.rows[page].path, titles[page], language) for page in shown if page in titles}
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


def _nav_item(path: str, title: ShownTitle, language: str) -> NavItem:
    return NavItem(
        path=path,
        url=page_url(path, language),
        title=LocalizedText(title.title, title.language),
        description=LocalizedText(title.description, title.language),
    )
