"""What readers see change between two texts, published or not."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from sys import getsizeof
from typing import Any

from pages.diff.comparison import Comparison, compare
from pages.presentation.sized_cache import SizedCache
from pages.text.fields import ChangedField, Fields, find_changed_fields
from pages.text.rendering import RenderedBody

# In bytes: of all comparisons that a process keeps, and, roughly, of the objects around the strings.
MAX_SIZE = 16 * 1024 * 1024
ENTRY_SIZE = 400


class TextComparison:
    """What readers see change between two sides.

    Each has a `text` with the fields that readers see, or None, the `html` of its body, and an `html_key`: what the
    HTML depends on, or the HTML itself.
    """

    older: Any
    newer: Any

    @cached_property
    def comparison(self) -> Comparison:
        # With the keys of digests, bodies are not even read if the comparison is in the cache.
        return _comparisons.get(self._key, lambda: compare(self.older.html, self.newer.html))

    @property
    def is_compared(self) -> bool:
        """Tell whether the comparison is in the cache."""
        return self._key in _comparisons

    @property
    def _key(self) -> tuple[Hashable, Hashable]:
        return self.older.html_key, self.newer.html_key

    @property
    def changed_fields(self) -> tuple[ChangedField, ...]:
        """Return the changed fields, if both sides have a text."""
        return find_changed_fields(self.older.text, self.newer.text) if self.older.text and self.newer.text else ()

    @property
    def is_same(self) -> bool:
        """Tell whether readers see no difference."""
        has_same_sides = bool(self.older.text) == bool(self.newer.text)
        return has_same_sides and self.comparison.is_same and not self.changed_fields


def _size(comparison: Comparison) -> int:
    cells = (cell for row in comparison.rows for cell in (row.before, row.after) if cell)
    return ENTRY_SIZE * (1 + len(comparison.changes)) + sum(getsizeof(cell.html) + ENTRY_SIZE for cell in cells)


# Comparisons are slow, and the same texts are often compared again.
_comparisons = SizedCache(MAX_SIZE, _size)


@dataclass(frozen=True)
class RenderedText:
    """A text with its body rendered. All fields are empty if there is no text."""

    text: Fields = field(default_factory=Fields)
    body: RenderedBody | None = None

    @property
    def html(self) -> str:
        return self.body.html if self.body else ""

    @property
    def html_key(self) -> str:
        return self.html


@dataclass(frozen=True)
class RenderedComparison(TextComparison):
    """The differences between two texts of one language."""

    language: str
    older: RenderedText
    newer: RenderedText
