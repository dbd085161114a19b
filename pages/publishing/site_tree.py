"""The page tree in memory while a batch is written: pages are found, created and moved by whole paths."""

import uuid
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from pages.models import Page, Redirect
from pages.models.page import MAX_PATH_LENGTH
from pages.publishing.slugs import ImpossibleAddress, clean_slug
from pages.publishing.writer import Place, Writer
from pages.text.messages import Message

_COLUMNS = ("id", "uuid", "parent", "slug", "path", "weight", "source_language")


@dataclass(frozen=True)
class PageMove:
    """A page that was moved, with its old and its new path."""

    page: Page
    old: str
    new: str
    # False if it only moved because a page above it did.
    is_wanted: bool


class SiteTree:
    """The paths and redirects of the whole site. Pages are written immediately, redirects by `write`.

    A page without any text is a section: it exists only as the parent of other pages, and another page can replace it.
    """

    def __init__(self) -> None:
        # In a query of its own: on PostgreSQL, one that locks does not return rows that were inserted while it waited.
        self.lock_pages()
        self._keys: dict[str, int] = {}
        self._paths: dict[int, str] = {}
        self._parents: dict[int, int | None] = {}
        self._uuids: dict[uuid.UUID, int] = {}
        for key, identifier, path, parent in Page.objects.values_list("pk", "uuid", "path", "parent"):
            self._keys[path], self._paths[key], self._parents[key], self._uuids[identifier] = key, path, parent, key
        self._sections = set(Page.objects.filter(revisions=None).values_list("pk", flat=True))
        self._stored_redirects = dict(Redirect.objects.values_list("old_path", "page"))
        # The languages of new redirects that have one.
        self._redirect_languages: dict[str, str] = {}
        self._redirects = dict(self._stored_redirects)
        self._pages: dict[int, Page] = {}
        # Sections created since pages were last moved.
        self._new_sections: set[int] = set()
        # Paths of redirects to other pages that were dropped because a page now has the path.
        self.replaced_redirects: list[str] = []

    @staticmethod
    def lock_pages() -> None:
        """Lock all pages, in one order and before the counter, as the other operations do: they could deadlock."""
        list(Page.objects.select_for_update().order_by("pk").values_list("pk"))

    def load(self, identifiers: Collection[uuid.UUID]) -> dict[uuid.UUID, Page]:
        """Return the pages with the given UUIDs that exist, by UUID."""
        keys = {identifier: self._uuids[identifier] for identifier in identifiers if identifier in self._uuids}
        self._load_pages(keys.values())
        return {identifier: self._pages[key] for identifier, key in keys.items()}

    def _load_pages(self, keys: Iterable[int]) -> None:
        missing = [key for key in keys if key not in self._pages]
        self._pages |= Page.objects.only(*_COLUMNS).in_bulk(missing) if missing else {}

    def is_within(self, key: int | None, ancestor: int) -> bool:
        """Tell whether a page is another one or below it."""
        while key is not None and key != ancestor:
            key = self._parents.get(key)
        return key == ancestor

    def page_ids(self, identifiers: Iterable[uuid.UUID]) -> frozenset[int]:
        """Return the primary keys of the pages with the given UUIDs that exist."""
        return frozenset(self._uuids[identifier] for identifier in identifiers if identifier in self._uuids)

    def set_weight(self, page: Page, weight: int) -> None:
        page.weight = weight
        Page.objects.filter(pk=page.pk).update(weight=weight)

    def set_source_language(self, page: Page, language: str) -> None:
        page.source_language = language
        Page.objects.filter(pk=page.pk).update(source_language=language)

    def fill_section(self, page: Page, source_language: str, *, keeps_redirect: bool = False) -> None:
        """Turn a section into a page: it gets its first text, in a source language of its own.

        It takes the place of a redirect from its path, which can stay until readers can open the page.
        """
        self.set_source_language(page, source_language)
        self._sections.discard(page.pk)
        if not keeps_redirect:
            self.drop_redirect(self.path_of(page), page.pk)

    def find(self, path: str) -> Page | None:
        key = self._keys.get(path)
        return None if key is None else self._page(key)

    def path_of(self, page: Page) -> str:
        return self._paths[page.pk]

    def create_page(
        self, path: str, *, source_language: str, identifier: uuid.UUID, keeps_redirect: bool = False
    ) -> Page:
        """Create a page, and the missing sections above it. Raises ImpossibleAddress if it cannot have the path.

        It replaces a section at the path that was created since pages were last moved, and a redirect as `fill_section`
        does.
        """
        existing = self._keys.get(path)
        if existing is not None and existing not in self._new_sections:
            raise ImpossibleAddress(Message("A page at /%(path)s/ already exists.", path=path))
        if existing is not None:
            self._delete(existing)
        page = self._insert(path, source_language=source_language, identifier=identifier)
        if not keeps_redirect:
            self.drop_redirect(path, page.pk)
        if existing is not None:
            self._update_parents()
        return page

    def _insert(self, path: str, *, source_language: str, identifier: uuid.UUID) -> Page:
        parent = self._get_or_create_parent(path, source_language, identifier)
        slug = clean_slug(path.rpartition("/")[2], parent=parent)
        page = Page.objects.create(
            source_language=source_language, slug=slug, parent=parent, path=path, uuid=identifier
        )
        self._keys[path], self._paths[page.pk], self._parents[page.pk] = page.pk, path, parent.pk if parent else None
        self._uuids[identifier], self._pages[page.pk] = page.pk, page
        return page

    def _get_or_create_parent(self, path: str, source_language: str, identifier: uuid.UUID) -> Page | None:
        """Return the page above a path, None at the root. A missing one becomes a section."""
        parent_path = path.rpartition("/")[0]
        if not parent_path:
            return None
        if parent := self.find(parent_path):
            return parent
        # Derived from the page, so that importing the same history again gives sections the same UUIDs.
        candidates = (uuid.uuid5(identifier, f"section {parent_path}{' again' * times}") for times in count())
        section_uuid = next(candidate for candidate in candidates if candidate not in self._uuids)
        section = self._insert(parent_path, source_language=source_language, identifier=section_uuid)
        self._new_sections.add(section.pk)
        self._sections.add(section.pk)
        return section

    def move_pages(
        self, wanted: Mapping[int, str], fixed: Collection[int], *, is_import: bool = True
    ) -> list[PageMove]:
        """Move pages, given by key, to paths that are free or become free, and return everything that was moved.

        The pages below them move too, except those in `fixed`. An import deletes sections that it leaves empty or whose
        path it needs, and redirects from such a path; a person has to do that first, except for that of a home page.
        Raises ImpossibleAddress if a path is invalid or another page has it; then no page has been moved.
        """
        self._new_sections.clear()
        wanted = {key: path for key, path in wanted.items() if self._paths[key] != path}
        if not wanted:
            return []
        paths = self._with_descendants(wanted, frozenset(fixed))
        section_at = self._replaceable_section(paths, frozenset(fixed) if is_import else frozenset(self._paths))
        if not is_import:
            self._require_no_redirects(paths)
        replaced = [key for key in map(section_at, sorted(set(paths.values()))) if key]
        old_paths = {key: self._paths[key] for key in paths}
        old_parents = {self._parents[key] for key in paths}
        for key in replaced:
            self._delete(key)
        self._write_paths(paths)
        self._update_parents()
        if is_import:
            self._delete_empty_sections(old_parents, keep=frozenset(fixed) | set(paths))
        for key, path in paths.items():
            # Those of an earlier home page stay until there is something else to read.
            if is_import or self._redirects.get(path) in paths:
                self.drop_redirect(path, key)
        self._load_pages(paths)
        return [PageMove(self._pages[key], old_paths[key], path, key in wanted) for key, path in paths.items()]

    def _require_no_redirects(self, paths: Mapping[int, str]) -> None:
        """Raise ImpossibleAddress if one of these paths redirects to a page that does not move with it."""
        for path in sorted(paths.values()):
            page = self._redirects.get(path)
            if path and page is not None and page not in paths:
                raise ImpossibleAddress(
                    Message("/%(path)s/ redirects to /%(page)s/.", path=path, page=self._paths[page])
                )

    def _with_descendants(self, wanted: Mapping[int, str], fixed: frozenset[int]) -> dict[int, str]:
        """Return the new paths of the pages that move, and of the pages below them."""
        children: dict[int | None, list[int]] = {}
        for key, parent in self._parents.items():
            children.setdefault(parent, []).append(key)
        paths, stack = dict(wanted), list(wanted)
        while stack:
            parent = stack.pop()
            for key in children.get(parent, ()):
                if key not in paths and key not in fixed:
                    paths[key] = f"{paths[parent]}/{self._paths[key].rpartition('/')[2]}"
                    stack.append(key)
        return paths

    def _replaceable_section(self, moving: Mapping[int, str], fixed: frozenset[int]) -> Callable[[str], int | None]:
        """Return a function that finds the section at a path, None for a free path, and raises ImpossibleAddress."""

        def section_at(path: str) -> int | None:
            # clean_slug() only needs to know whether there is a parent, and that it is not the home page.
            parent = Page(path="above") if "/" in path else None
            clean_slug(path.rpartition("/")[2], parent=parent)
            if len(path) > MAX_PATH_LENGTH:
                raise ImpossibleAddress(Message("An address of a page below this one would be too long."))
            key = self._keys.get(path)
            if key is None or key in moving:
                return None
            if key in fixed or key not in self._sections:
                raise ImpossibleAddress(Message("A page at /%(path)s/ already exists.", path=path))
            return key

        return section_at

    def _delete(self, key: int) -> None:
        self._parents = {child: None if parent == key else parent for child, parent in self._parents.items()}
        Page.objects.filter(parent=key).update(parent=None)
        Page.objects.filter(pk=key).delete()
        del self._parents[key]
        self._keys.pop(self._paths.pop(key), None)
        self._uuids = {identifier: page for identifier, page in self._uuids.items() if page != key}
        self._pages.pop(key, None)
        self._sections.discard(key)

    def _write_paths(self, paths: Mapping[int, str]) -> None:
        # Pages can swap paths, and the unique constraint must hold after every statement.
        temporary = Concat(Value("~"), Cast(F("pk"), CharField()))
        Page.objects.filter(pk__in=list(paths)).update(path=temporary)
        for key in paths:
            self._keys.pop(self._paths[key], None)
        for key, path in paths.items():
            slug = path.rpartition("/")[2]
            Page.objects.filter(pk=key).update(path=path, slug=slug)
            self._keys[path], self._paths[key] = key, path
            if page := self._pages.get(key):
                page.path, page.slug = path, slug

    def _update_parents(self) -> None:
        """Set the parent of every page according to its path, creating missing sections."""
        # Sorted, because the UUID of a new section depends on the first page below it.
        for key, path in sorted(self._paths.items(), key=lambda item: item[1]):
            parent, parent_path = self._parents[key], path.rpartition("/")[0]
            if parent_path and (parent is None or self._paths[parent] != parent_path):
                page = self._page(key)
                self._set_parent(key, self._get_or_create_parent(path, page.source_language, page.uuid))
            elif not parent_path and parent is not None:
                self._set_parent(key, None)

    def _set_parent(self, key: int, parent: Page | None) -> None:
        Page.objects.filter(pk=key).update(parent=parent)
        self._parents[key] = parent.pk if parent else None
        if page := self._pages.get(key):
            page.parent = parent

    def _delete_empty_sections(self, candidates: Collection[int | None], *, keep: frozenset[int]) -> None:
        """Delete the sections among the candidates that have no pages below them, and then their empty parents."""
        parents = set(self._parents.values())
        for key in {key for key in candidates if key in self._sections and key not in parents and key not in keep}:
            parent = self._parents[key]
            self._delete(key)
            self._delete_empty_sections([parent], keep=keep)

    def _page(self, key: int) -> Page:
        if key not in self._pages:
            self._pages[key] = Page.objects.only(*_COLUMNS).get(pk=key)
        return self._pages[key]

    def add_redirect(
        self, old_path: str, page: Page, language: str = "", *, replaced: Container[uuid.UUID] = ()
    ) -> bool:
        """Redirect an old path to a page, in a language; return False if a page or another redirect has the path.

        Redirects to the pages with the `replaced` UUIDs give way. A redirect can share its path with a section, which
        readers cannot open, until that gets a text.
        """
        existing = self._keys.get(old_path)
        is_free = existing is None or (existing in self._sections and existing != page.pk)
        holder = self._redirects.get(old_path, page.pk)
        is_replaced = holder != page.pk and self._page(holder).uuid in replaced
        if not is_free or (holder != page.pk and not is_replaced):
            return False
        self._redirects[old_path] = page.pk
        if is_replaced:
            self._redirect_languages[old_path] = language
        self._redirect_languages.setdefault(old_path, language)
        return True

    def drop_redirect(self, path: str, key: int) -> None:
        """Let a page have its path itself, from which a redirect leads to it or to another page."""
        if self._redirects.pop(path, key) != key:
            self.replaced_redirects.append(path)

    def write(self) -> None:
        """Write the new redirects, and delete those that were dropped."""
        stored, wanted = self._stored_redirects, self._redirects
        if dropped := [path for path, page in stored.items() if wanted.get(path) != page]:
            Redirect.objects.filter(old_path__in=dropped).delete()
        new = ((path, page) for path, page in wanted.items() if stored.get(path) != page)
        languages = self._redirect_languages
        if rows := [Redirect(old_path=path, page_id=page, language=languages.get(path, "")) for path, page in new]:
            Redirect.objects.bulk_create(rows)


def record_moves(writer: Writer, tree: SiteTree, moves: Collection[PageMove], times: Mapping[int, datetime]) -> None:
    """Record the moves of published pages, and redirect their old paths. `times` has the time for each published page.

    The log is public: it must not reveal a page that was never published.
    """
    for move in moves:
        if move.page.pk in times:
            language = move.page.source_language
            writer.add_place(move.page, Place(move.old, language), Place(move.new, language), at=times[move.page.pk])
    for move in moves:
        # The redirect covers everything below.
        if move.is_wanted and any(tree.is_within(key, move.page.pk) for key in times):
            tree.add_redirect(move.old, move.page)
