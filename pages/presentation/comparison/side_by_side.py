"""A page in two languages side by side, and which sections of a translation are behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q

from pages.diff.comparison import ComparisonCell
from pages.diff.side_by_side import SideBySideRow, TextSection, align_texts, match_sections, pair_sections, split_text
from pages.models import Page, VersionText
from pages.models.significance import Significance
from pages.presentation.page_presentation import PagePresentation, read_in_force
from pages.presentation.public_tree import read_tree
from pages.presentation.rendered_bodies import public_picture_urls, render_revision
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache
from pages.text.rendering import remove_title_heading

# How many of the newest source texts are read to date the changes that a translation lacks.
MAX_TEXTS = 20
# In bytes: of all that a process keeps, and, roughly, of one without its texts, and of a row.
MAX_SIZE = 8 * 1024 * 1024
SIDE_BY_SIDE_SIZE, ROW_SIZE = 10_000, 400


class SourceChange(NamedTuple):
    """The newest change of a section of the source since the version that a translation reflects.

    Without a number and a date, it is older than the source texts that were read. `is_removed` says that the source
    does not have the section any more.
    """

    number: int | None = None
    at: datetime | None = None
    is_removed: bool = False


class ShownCell(NamedTuple):
    """What a row shows in a language: a passage, if there is one, and what changed in its source."""

    presentation: PagePresentation
    cell: ComparisonCell | None
    change: SourceChange | None
    is_heading: bool


class ShownRow(NamedTuple):
    """A passage in both languages, or in one. `anchor` is the id of a heading on the page of the first text."""

    anchor: str
    first: ShownCell
    second: ShownCell


@dataclass(frozen=True)
class SideBySide:
    """The version in force of a page in two languages. `is_cut` says that the texts are too long."""

    first: PagePresentation
    second: PagePresentation
    rows: tuple[ShownRow, ...]
    is_cut: bool

    @property
    def page(self) -> Page:
        return self.first.page

    @property
    def sides(self) -> tuple[PagePresentation, PagePresentation]:
        return self.first, self.second

    @property
    def other_languages(self) -> list[str]:
        """Return the languages that the first text can be read next to instead."""
        return [code for code in self.first.side_by_side_languages if code != self.second.language]


def read_side_by_side(path: str, language: str, other: str, state: SiteState) -> SideBySide:
    """Return the version in force in two languages that it has texts in. Raises Withdrawn, NothingToShow."""
    first, second = (read_in_force(path, code, state) for code in (language, other))
    tree = read_tree(state)
    # The links in imported texts depend on the addresses of all pages.
    key = (tree.stamp(first.page.pk), tree.address_stamp, language, other)
    return _kept.get(key, lambda: _Aligned(first, second, state).shown)


def _size(shown: SideBySide) -> int:
    cells = [side.cell for row in shown.rows for side in (row.first, row.second) if side.cell]
    return SIDE_BY_SIDE_SIZE + sum(ROW_SIZE + 2 * len(cell.html) for cell in cells)


# Until a record or the time changes the page.
_kept = SizedCache(MAX_SIZE, _size)


class _Side:
    """A text with the source text that it was made from, if that is known; a source text was made from itself.

    `basis` has the sections of that source text, None if it is not known, and `pairs` those that belong to the text's.
    """

    def __init__(self, presentation: PagePresentation):
        self.presentation = presentation
        self.sections, self.is_cut = split_text(presentation.body_below_title.html)
        reflected = _read_reflected_text(presentation)
        self.basis: list[TextSection] | None = None
        self.pairs: list[tuple[int, int]] = []
        if presentation.text.language == presentation.page.source_language:
            self.basis = self.sections
            self.pairs = [(number, number) for number in range(len(self.sections))]
        elif reflected:
            self.basis = _Sections(reflected).sections
            self.pairs = pair_sections(self.sections, self.basis)

    def pair(self, other: "_Side") -> list[tuple[int, int]]:
        """Return the positions of the sections that belong together, in the order of this side."""
        if self.basis is None or other.basis is None:
            return pair_sections(self.sections, other.sections)
        between = dict(match_sections(self.basis, other.basis))
        there = {right: left for left, right in other.pairs}
        through = ((left, there.get(between.get(right, -1))) for left, right in self.pairs)
        return [(left, right) for left, right in through if right is not None]


def _read_reflected_text(translation: PagePresentation) -> VersionText | None:
    """Return the source text that a translation reflects; None if it is not known or redacted, or for a source text."""
    reflected = translation.reflected_version
    if reflected is None:
        return None
    texts = VersionText.objects.filter(version=reflected, language=translation.page.source_language)
    return texts.exclude(revision__blob__content=None).select_related("version", "revision__blob").first()


class _Aligned:
    """Two texts with the pairs of their sections."""

    def __init__(self, first: PagePresentation, second: PagePresentation, state: SiteState):
        self._sides, self._state = (_Side(first), _Side(second)), state
        self._pairs = self._sides[0].pair(self._sides[1])

    @property
    def shown(self) -> SideBySide:
        first, second = self._sides
        changes = [self._changes_of(0), self._changes_of(1)]
        rows = [
            ShownRow(
                row.anchor,
                ShownCell(first.presentation, row.first, _change(changes[0], row, 0), row.is_heading),
                ShownCell(second.presentation, row.second, _change(changes[1], row, 1), row.is_heading),
            )
            for row in align_texts(first.sections, second.sections, self._pairs)
        ]
        return SideBySide(first.presentation, second.presentation, tuple(rows), first.is_cut or second.is_cut)

    def _changes_of(self, number: int) -> "_Changes":
        """Return the changes of the source that a text lacks; none of the source itself."""
        side, other = self._sides[number], self._sides[1 - number]
        page, reflected = side.presentation.page, side.presentation.reflected_version
        if side.basis is None or reflected is None or reflected.number == side.presentation.version.number:
            return _Changes({}, {})
        changes = read_source_changes(side.presentation)
        is_next_to_source = other.presentation.text.language == page.source_language
        source = other if is_next_to_source else _Side(read_in_force(page.path, page.source_language, self._state))
        pairs = dict(side.pair(source))
        removed = {left: SourceChange(is_removed=True) for left, _right in side.pairs if left not in pairs}
        own = removed | {left: changes[right] for left, right in pairs.items() if right in changes}
        return _Changes(own, changes if is_next_to_source else {})


class _Changes(NamedTuple):
    """Changes by the section of a translation, and by that of the source, if the source is the other text shown."""

    own: Mapping[int, SourceChange]
    source: Mapping[int, SourceChange]


def _change(changes: _Changes, row: SideBySideRow, side: int) -> SourceChange | None:
    """Return what changed in the source of a section that begins in a row; also if the translation lacks it."""
    own, other = (row.first_section, row.second_section)[:: -1 if side else 1]
    if not row.starts:
        return None
    return changes.source.get(other if other is not None else -1) if own is None else changes.own.get(own)


def read_source_changes(translation: PagePresentation) -> dict[int, SourceChange]:
    """Return what changed in the source text since the version that a translation reflects, by section.

    Empty if that version is not known, if it or the one shown lacks a source text, or for a source text.
    """
    reflected = translation.reflected_version
    if reflected is None or reflected.number == translation.version.number:
        return {}
    texts = _read_source_texts(translation, reflected.number)
    if [text.version.number for text in (*texts[:1], *texts[-1:])] != [reflected.number, translation.version.number]:
        return {}
    return _date_changes(texts, is_complete=len(texts) <= MAX_TEXTS)


def _read_source_texts(translation: PagePresentation, reflected: int) -> list[VersionText]:
    """Return the source texts from a version up to the one shown, oldest first: the first one and the newest others.

    Redacted texts are left out: nobody can tell what they had in common with others.
    """
    page, version = translation.page, translation.version
    texts = VersionText.objects.filter(version__page=page, language=page.source_language)
    texts = texts.exclude(revision__blob__content=None)
    cancelled = translation.events.cancelled_numbers(translation.at) - {reflected}
    later = texts.filter(version__number__gt=reflected, version__number__lte=version.number)
    is_needed = ~Q(significance=Significance.UNCHANGED) | Q(version=version)
    changed = later.filter(is_needed).exclude(version__number__in=cancelled)
    newest = changed.select_related("version", "revision__blob").order_by("-version__number")[:MAX_TEXTS]
    basis = texts.filter(version__number=reflected).select_related("version", "revision__blob")
    return [*basis, *reversed(newest)]


def _date_changes(texts: Sequence[VersionText], *, is_complete: bool) -> dict[int, SourceChange]:
    """Return the changes of the sections of the last text. A section that was changed and changed back is the same."""
    versions = [_Sections(text) for text in texts]
    changes: dict[int, SourceChange] = {}
    for number, section in enumerate(versions[-1].sections):
        since = len(versions) - 1
        while since and section.key in versions[since - 1].keys:
            since -= 1
        if section.key in versions[0].keys or not section.passages:
            continue
        is_dated = is_complete or since > 1
        version = texts[since].version
        changes[number] = SourceChange(version.number, version.effective_at) if is_dated else SourceChange()
    return changes


class _Sections:
    """The sections of a source text, as readers see them below its title."""

    def __init__(self, text: VersionText):
        self._text = text

    @cached_property
    def sections(self) -> list[TextSection]:
        revision = self._text.revision
        # With the same address for each text: a link is not changed because of the language of the page around it.
        body = render_revision(revision, public_picture_urls(self._text.pictures))
        return split_text(remove_title_heading(body, revision.title).html)[0]

    @cached_property
    def keys(self) -> set[tuple[object, ...]]:
        return {section.key for section in self.sections}
