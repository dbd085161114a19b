"""A text cut into parts that mean the same alone as in the whole: what differs little is looked at in part."""

import re
from collections.abc import Iterator

_HEADING = re.compile(r"#{1,6}(?=[ \t\n]|\Z)")
_FENCE = re.compile(r"`{3,}|~{3,}")
# How far a fence's end may be indented (CommonMark 0.31, section 4.5).
_INDENTS = ("", " ", "  ", "   ")


def split_sections(body: str) -> list[str] | None:
    """Return a body in parts that begin with headings.

    None where a part may mean something that is said in another: footnotes, and addresses that are defined.
    """
    return None if "[^" in body or "]:" in body else list(_parts(body))


def _parts(body: str) -> Iterator[str]:
    """A heading that begins its line ends whatever stood before it, but for a fence that is open.

    Fences that do not begin their lines can belong to lists and quotes: from there on all is one part.
    """
    start, fence = 0, ""
    for mark in _marks(body):
        if mark[0][0] == "#":
            if not fence and mark.start():
                yield body[start : mark.start()]
                start = mark.start()
            continue
        before, after = _around(body, mark)
        if not fence and (before or "`" in after):
            break
        if not fence:
            fence = mark[0]
        elif mark[0].startswith(fence) and before in _INDENTS and not after.strip(" \t"):
            fence = ""
    yield body[start:]


def _marks(body: str) -> Iterator[re.Match]:
    """Yield, in their order, the headings that begin their lines and whatever looks like a fence."""
    # Looking for plain strings is ten times as quick as an expression that has to be tried at every letter.
    places = [0, *(place + 1 for place in _places_of("\n#", body))]
    headings = [mark for place in places if (mark := _HEADING.match(body, place))]
    fences: list[re.Match] = []
    for place in sorted([*_places_of("```", body), *_places_of("~~~", body)]):
        if not fences or place >= fences[-1].end():
            fences.append(_FENCE.match(body, place))
    yield from sorted([*headings, *fences], key=re.Match.start)


def _places_of(string: str, body: str) -> Iterator[int]:
    place = body.find(string)
    while place >= 0:
        yield place
        place = body.find(string, place + len(string))


def _around(body: str, mark: re.Match) -> tuple[str, str]:
    """Return what stands in a mark's line before it and after it."""
    begin, end = body.rfind("\n", 0, mark.start()) + 1, body.find("\n", mark.end())
    return body[begin : mark.start()], body[mark.end() : end if end >= 0 else len(body)]


def find_differing_sections(before: str, after: str) -> list[tuple[str, str]]:
    """Return what of two bodies has to be compared: pairs of parts that differ, or else the whole of both."""
    old, new = split_sections(before), split_sections(after)
    if old is None or new is None or len(old) != len(new):
        return [(before, after)]
    return [(one, other) for one, other in zip(old, new, strict=True) if one != other]


def strip_common_ends(before: str, after: str) -> tuple[str, str]:
    """Return two texts without what both begin with, and without what both end with after that."""
    shortest = min(len(before), len(after))
    start = _longest(shortest, lambda length: before[:length] == after[:length])
    end = _longest(shortest - start, lambda length: before[len(before) - length :] == after[len(after) - length :])
    return before[start : len(before) - end], after[start : len(after) - end]


def _longest(most: int, is_common) -> int:
    """Return the greatest length up to `most` that is common; of shorter ones, all are."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if is_common(middle):
            low = middle
        else:
            high = middle - 1
    return low
