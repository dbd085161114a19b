"""What readers would see change between two texts, published or not."""

from dataclasses import dataclass
from functools import cached_property

from pages.diff.comparison import Comparison
from pages.languages import direction
from pages.presentation.comparison.version_comparison import cached_comparison
from pages.text.rendering import RenderedBody


@dataclass(frozen=True)
class RenderedText:
    """A text with its body rendered. All fields are empty if there is no text."""

    title: str = ""
    link_title: str = ""
    description: str = ""
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
    def text_direction(self) -> str:
        return direction(self.language)

    @property
    def changed_fields(self) -> list[tuple[str, str, str]]:
        """Return name, old value and new value of each field other than the body that differs."""
        names = ("title", "link_title", "description")
        values = [(name, getattr(self.before, name), getattr(self.after, name)) for name in names]
        return [(name, before, after) for name, before, after in values if before != after]

    @property
    def is_same(self) -> bool:
        """Tell whether readers would see no difference."""
        return self.comparison.is_same and not self.changed_fields
