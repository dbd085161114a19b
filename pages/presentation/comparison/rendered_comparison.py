"""What readers see change between two texts, published or not."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from pages.diff.comparison import Comparison, compare
from pages.text.fields import ChangedField, Fields, find_changed_fields
from pages.text.rendering import RenderedBody


class TextComparison:
    """What readers see change between two sides.

    Each has a `text` with the fields that readers see, or None, and the `html` of its body.
    """

    older: Any
    newer: Any

    @cached_property
    def comparison(self) -> Comparison:
        return _compare_cached(self.older.html, self.newer.html)

    @property
    def changed_fields(self) -> tuple[ChangedField, ...]:
        """Return the changed fields, if both sides have a text."""
        return find_changed_fields(self.older.text, self.newer.text) if self.older.text and self.newer.text else ()

    @property
    def is_same(self) -> bool:
        """Tell whether readers see no difference."""
        has_same_sides = bool(self.older.text) == bool(self.newer.text)
        return has_same_sides and self.comparison.is_same and not self.changed_fields


# Comparisons are slow, and the same texts are often compared again.
@lru_cache(maxsize=128)
def _compare_cached(before: str, after: str) -> Comparison:
    return compare(before, after)


@dataclass(frozen=True)
class RenderedText:
    """A text with its body rendered. All fields are empty if there is no text."""

    text: Fields = field(default_factory=Fields)
    body: RenderedBody | None = None

    @property
    def html(self) -> str:
        return self.body.html if self.body else ""


@dataclass(frozen=True)
class RenderedComparison(TextComparison):
    """The differences between two texts of one language."""

    language: str
    older: RenderedText
    newer: RenderedText
