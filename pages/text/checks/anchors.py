"""Addresses of headings that lead elsewhere than in the text before."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parsed_body import ParsedBody
from pages.text.messages import Message

_WORD = re.compile(r"\w+")
# A section counts as another one if it is less similar, by so much, than one that has the same heading.
_MARGIN, _MIN_SIMILARITY = 0.2, 0.5
# The most comparisons of two texts.
_MAX_COMPARISONS = 400


@dataclass(frozen=True)
class Section:
    """A heading and what follows it, up to the next one of its level."""

    id: str
    heading: str
    line: int
    content: str

    @cached_property
    def words(self) -> Counter[str]:
        return Counter(_WORD.findall(self.content))

    def similarity(self, other: "Section") -> float:
        """Return the share of common words, 1 if there are none."""
        if self.content == other.content:
            return 1
        total = self.words.total() + other.words.total()
        return 2 * (self.words & other.words).total() / total if total else 1


def split_at_anchors(parsed: ParsedBody) -> list[Section]:
    """Return the sections of a body, of all levels."""
    headings = [
        (int(token.tag[1:]), token.map, str(token.attrs["id"]), parsed.tokens[position + 1].content)
        for position, token in enumerate(parsed.tokens)
        if token.type == "heading_open" and token.map
    ]
    sections: list[Section] = []
    # The ends are found from the last heading on: of each level, where the next one that closes it begins.
    ends = [len(parsed.lines)] * 7
    for level, (start, after), identifier, heading in reversed(headings):
        content = "\n".join(parsed.lines[after : min(ends[level], after + _MAX_LINES)]).strip()
        sections.append(Section(identifier, " ".join(heading.split()), start + 1, content))
        ends[level:] = [start] * (7 - level)
    return sections[::-1]


# Enough to recognise a section.
_MAX_LINES = 200


def find_moved_anchors(before: ParsedBody, after: ParsedBody) -> Iterator[Finding]:
    """Yield the anchors that both texts have, but which lead to another section than before."""
    if before.body == after.body:
        return
    old_sections, new_sections = split_at_anchors(before), split_at_anchors(after)
    old_by_heading, new_by_heading = _group(old_sections), _group(new_sections)
    by_id = {section.id: section for section in new_sections}
    comparisons = 0
    for old in old_sections:
        new = by_id.get(old.id)
        if new is None or (new.heading, new.content) == (old.heading, old.content):
            continue
        # Where the old section is now, and where the new one was.
        moved, taken = new_by_heading[old.heading], old_by_heading[new.heading]
        comparisons += len(moved) + len(taken)
        if comparisons > _MAX_COMPARISONS:
            return
        own = old.similarity(new) if new.heading == old.heading else 0
        if _is_nearer(old, moved, new, own) or _is_nearer(new, taken, old, own):
            yield _build(new)


def _group(sections: Iterable[Section]) -> defaultdict[str, list[Section]]:
    by_heading: defaultdict[str, list[Section]] = defaultdict(list)
    for section in sections:
        by_heading[section.heading].append(section)
    return by_heading


def _is_nearer(section: Section, candidates: Iterable[Section], same_id: Section, own: float) -> bool:
    """Tell whether a section is more similar to one with another id than to the one with its own."""
    limit = max(_MIN_SIMILARITY, own + _MARGIN)
    others = (candidate for candidate in candidates if candidate.id != same_id.id)
    return any(section.similarity(candidate) >= limit for candidate in others)


def _build(section: Section) -> Finding:
    message = Message(
        "The anchor %(subject)s led to another section in the last version: links from other sites now lead to this "
        "one. To keep them, write the old anchor in curly brackets at the end of the right heading.",
        subject=f"#{section.id}",
    )
    return Finding(kind=FindingKind.MOVED_ANCHOR, line=section.line, subject=f"#{section.id}", message=message)
