"""When each section of the text in force last changed, as its versions show it."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby, starmap
from typing import NamedTuple

from pages.history.version_spans import Publication, version_spans
from pages.languages import served_or_default
from pages.models import Blob, VersionText
from pages.presentation.page_presentation import PagePresentation, read_in_force
from pages.presentation.public_tree import read_tree
from pages.presentation.rendered_bodies import public_picture_urls
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache
from pages.text import source
from pages.text.rendered_sections import SectionDigest, digest_sections, digest_with_below, split_rendered
from pages.text.rendering import RENDERER_VERSION, RenderedBody, remove_title_heading, render
from pages.text.sections import split_sections

# In bytes: of what a process keeps of pages, and of texts, and, roughly, of a section in each.
MAX_SIZE, MAX_DIGESTS = 1024 * 1024, 4 * 1024 * 1024
SECTION_SIZE, DIGEST_SIZE = 250, 50
# How many texts are read at once.
BATCH = 50
# Older texts are not looked at: in characters of what is rendered. The sections of a body that are in a newer text too
# are not rendered again: a body takes its length divided by the second number at least.
MAX_WORK, SPLIT_GAIN = 4 * 1024 * 1024, 8


class SectionChange(NamedTuple):
    """The version that last changed a section, and when it came into force.

    `previous` is the number of the version to compare it with. Without one, this is the oldest version that was looked
    at: the first one in this language, unless `is_limited`.
    """

    number: int
    at: datetime
    previous: int | None = None
    is_limited: bool = False


@dataclass(frozen=True)
class DatedSection:
    """A section with its HTML and its last change. `level` is 0 before the first heading, and for footnotes."""

    level: int
    heading: RenderedBody
    body: RenderedBody
    change: SectionChange


@dataclass(frozen=True)
class SectionDates:
    """The text in force with the date of each section, in order."""

    presentation: PagePresentation
    sections: tuple[DatedSection, ...]


class _PastText(NamedTuple):
    """A text that was in force, without its source, since a version with this number."""

    number: int
    at: datetime
    digest: str
    pictures: Mapping[str, str]
    title: str
    # The number of the last version that had it.
    last: int = 0


class _DigestedText(NamedTuple):
    """A digest of each section with all below its heading, and how much work they took, see MAX_WORK."""

    work: int
    sections: Sequence[bytes]
    is_redacted: bool = False


def read_section_dates(path: str, language: str, state: SiteState) -> SectionDates:
    """Return the text in force with the date of each section. Raises Withdrawn, NothingToShow."""
    presentation = read_in_force(path, language, state)
    key = (read_tree(state).stamp(presentation.page.pk), language)
    changes = _changes.get(key, lambda: _find_changes(presentation))
    body = presentation.body_below_title
    sections = tuple(
        DatedSection(part.level, replace(body, html=part.heading), replace(body, html=part.html), change)
        for part, change in zip(split_rendered(body.html), changes, strict=True)
    )
    return SectionDates(presentation, sections)


# Until a record or the time changes the page.
_changes: SizedCache[tuple[SectionChange, ...]] = SizedCache(
    MAX_SIZE, lambda changes: SECTION_SIZE * (1 + len(changes))
)
_digests: SizedCache[_DigestedText] = SizedCache(MAX_DIGESTS, lambda text: DIGEST_SIZE * (10 + len(text.sections)))


def _find_changes(presentation: PagePresentation) -> tuple[SectionChange, ...]:
    """Return the last change of each section: the newest version before which no equal section was in force."""
    texts = list(_read_past_texts(presentation))
    digested = _Digester(presentation).digest(texts)
    newer, current = next(digested)
    if len(current) != len(split_rendered(presentation.body_below_title.html)):
        # The text as a whole took too much work to render, so its source is shown.
        digested = _Digester(presentation, splits=False).digest(texts)
        newer, current = next(digested)
    changes: dict[bytes, SectionChange] = {}
    unresolved = set(current)
    for older, digests in digested:
        changed = unresolved.difference(digests)
        changes |= dict.fromkeys(changed, SectionChange(newer.number, newer.at, older.last))
        unresolved -= changed
        newer = older
        if not unresolved:
            break
    oldest = SectionChange(newer.number, newer.at, is_limited=newer is not texts[-1])
    return tuple(changes.get(digest, oldest) for digest in current)


def _read_past_texts(presentation: PagePresentation) -> Iterator[_PastText]:
    """Yield the different texts that were in force, newest first, each with the version that brought it."""
    rows = VersionText.objects.filter(version__page=presentation.page, language=presentation.text.language)
    columns = ("version__number", "version__effective_at", "revision__blob", "pictures", "revision__title")
    texts = list(starmap(_PastText, rows.order_by("-version__number").values_list(*columns)))
    cancelled = presentation.events.cancelled_numbers(presentation.at)
    publications = (Publication(text.number, text.at, text.number in cancelled) for text in texts)
    spans = version_spans(publications, presentation.at)
    shown = (text for text in texts if spans[text.number].has_begun)
    for _key, run in groupby(shown, key=lambda past: (past.digest, past.pictures)):
        same = list(run)
        yield same[-1]._replace(last=same[0].number)


class _Digester:
    """Digests the texts of a page in a language. What several sources have in common is rendered once."""

    def __init__(self, presentation: PagePresentation, *, splits: bool = True) -> None:
        self._splits = splits
        self._language = presentation.text.language
        self._base_url = presentation.page.url_in(served_or_default(presentation.language))
        self._parts: dict[Hashable, Sequence[SectionDigest]] = {}
        # In characters.
        self._rendered = 0

    def digest(self, texts: Sequence[_PastText]) -> Iterator[tuple[_PastText, Sequence[bytes]]]:
        """Yield the digests of each text, newest first, until the limit. Redacted texts are left out."""
        work = 0
        for start in range(0, len(texts), BATCH):
            for text, digested in self._digest_batch(texts[start : start + BATCH]):
                work += digested.work
                if work > MAX_WORK and text is not texts[0]:
                    return
                if not digested.is_redacted or text is texts[0]:
                    yield text, digested.sections

    def _digest_batch(self, texts: Sequence[_PastText]) -> Iterator[tuple[_PastText, _DigestedText]]:
        missing = {text.digest for text in texts if self._key(text) not in _digests}
        blobs = Blob.objects.in_bulk(missing) if missing else {}
        for text in texts:
            yield text, _digests.get(self._key(text), partial(self._digest, text, blobs.get(text.digest)))

    def _key(self, text: _PastText) -> Hashable:
        options = (self._language, self._base_url, self._splits, RENDERER_VERSION)
        return text.digest, text.title, *sorted(text.pictures.items()), *options

    def _digest(self, text: _PastText, blob: Blob | None) -> _DigestedText:
        if blob is None or blob.content is None:
            return _DigestedText(0, (), is_redacted=True)
        body, rendered_before = source.extract_body(bytes(blob.content)), self._rendered
        parts = split_sections(body) if self._splits else None
        first, *others = _join_introduction(parts) if parts else [body]
        # Only the first heading can repeat the title.
        sections = [*self._digest_part(first, text.pictures, text.title)]
        sections += (section for part in others for section in self._digest_part(part, text.pictures))
        work = max(self._rendered - rendered_before, len(body) // SPLIT_GAIN)
        return _DigestedText(work, digest_with_below(sections))

    def _digest_part(self, part: str, pictures: Mapping[str, str], title: str = "") -> Sequence[SectionDigest]:
        key = (part, title, *sorted(pictures.items()))
        if key not in self._parts:
            # Not in the cache of bodies, which the texts of a long history would fill.
            urls = public_picture_urls(pictures)
            self._rendered += len(part)
            body = render(part, picture_urls=urls, language=self._language, base_url=self._base_url)
            self._parts[key] = digest_sections(remove_title_heading(body, title).html)
        return self._parts[key]


def _join_introduction(parts: Sequence[str]) -> Sequence[str]:
    """Return the parts with what precedes the first heading in that of the heading, which can repeat the title."""
    return parts if parts[0].startswith("#") else ["".join(parts[:2]), *parts[2:]]
