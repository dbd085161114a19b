"""The comparison of two texts of one language, for readers and editors: of versions, revisions and unsaved texts."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from sys import getsizeof

from pages.diff.comparison import Comparison, compare
from pages.models import Blob, Revision
from pages.presentation.rendered_bodies import render_revision
from pages.presentation.sized_cache import SizedCache
from pages.text.fields import ChangedField, Fields, find_changed_fields
from pages.text.rendering import RENDERER_VERSION, RenderedBody

# In bytes: of all comparisons that a process keeps, and, roughly, of the objects around the strings.
MAX_SIZE = 16 * 1024 * 1024
ENTRY_SIZE = 400


@dataclass(frozen=True)
class ComparedText:
    """One of two compared texts; without a `text`, there is nothing on this side, or it `is_redacted`.

    `html_key` is what the HTML depends on: `render` is only called if the comparison is not in the cache.
    """

    text: Fields | Revision | None = None
    html_key: Hashable = None
    render: Callable[[], str] = str
    is_redacted: bool = False

    @property
    def title(self) -> str:
        return self.text.title if self.text else ""


def compared_fields(fields: Fields, body: RenderedBody) -> ComparedText:
    """Return a text that need not be saved."""
    return ComparedText(fields, body.html, lambda: body.html)


def compared_revision(revision: Revision, picture_urls: Mapping[str, str], *, base_url: str) -> ComparedText:
    """Return a saved text. If its source is missing, it was not redacted, and is read when it is needed."""
    if Revision._meta.get_field("blob").is_cached(revision) and revision.is_redacted:
        return ComparedText(is_redacted=True)
    key = (revision.digest, revision.language, *sorted(picture_urls.items()), base_url, RENDERER_VERSION)
    return ComparedText(revision, key, lambda: render_revision(revision, picture_urls, base_url=base_url).html)


@dataclass(frozen=True)
class TextComparison:
    """What readers see change between two texts of a language."""

    older: ComparedText
    newer: ComparedText
    language: str

    @cached_property
    def comparison(self) -> Comparison:
        return _comparisons.get(self.key, self._compare)

    def _compare(self) -> Comparison:
        read_sources([self])
        return compare(self.older.render(), self.newer.render())

    @property
    def key(self) -> tuple[Hashable, Hashable]:
        return self.older.html_key, self.newer.html_key

    @property
    def redacted_sides(self) -> int:
        return self.older.is_redacted + self.newer.is_redacted

    @property
    def changed_fields(self) -> tuple[ChangedField, ...]:
        """Return the changed fields, if both sides have a text."""
        return find_changed_fields(self.older.text, self.newer.text) if self.older.text and self.newer.text else ()

    @property
    def is_same(self) -> bool:
        """Tell whether readers see no difference."""
        if self.redacted_sides:
            return False
        has_same_sides = bool(self.older.text) == bool(self.newer.text)
        return has_same_sides and self.comparison.is_same and not self.changed_fields


def read_sources(comparisons: Iterable[TextComparison]) -> None:
    """Read the sources that revisions lack with one query, unless their comparison is in the cache."""
    field = Revision._meta.get_field("blob")
    texts = [side.text for entry in comparisons if entry.key not in _comparisons for side in (entry.older, entry.newer)]
    revisions = [text for text in texts if isinstance(text, Revision) and not field.is_cached(text)]
    blobs = Blob.objects.in_bulk({revision.digest for revision in revisions}) if revisions else {}
    for revision in revisions:
        revision.blob = blobs[revision.digest]


def _size(comparison: Comparison) -> int:
    cells = (cell for row in comparison.rows for cell in (row.before, row.after) if cell)
    return ENTRY_SIZE * (1 + len(comparison.changes)) + sum(getsizeof(cell.html) + ENTRY_SIZE for cell in cells)


# Comparisons are slow, and the same texts are often compared again.
_comparisons = SizedCache(MAX_SIZE, _size)
