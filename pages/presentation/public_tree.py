"""The tree of the public pages in a state of the site. After a publication, only the changed pages are read again."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.db.models.base import ModelState

from pages.languages import served_languages, text_for
from pages.models import Page, VersionText
from pages.models.compiled_query import CompiledQuery
from pages.models.page import PageQuerySet
from pages.presentation.recorded_changes import RecordedChanges, read_changes, was_redacted_since
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache
from pages.presentation.state_memo import Memorised, StateMemo

# A database takes a limited number of parameters.
KEYS_PER_QUERY = 5000
# Of a `TreeRow`.
_PAGE_FIELDS = ("id", "parent_id", "path", "weight", "source_language")
# What is computed from the rows of pages, and from which of them are public.
_DERIVED = ("keys", "by_path", "parent", "children", "keys_in_tree_order")
_ROW_COLUMNS = ("pk", "parent", "path", "weight", "source_language")


class TreeRow(NamedTuple):
    """The columns of a page that readers see something of."""

    key: int
    parent: int | None
    path: str
    weight: int
    source_language: str


class PublicStatus(NamedTuple):
    """What readers may see of a page that has a version.

    `version` is the key of the one in force, `newest` the highest number, `changes_at` when the next upcoming one
    comes into force.
    """

    version: int | None
    is_withdrawn: bool
    newest: int
    changes_at: datetime | None

    @property
    def is_public(self) -> bool:
        return self.version is not None and not self.is_withdrawn

    @property
    def is_not_yet_in_force(self) -> bool:
        """Whether the address of the page answers 404, although its history and its versions are public."""
        return self.version is None and not self.is_withdrawn


class ShownTitle(NamedTuple):
    """What menus and lists show of a text: its link title or else its title, its description and its language."""

    title: str
    description: str
    language: str
    full_title: str


def _next_stamp() -> int:
    return next(_stamps)


_stamps = count()


@dataclass(frozen=True)
class PublicTree:
    """The pages that are public in a state, in the order of siblings.

    `statuses` are those of all pages that have a version, public or not. The children of a page that is not public
    become children of its nearest public ancestor. `titles` are by language and page; they are read when a menu or list
    first shows them. `with_page` is the key of a page that counts as public in any case.
    """

    rows: dict[int, TreeRow]
    statuses: Mapping[int, PublicStatus]
    titles: dict[str, dict[int, ShownTitle]] = field(default_factory=dict)
    with_page: int | None = None
    # A number for each page that is another one after each change of the page, and that of all others.
    stamps: Mapping[int, int] = field(default_factory=dict, compare=False)
    first_stamp: int = field(default_factory=_next_stamp, compare=False)
    # Another one after each change of settings, links and weights, and perhaps after others.
    frame_stamp: int = field(default_factory=_next_stamp, compare=False)
    # Another one after each change of which pages are public and where they are, and perhaps after others.
    address_stamp: int = field(default_factory=_next_stamp, compare=False)

    @cached_property
    def keys(self) -> list[int]:
        """Return the keys of the public pages in the order of siblings, as `in_sibling_order` does."""
        public = [key for key, status in self.statuses.items() if status.is_public and key != self.with_page]
        shown = public if self.with_page is None else [*public, self.with_page]
        rows = sorted((self.rows[key] for key in shown), key=lambda row: (row.weight == 0, row.weight, row.path))
        return [row.key for row in rows]

    @cached_property
    def by_path(self) -> dict[str, int]:
        """Return the key of each page that has a version, public or not, by its path."""
        return {self.rows[key].path: key for key in self.statuses}

    @cached_property
    def parent(self) -> dict[int, int | None]:
        """Return the nearest public ancestor of each public page."""
        public = set(self.keys)
        return {key: self._nearest(self.rows[key].parent, public) for key in self.keys}

    @cached_property
    def children(self) -> dict[int | None, list[int]]:
        children: dict[int | None, list[int]] = {}
        for key, parent in self.parent.items():
            children.setdefault(parent, []).append(key)
        return children

    @cached_property
    def keys_in_tree_order(self) -> list[int]:
        """Return the keys of the public pages, each followed by those below it."""
        ordered, waiting = list[int](), self.children.get(None, [])[::-1]
        while waiting:
            ordered.append(key := waiting.pop())
            waiting += self.children.get(key, [])[::-1]
        return ordered

    def stamp(self, key: int) -> Hashable:
        """Return a cache key: what the page shows, apart from other pages, is the same for the same stamp."""
        return self.stamps.get(key, self.first_stamp), self.rows[key], *served_languages()

    def page(self, key: int) -> Page:
        """Return a page. Its draft is deferred: it has columns for every language."""
        # A constructor goes through the columns of all languages, which takes ten times as long.
        page = Page.__new__(Page)
        page._state = ModelState()
        page._state.adding, page._state.db = False, DEFAULT_DB_ALIAS
        page.__dict__ |= dict(zip(_PAGE_FIELDS, self.rows[key], strict=True))
        return page

    def breadcrumb(self, key: int) -> list[int]:
        """Return the keys from the outermost ancestor of a page down to the page itself."""
        keys = [key]
        while (parent := self.parent[keys[0]]) is not None:
            keys.insert(0, parent)
        return keys

    def shown_titles(self, keys: Iterable[int], language: str) -> Mapping[int, ShownTitle]:
        """Return the titles that a reader of a language gets, at least of those pages that have a version in force."""
        titles = self.titles.setdefault(language, {})
        missing = {key for key in keys if key not in titles}
        versions = {key: status.version for key in missing if (status := self.statuses.get(key)) and status.version}
        if versions:
            titles.update(_read_titles(versions, self.rows, language))
        return titles

    def _nearest(self, key: int | None, public: Collection[int]) -> int | None:
        while key is not None and key not in public:
            key = self.rows[key].parent
        return key


def read_tree(state: SiteState) -> PublicTree:
    """Return the tree in a state that was read in the current snapshot of the database."""
    return _trees.get(state)


def read_draft_tree(state: SiteState, with_page: int) -> PublicTree:
    """Return the tree as if a page were public. Its pages are read anew: a new page does not change the state."""
    return replace(read_tree(state), rows=_read_rows(), with_page=with_page)


def _read(state: SiteState, last: Memorised[PublicTree] | None) -> PublicTree:
    changes = read_changes(last.state, state) if last else None
    if last is None or changes is None:
        if last is not None and was_redacted_since(last.state):
            # Their keys have changed, so nobody would be shown them: this is for the memory.
            SizedCache.clear_all()
        return PublicTree(_read_rows(), _read_statuses(state.at))
    tree, pages = last.value, changes.pages
    changed = _read_statuses(state.at, pages) if pages else {}
    titles = {language: _without(titles, pages) for language, titles in tree.titles.copy().items()}
    new = PublicTree(
        _read_changed_rows(tree.rows, changes),
        {**tree.statuses, **changed},
        titles,
        stamps={**tree.stamps, **dict.fromkeys(pages, _next_stamp())},
        first_stamp=tree.first_stamp,
        frame_stamp=tree.frame_stamp if changes.are_complete else _next_stamp(),
    )
    if new.rows is tree.rows and all(_is_as_public(new, tree, key) for key in pages):
        vars(new).update({name: vars(tree)[name] for name in (*_DERIVED, "address_stamp") if name in vars(tree)})
    return new


_trees = StateMemo(_read)


def _without(titles: dict[int, ShownTitle], pages: Collection[int]) -> dict[int, ShownTitle]:
    # A copy first: another thread may add titles meanwhile.
    return {key: title for key, title in titles.copy().items() if key not in pages}


def _is_as_public(new: PublicTree, old: PublicTree, key: int) -> bool:
    status = old.statuses.get(key)
    return status is not None and status.is_public == new.statuses[key].is_public


def _select_rows() -> QuerySet[Page, tuple]:
    # Not `Page.objects`: modeltranslation copies each row of its managers.
    return PageQuerySet(Page).order_by().values_list(*_ROW_COLUMNS)


_all_rows = CompiledQuery(_select_rows)
_rows_of = CompiledQuery(lambda pages: _select_rows().filter(pk__in=pages))


def _read_rows(pages: Collection[int] | None = None) -> dict[int, TreeRow]:
    # There is no SQL for a choice out of no keys.
    if pages is not None and not pages:
        return {}
    rows = _all_rows.rows() if pages is None else _rows_of.rows(pages)
    return {row[0]: TreeRow._make(row) for row in rows}


def _read_changed_rows(rows: dict[int, TreeRow], changes: RecordedChanges) -> dict[int, TreeRow]:
    """Return the rows of all pages, and the same object if none has changed."""
    if not changes.are_complete or changes.have_moves:
        read = _read_rows()
    else:
        read = {**rows, **_read_rows(changes.pages)} if changes.pages else rows
        # A new page can be below others that have no version.
        if not all(row.parent is None or row.parent in read for row in map(read.__getitem__, changes.pages)):
            read = _read_rows()
    return rows if read == rows else read


def _select_statuses(at: datetime) -> QuerySet[Page, tuple]:
    rows = PageQuerySet(Page).with_public_status(at).filter(newest__isnull=False).order_by()
    return rows.values_list("pk", "version_in_force", "is_withdrawn", "newest", "changes_at")


_all_statuses = CompiledQuery(_select_statuses)
_statuses_of = CompiledQuery(lambda at, pages: _select_statuses(at).filter(pk__in=pages))


def _read_statuses(at: datetime, pages: Collection[int] | None = None) -> dict[int, PublicStatus]:
    rows = _all_statuses.rows(at) if pages is None else _statuses_of.rows(at, pages)
    return {row[0]: PublicStatus(*row[1:]) for row in rows}


def _read_titles(versions: dict[int, int], rows: dict[int, TreeRow], language: str) -> dict[int, ShownTitle]:
    columns = ("version__page", "language", "revision__link_title", "revision__title", "revision__description")
    found: dict[int, dict[str, ShownTitle]] = {}
    keys = list(versions.values())
    for start in range(0, len(keys), KEYS_PER_QUERY):
        texts = VersionText.objects.that_readers_get(language).filter(version__in=keys[start : start + KEYS_PER_QUERY])
        for page, code, link_title, title, description in texts.order_by().values_list(*columns):
            found.setdefault(page, {})[code] = ShownTitle(link_title or title, description, code, title)
    return {page: text_for(titles, language, rows[page].source_language) for page, titles in found.items()}
