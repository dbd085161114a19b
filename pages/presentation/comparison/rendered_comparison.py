"""What readers would see change between two texts, published or not."""

from dataclasses import dataclass, field
from functools import cached_property

from pages.diff.comparison import Comparison
from pages.presentation.comparison.version_comparison import cached_comparison
from pages.text.fields import ChangedField, Fields, find_changed_fields
from pages.text.rendering import RenderedBody


@dataclass(frozen=True)
class RenderedText:
    """A text with its body rendered. All fields are empty if there is no text."""

    fields: Fields = field(default_factory=Fields)
    body: RenderedBody | None = None


@dataclass(frozen=True)
class RenderedComparison:
    """The differences between two texts of one language."""

    language: str
    before: RenderedText
    after: RenderedText

    @cached_property
    def comparison(self) -> Comparison:
        before, after = (text.body.html if text.body else "" for text in (self.before, self.after))
        return cached_comparison(before, after)

    @property
    def changed_fields(self) -> tuple[ChangedField, ...]:
        return find_changed_fields(self.before.fields, self.after.fields)

    @property
    def is_same(self) -> bool:
        """Tell whether readers would see no difference."""
        return self.comparison.is_same and not self.changed_fields
