"""Where all pages stand while a batch is written: pages are found, made and moved by whole addresses."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from django.core.exceptions import ValidationError
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from pages.models import Page, Redirect
from pages.publishing.page_tree import clean_slug

_COLUMNS = ("id", "uuid", "parent", "slug", "path", "weight", "source_language")


@dataclass(frozen=True)
class PageMove:
    """A page that has another address now."""

    page: Page
    old: str
    new: str


class SiteTree:
    """The tree as it is, and as it becomes. The caller's transaction lasts until `write`."""

    def __init__(self):
        # All rows in one order, and before the counter's: so do the verbs, and none waits for another in a circle.
        list(Page.objects.select_for_update().order_by("pk").values_list("pk"))
        self._paths: dict[str, int] = {}
        self._places: dict[int, tuple[str, int | None]] = {}
        self._uuids: dict[uuid.UUID, int] = {}
        for key, identifier, path, parent in Page.objects.values_list("pk", "uuid", "path", "parent"):
            self._paths[path], self._places[key], self._uuids[identifier] = key, (path, parent), key
        # Sections: pages that no text was ever written for.
        self._bare = set(Page.objects.filter(revisions=None).values_list("pk", flat=True))
        self._redirects = dict(Redirect.objects.values_list("old_path", "page"))
        self._stored_redirects = dict(self._redirects)
        self._pages: dict[int, Page] = {}
        # Sections that were made since pages last moved.
        self._new_sections: set[int] = set()
        # Old addresses that pages have taken from redirects to other pages.
        self.replaced_redirects: list[str] = []

    def load(self, identifiers: Collection[uuid.UUID]) -> dict[uuid.UUID, Page]:
        """Return the pages that there are of these, by their uuid."""
        keys = {identifier: self._uuids[identifier] for identifier in identifiers if identifier in self._uuids}
        missing = [key for key in keys.values() if key not in self._pages]
        self._pages |= Page.objects.only(*_COLUMNS).in_bulk(missing) if missing else {}
        return {identifier: self._pages[key] for identifier, key in keys.items()}

    def page_ids(self, identifiers: Iterable[uuid.UUID]) -> frozenset[int]:
        """Return the keys of those pages that there are."""
        return frozenset(self._uuids[identifier] for identifier in identifiers if identifier in self._uuids)

    def set_weight(self, page: Page, weight: int) -> None:
        """Order a page among its siblings."""
        page.weight = weight
        Page.objects.filter(pk=page.pk).update(weight=weight)

    def set_source_language(self, page: Page, language: str) -> None:
        """Say which language a page's texts are translated from."""
        page.source_language = language
        Page.objects.filter(pk=page.pk).update(source_language=language)

    def fill_section(self, page: Page, source_language: str) -> None:
        """Note that a section gets its first text, and in which language: it was made for those below it."""
        self.set_source_language(page, source_language)
        self._bare.discard(page.pk)
        self._take_from_redirect(self.path_of(page), page.pk)

    def find(self, path: str) -> Page | None:
        """Return the page at a path."""
        key = self._paths.get(path)
        return None if key is None else self._page(key)

    def path_of(self, page: Page) -> str:
        """Return where a page stands now."""
        return self._places[page.pk][0]

    def create_page(self, path: str, *, source_language: str, identifier: uuid.UUID) -> Page:
        """Make a page, and the sections above it where they are missing. Raises ValidationError on its address.

        A section that was made for a page below it, a moment ago, gives way.
        """
        there = self._paths.get(path)
        if there is not None and there not in self._new_sections:
            raise ValidationError({"slug": f"There is a page at /{path}/ already."})
        if there is not None:
            self._forget(there)
        page = self._make(path, source_language=source_language, identifier=identifier)
        self._take_from_redirect(path, page.pk)
        if there is not None:
            self._join_parents()
        return page

    def _make(self, path: str, *, source_language: str, identifier: uuid.UUID) -> Page:
        parent = self._section_above(path, source_language, identifier)
        slug = clean_slug(path.rpartition("/")[2], parent=parent)
        place = {"slug": slug, "parent": parent, "path": path, "uuid": identifier}
        page = Page.objects.create(source_language=source_language, **place)
        self._paths[path], self._places[page.pk] = page.pk, (path, parent and parent.pk)
        self._uuids[identifier], self._pages[page.pk] = page.pk, page
        return page

    def _section_above(self, path: str, source_language: str, identifier: uuid.UUID) -> Page | None:
        above = path.rpartition("/")[0]
        if not above:
            return None
        # Of one name for one place, so that the same history makes the same pages.
        names = (uuid.uuid5(identifier, f"section {above}{' again' * times}") for times in count())
        named = next(name for name in names if name not in self._uuids)
        if there := self.find(above):
            return there
        section = self._make(above, source_language=source_language, identifier=named)
        self._new_sections.add(section.pk)
        self._bare.add(section.pk)
        return section

    def move_pages(self, wanted: Mapping[int, str], fixed: Collection[int]) -> list[PageMove]:
        """Move pages, by their keys, to addresses that are free or become so; `fixed` ones do not follow their parent.

        Raises ValidationError where an address is one that no page can have, or another page's; then nothing has moved.
        """
        self._new_sections.clear()
        wanted = {key: path for key, path in wanted.items() if self._places[key][0] != path}
        if not wanted:
            return []
        paths = self._with_followers(wanted, frozenset(fixed))
        bare = [key for key in map(self._in_the_way(paths, frozenset(fixed)), sorted(set(paths.values()))) if key]
        old = {key: self._places[key] for key in paths}
        for key in bare:
            self._forget(key)
        self._write_paths(paths)
        self._join_parents()
        self._prune({parent for _, parent in old.values()}, frozenset(fixed) | set(paths))
        for key, path in paths.items():
            self._take_from_redirect(path, key)
        return [PageMove(self._page(key), old[key][0], path) for key, path in wanted.items()]

    def _with_followers(self, wanted: Mapping[int, str], fixed: frozenset[int]) -> dict[int, str]:
        """Return the new paths of the pages that move, and of those below them that go along."""
        children: dict[int | None, list[int]] = {}
        for key, (_, parent) in self._places.items():
            children.setdefault(parent, []).append(key)
        paths, waiting = dict(wanted), list(wanted)
        while waiting:
            above = waiting.pop()
            for key in children.get(above, ()):
                if key not in paths and key not in fixed:
                    paths[key] = f"{paths[above]}/{self._places[key][0].rpartition('/')[2]}"
                    waiting.append(key)
        return paths

    def _in_the_way(self, moving: Mapping[int, str], fixed: frozenset[int]) -> Callable[[str], int | None]:
        """Return what finds the section without texts that gives way to a page, and raises where it is a real page."""

        def found(path: str) -> int | None:
            parent = Page(path="above") if "/" in path else None
            clean_slug(path.rpartition("/")[2], parent=parent)
            if len(path) > Page._meta.get_field("path").max_length:
                raise ValidationError({"slug": f"The address /{path}/ would be too long."})
            key = self._paths.get(path)
            if key is None or key in moving:
                return None
            if key in fixed or key not in self._bare:
                raise ValidationError({"slug": f"There is a page at /{path}/ already."})
            return key

        return found

    def _forget(self, key: int) -> None:
        for child, (path, parent) in self._places.items():
            if parent == key:
                self._places[child] = (path, None)
        Page.objects.filter(parent=key).update(parent=None)
        Page.objects.filter(pk=key).delete()
        self._paths.pop(self._places.pop(key)[0], None)
        self._uuids = {identifier: other for identifier, other in self._uuids.items() if other != key}
        self._pages.pop(key, None)
        self._bare.discard(key)

    def _write_paths(self, paths: Mapping[int, str]) -> None:
        # Pages may change places with each other, and no two may stand at one path at any time.
        temporary = Concat(Value("~"), Cast(F("pk"), CharField()))
        Page.objects.filter(pk__in=list(paths)).update(path=temporary)
        for key in paths:
            self._paths.pop(self._places[key][0], None)
        for key, path in paths.items():
            slug = path.rpartition("/")[2]
            Page.objects.filter(pk=key).update(path=path, slug=slug)
            self._paths[path], self._places[key] = key, (path, self._places[key][1])
            if page := self._pages.get(key):
                page.path, page.slug = path, slug

    def _join_parents(self) -> None:
        """Hang every page below the one that its path names; sections that are missing are made."""
        # In the order of paths, for a section that is made is named after the page that asks first.
        for key, (path, parent) in sorted(self._places.items(), key=lambda place: place[1][0]):
            above = path.rpartition("/")[0]
            if above and (parent is None or self._places[parent][0] != above):
                page = self._page(key)
                page.parent = self._section_above(path, page.source_language, page.uuid)
                Page.objects.filter(pk=key).update(parent=page.parent)
                self._places[key] = (path, page.parent.pk)
            elif not above and parent is not None:
                Page.objects.filter(pk=key).update(parent=None)
                self._places[key] = (path, None)

    def _prune(self, sections: Collection[int | None], kept: frozenset[int]) -> None:
        """Take away the sections without texts that nothing stands below any more."""
        parents = {parent for _, parent in self._places.values()}
        for key in {key for key in sections if key in self._bare and key not in parents and key not in kept}:
            above = self._places[key][1]
            self._forget(key)
            self._prune([above], kept)

    def _page(self, key: int) -> Page:
        if key not in self._pages:
            self._pages[key] = Page.objects.only(*_COLUMNS).get(pk=key)
        return self._pages[key]

    # --- Old addresses ------------------------------------------------------------------------------------------------

    def add_redirect(self, old_path: str, page: Page) -> bool:
        """Let an old address lead to a page; False where a page stands there, or where another page has it already.

        A section has nothing to say there, and gives the address back when it gets a text.
        """
        there = self._paths.get(old_path)
        is_free = there is None or (there in self._bare and there != page.pk)
        if not is_free or self._redirects.get(old_path, page.pk) != page.pk:
            return False
        self._redirects[old_path] = page.pk
        return True

    def _take_from_redirect(self, path: str, key: int) -> None:
        if self._redirects.pop(path, key) != key:
            self.replaced_redirects.append(path)

    def write(self) -> None:
        """Write the redirects that are new, and take away those that gave way."""
        stored, wanted = self._stored_redirects, self._redirects
        if gone := [path for path, page in stored.items() if wanted.get(path) != page]:
            Redirect.objects.filter(old_path__in=gone).delete()
        if new := [Redirect(old_path=path, page_id=page) for path, page in wanted.items() if stored.get(path) != page]:
            Redirect.objects.bulk_create(new)
