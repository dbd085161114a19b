"""Two states of one language of a page beside each other, published or not."""

from dataclasses import dataclass
from functools import cached_property

from pages.diff.comparison import Comparison
from pages.languages import direction
from pages.presentation.comparison.version_comparison import cached_comparison
from pages.text.rendering import RenderedBody


@dataclass(frozen=True)
class RenderedText:
    """A text as readers see it or would see it; nothing of it where the language has none."""

    title: str = ""
    link_title: str = ""
    description: str = ""
    body: RenderedBody | None = None


@dataclass(frozen=True)
class RenderedComparison:
    """What changed from one state to another."""

    language: str
    before: RenderedText
    after: RenderedText

    @cached_property
    def comparison(self) -> Comparison:
        """Return the differences of the bodies."""
        before, after = (text.body.html if text.body else "" for text in (self.before, self.after))
        return cached_comparison(before, after)

    @property
    def text_direction(self) -> str:
        """Return the `dir` of the texts."""
        return direction(self.language)

    @property
    def changed_fields(self) -> list[tuple[str, str, str]]:
        """Return the fields beside the body that differ: their name, before, after."""
        names = ("title", "link_title", "description")
        pairs = [(name, getattr(self.before, name), getattr(self.after, name)) for name in names]
        return [(name, before, after) for name, before, after in pairs if before != after]

    @property
    def is_same(self) -> bool:
        """Tell whether readers would see no difference."""
        return self.comparison.is_same and not self.changed_fields
