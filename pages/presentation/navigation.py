"""Where a page stands among those that readers can open."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from pages.languages import LocalizedText, text_for
from pages.models import Page, Version, VersionText


@dataclass(frozen=True)
class Place:
    """A public page in a menu; the pages below it are there only where the menu is open."""

    path: str
    url: str
    title: LocalizedText
    description: LocalizedText
    is_current: bool = False
    below: tuple["Place", ...] = ()


@dataclass(frozen=True)
class Navigation:
    """The way to a page, the tree around it, and what lies directly below it."""

    breadcrumb: tuple[Place, ...]
    section: Place
    children: tuple[Place, ...]


class Tree:
    """The public pages at a moment, and one more if asked for: what is left out makes what lies below it move up."""

    def __init__(self, at: datetime, also: int | None = None):
        self._at = at
        shown = Q(pk__in=Page.objects.public(at).values("pk")) | Q(pk=also) if also else None
        pages = Page.objects.filter(shown) if shown else Page.objects.public(at)
        self.order = list(pages.in_tree_order().values_list("pk", flat=True))
        public, parents = set(self.order), dict(Page.objects.values_list("pk", "parent"))
        self.parent = {key: _nearest(parents[key], public, parents) for key in self.order}
        self.children: dict[int | None, list[int]] = {}
        for key in self.order:
            self.children.setdefault(self.parent[key], []).append(key)

    def ancestors(self, key: int) -> list[int]:
        """Return the way from the outermost page down to one, itself included."""
        way = [key]
        while (above := self.parent[way[0]]) is not None:
            way.insert(0, above)
        return way

    def below(self, key: int) -> list[int]:
        """Return a page and all below it, in reading order."""
        return [key, *(lower for child in self.children.get(key, ()) for lower in self.below(child))]

    def places(self, keys: Iterable[int], language: str) -> dict[int, Place]:
        """Return the pages as menus show them in a language."""
        texts = _texts_in_force(set(keys), self._at)
        pages = Page.objects.only("path", "source_language").in_bulk(list(texts))
        return {key: _place(pages[key], texts[key], language) for key in texts}


def navigation(page: Page, language: str, at: datetime, drafted: Place | None = None) -> Navigation | None:
    """Return what is around a page; None for one that is not public, unless it is shown as somebody has drafted it."""
    tree = Tree(at, also=page.pk if drafted else None)
    if page.pk not in tree.parent:
        return None
    way = tree.ancestors(page.pk)
    shown = [*way, *(child for key in way for child in tree.children.get(key, ()))]
    places = tree.places(shown, language)
    places[page.pk] = replace(drafted or places[page.pk], is_current=True)
    return Navigation(
        breadcrumb=tuple(places[key] for key in way),
        section=_opened(tree, way, 0, places),
        children=tuple(places[key] for key in tree.children.get(page.pk, ())),
    )


def _opened(tree: Tree, way: list[int], depth: int, places: dict[int, Place]) -> Place:
    """Return a page of the way with its children, the next one on the way opened in turn."""
    is_next = depth + 1 < len(way)
    below = [
        _opened(tree, way, depth + 1, places) if is_next and child == way[depth + 1] else places[child]
        for child in tree.children.get(way[depth], ())
    ]
    return replace(places[way[depth]], below=tuple(below))


def _nearest(key: int | None, public: set[int], parents: dict[int, int | None]) -> int | None:
    while key is not None and key not in public:
        key = parents[key]
    return key


def _texts_in_force(keys: set[int], at: datetime) -> dict[int, dict[str, VersionText]]:
    versions = Version.objects.in_force(at).filter(page__in=keys)
    rows = VersionText.objects.filter(version__in=versions).select_related("revision", "version")
    found: dict[int, dict[str, VersionText]] = {}
    for row in rows.defer("revision__source"):
        found.setdefault(row.version.page_id, {})[row.language] = row
    return found


def _place(page: Page, texts: dict[str, VersionText], language: str) -> Place:
    text = text_for(texts, language, page.source_language)
    title = text.revision.link_title or text.revision.title
    return Place(
        path=page.path,
        url=page.url_in(language),
        title=LocalizedText(title, text.language),
        description=LocalizedText(text.revision.description, text.language),
    )
