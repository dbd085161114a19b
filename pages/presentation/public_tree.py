"""The tree of the public pages in a state of the site. After a publication, only the changed pages are read again."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS

from pages.languages import served_languages, text_for
from pages.models import Page, PublicationRecord, VersionText
from pages.presentation.site_state import SiteState
from pages.presentation.state_memo import Memorised, StateMemo

# With more changed pages than this, reading all of them is faster.
MAX_CHANGED = 500
# A database takes a limited number of parameters.
KEYS_PER_QUERY = 5000
# In the order of the model.
_PAGE_FIELDS = ("id", "parent_id", "path", "weight", "source_language")
_ROW_COLUMNS = ("pk", "parent", "path", "weight", "source_language")


class TreeRow(NamedTuple):
    """The columns of a page that readers see something of."""

    key: int
    parent: int | None
    path: str
    weight: int
    source_language: str

    @property
    def sibling_order(self) -> tuple[bool, int, str]:
        """Return a sort key, with the order of `in_sibling_order`."""
        return self.weight == 0, self.weight, self.path


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

    @cached_property
    def keys(self) -> list[int]:
        """Return the keys of the public pages in the order of siblings."""
        public = [key for key, status in self.statuses.items() if status.is_public and key != self.with_page]
        shown = public if self.with_page is None else [*public, self.with_page]
        return [row.key for row in sorted((self.rows[key] for key in shown), key=_sibling_order)]

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

    def stamp(self, key: int) -> Hashable:
        """Return a cache key: what the page shows, apart from other pages, is the same for the same stamp."""
        return self.stamps.get(key, self.first_stamp), self.rows[key], *served_languages()

    def page(self, key: int) -> Page:
        """Return a page. Its draft is deferred: it has columns for every language."""
        return Page.from_db(DEFAULT_DB_ALIAS, _PAGE_FIELDS, self.rows[key])

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


def _sibling_order(row: TreeRow) -> tuple[bool, int, str]:
    return row.sibling_order


def _read(state: SiteState, last: Memorised[PublicTree] | None) -> PublicTree:
    rows = _read_rows()
    changed = _changed_pages(last.state, state) if last else None
    if last is None or changed is None:
        return PublicTree(rows, _read_statuses(Page.objects.all(), state))
    statuses = {key: status for key, status in last.value.statuses.items() if key not in changed}
    statuses |= _read_statuses(Page.objects.filter(pk__in=changed), state) if changed else {}
    titles = {
        language: {key: title for key, title in titles.items() if key not in changed}
        for language, titles in last.value.titles.items()
    }
    stamps = {**last.value.stamps, **dict.fromkeys(changed, _next_stamp())}
    return PublicTree(rows, statuses, titles, None, stamps, last.value.first_stamp)


_trees = StateMemo(_read)


def _read_rows() -> dict[int, TreeRow]:
    return {row[0]: TreeRow._make(row) for row in Page.objects.order_by().values_list(*_ROW_COLUMNS)}


def _changed_pages(last: SiteState, state: SiteState) -> set[int] | None:
    """Return the pages that a record or the time changed between two states, or None if that cannot be told."""
    since = PublicationRecord.objects.filter(number__gte=last.record_count).order_by("number")
    records = list(since.values_list("number", "hash", "page", "version__page")[: MAX_CHANGED + 2])
    # The log must begin with what was its end: the database can be another one, or start over with a new log.
    is_continued = bool(records) and records[0][:2] == (last.record_count, last.latest_hash)
    is_later = state.at >= last.at and (last.changes_at is None or state.at < last.changes_at)
    pages = [page or version_page for _number, _hash, page, version_page in records[1:]]
    if not is_continued or not is_later or len(pages) > MAX_CHANGED or None in pages:
        return None
    return set(pages)


def _read_statuses(pages, state: SiteState) -> dict[int, PublicStatus]:
    rows = pages.with_public_status(state.at).filter(newest__isnull=False).order_by()
    columns = ("pk", "version_in_force", "is_withdrawn", "newest", "changes_at")
    return {row[0]: PublicStatus(*row[1:]) for row in rows.values_list(*columns)}


def _read_titles(versions: dict[int, int], rows: dict[int, TreeRow], language: str) -> dict[int, ShownTitle]:
    columns = ("version__page", "language", "revision__link_title", "revision__title", "revision__description")
    found: dict[int, dict[str, ShownTitle]] = {}
    keys = list(versions.values())
    for start in range(0, len(keys), KEYS_PER_QUERY):
        texts = VersionText.objects.that_readers_get(language).filter(version__in=keys[start : start + KEYS_PER_QUERY])
        for page, code, link_title, title, description in texts.order_by().values_list(*columns):
            found.setdefault(page, {})[code] = ShownTitle(link_title or title, description, code, title)
    return {page: text_for(titles, language, rows[page].source_language) for page, titles in found.items()}
