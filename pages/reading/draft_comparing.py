"""Two texts beside each other that need not be versions: drafts, and what somebody has typed."""

from dataclasses import dataclass
from functools import cached_property

from pages.models import Page
from pages.reading.directions import direction
from pages.reading.rendered import rendered
from pages.text.comparison import Comparison, compare
from pages.text.source import Fields, normalised


@dataclass(frozen=True)
class DraftSide:
    """A text as the comparison's templates ask for it; `text` is empty where nothing was written."""

    title: str
    text: str


@dataclass(frozen=True)
class DraftComparison:
    """What differs between two texts of a page in one language, as readers would be shown it."""

    page: Page
    before: Fields
    after: Fields
    text_language: str
    pictures: dict[str, str]

    # No version stands behind a side.
    has_two_versions = False

    @property
    def older(self) -> DraftSide:
        """Return what was there before."""
        return DraftSide(self.before.title, self.before.body)

    @property
    def newer(self) -> DraftSide:
        """Return what came after; an emptied text is one too."""
        return DraftSide(self.after.title, self.after.body or " ")

    @property
    def text_direction(self) -> str:
        """Return the `dir` of the texts."""
        return direction(self.text_language)

    @property
    def has_same_title(self) -> bool:
        """Tell whether both have one title."""
        return self.before.title == self.after.title

    @property
    def is_same(self) -> bool:
        """Tell whether both say the same, to the letter."""
        return normalised(self.before) == normalised(self.after)

    @cached_property
    def comparison(self) -> Comparison:
        """Return the differences of the rendered texts."""
        return compare(self._html(self.before), self._html(self.after))

    def _html(self, text: Fields) -> str:
        shown = normalised(text).body
        return rendered(shown, self.pictures, base_url=self.page.get_absolute_url()).html
