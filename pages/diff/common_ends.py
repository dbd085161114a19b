"""What two passages of HTML have in common at their start and at their end, which need not be split into words."""

import re

# In the start of a passage, the last one may be cut off.
_TAG = re.compile(r"<(/?)[^>]*>?")
_VOID = ("<br", "<img")
# What is before the last whole word and its white space, without a line break; and the first whole word.
_BEFORE_LAST_WORD = re.compile(r".*(?<!\s)(?<!<br>)(?=\s+[^\s<]+\s)", re.DOTALL)
_FIRST_WORD = re.compile(r"\s[^\s<]+(?=\s)")


def find_common_ends(before: str, after: str) -> tuple[int, int]:
    """Return how many characters two passages of clean HTML have in common at the start and at the end.

    Both ends are cut at white space outside of elements. They leave one common word each to what is between them, so
    that changes there have the same words next to them as in the whole passages.
    """
    shared = count_common_start(before, after)
    start, rest = _cut_start(before[:shared]), before[shared:]
    end = count_common_start(rest[::-1], after[shared:][::-1])
    return start, _cut_end(rest[len(rest) - end :]) if end else 0


def count_common_start(before: str, after: str) -> int:
    """Return the number of characters that two texts have in common at the start."""
    start, end = 0, min(len(before), len(after))
    while start < end:
        middle = (start + end + 1) // 2
        start, end = (middle, end) if before[start:middle] == after[start:middle] else (start, middle - 1)
    return start


def _cut_start(html: str) -> int:
    """Return where the last whole word outside of elements begins with the white space before it, or 0."""
    for start, end in reversed(_find_texts(html, is_start=True)):
        if match := _BEFORE_LAST_WORD.match(html, start, end):
            return match.end()
    return 0


def _cut_end(html: str) -> int:
    """Return how many characters follow the first whole word outside of elements, or 0."""
    # The part may begin within a tag. Clean HTML has no ">" elsewhere.
    tag_end = html.find(">", 0, html.find("<") if "<" in html else None) + 1
    for start, end in _find_texts(html[tag_end:], is_start=False):
        if match := _FIRST_WORD.search(html, tag_end + start, tag_end + end):
            return len(html) - match.end()
    return 0


def _find_texts(html: str, *, is_start: bool) -> list[tuple[int, int]]:
    """Return the bounds of the texts outside of elements in the start or in the end of a passage."""
    if "<" not in html:
        return [(0, len(html))]
    texts: list[tuple[int, int, int]] = []
    depth, position = 0, 0
    for tag in _TAG.finditer(html):
        texts.append((depth, position, tag.start()))
        depth += 0 if tag[0].startswith(_VOID) else -1 if tag[1] else 1
        position = tag.end()
    texts.append((depth, position, len(html)))
    # A passage begins and ends outside of all elements.
    outside = 0 if is_start else depth
    return [(start, end) for level, start, end in texts if level == outside]
