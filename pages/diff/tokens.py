"""The words of a block of rendered HTML, which of two lists of them are the same, and their HTML with marks.

Nothing leaves this module but tags of a short list, rebuilt, and text that held no `<`: see `clean_tag`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape, unescape
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Indel

MARK = '<mark class="format-change">'

_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "sup": {"class"},
    "span": {"class"},
    "td": {"class"},
    "th": {"class"},
    **{name: frozenset() for name in ("em", "strong", "s", "code", "br")},
}
_CLASSES = {"footnote-ref", "missing-picture", "align-left", "align-center", "align-right"}
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
# What browsers leave out of an address before they look for its scheme.
_IGNORED = re.compile(r"[\0-\x20]+")
_UNSAFE_SCHEME = re.compile(r"(?i)(?!(?:https?|mailto|tel):)[a-z][a-z0-9+.-]*:")
_TAG = re.compile(r"<[^>]*>?")
_INLINE = re.compile(r"(<[^>]*>?)|[^<]+")
_CHUNK = re.compile(r"\s+|\S+")
# Han, kana, Thai, Lao, Khmer and Myanmar with their punctuation: scripts that put no space between words.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f\u1780-\u17ff\u19e0-\u19ff\u3001-\u30ff\u31f0-\u31ff"
    "\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
# Of them, those that never join what stands before.
_ALONE = re.compile("[\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff]")
# Signs that draw the next character into their cluster: joiners, and the marks that stack consonants.
_LEADING = frozenset("\u200d\u1039\u17d2\u1a60\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
_TRAILING = re.compile("[\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff][\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")


class Budget:
    """How much work is left, in steps of about 0.1 µs: what costs more than is left is not done."""

    def __init__(self, steps: int):
        self.steps, self.is_spent = steps, False

    def has(self, steps: int) -> bool:
        """Take the steps if they are left, else remember that something was refused."""
        if steps > self.steps:
            self.is_spent = True
            return False
        self.steps -= steps
        return True


class Fragment(NamedTuple):
    """A stretch of HTML without tags (or one picture, or one line break) and the tags opened around it."""

    html: str
    formats: tuple[str, ...]


class Word(NamedTuple):
    """What is compared: equal keys are equal words. A picture is a word whose key is its tag."""

    key: str
    space: tuple[Fragment, ...]
    fragments: tuple[Fragment, ...]

    @property
    def is_picture(self) -> bool:
        return self.key.startswith("<")


@lru_cache(maxsize=4096)
def clean_tag(tag: str) -> str:
    """Return a tag built again from what readers' HTML may have, or nothing: no other tag leaves a comparison."""
    name = tag.strip("</>").partition(" ")[0]
    if name not in _ATTRIBUTES or not tag.endswith(">"):
        return ""
    if tag.startswith("</"):
        return f"</{name}>"
    kept = (
        f' {attribute}="{escape(unescape(value))}"'
        for attribute, value in _ATTRIBUTE.findall(tag)
        if attribute in _ATTRIBUTES[name] and _is_safe(attribute, unescape(value))
    )
    return f"<{name}{''.join(kept)}>"


def _is_safe(attribute: str, value: str) -> bool:
    if attribute in {"href", "src"}:
        return not _UNSAFE_SCHEME.match(_IGNORED.sub("", value))
    return attribute != "class" or value in _CLASSES


def get_attribute(tag: str, attribute: str) -> str:
    """Return the value of an attribute of a tag, as text; empty if there is none."""
    return unescape(dict(_ATTRIBUTE.findall(tag)).get(attribute, ""))


def clean_inline(raw: str) -> str:
    """Return the inside of a block as it stands, with its tags cleaned."""
    return _TAG.sub(lambda match: drop_local_link(clean_tag(match[0])), raw)


def drop_local_link(tag: str) -> str:
    """Return a clean tag as comparisons show it: what they show has no ids, so no link leads to one."""
    return "<a>" if tag.startswith('<a href="#') else tag


def can_join(previous: str, char: str) -> bool:
    """Tell whether two characters may belong to one grapheme cluster (UAX #29): if in doubt, they do."""
    if previous in _LEADING:
        return True
    return not _ALONE.match(char) and (
        unicodedata.category(char)[0] == "M"
        or bool(_TRAILING.match(char) or _REGIONAL.match(previous + char) or _JAMO.match(previous + char))
    )


def split_words(raw: str, *, keeps_space: bool = False) -> list[Word]:
    """Split the inside of a block into words; with `keeps_space` (code) white space is words of its own.

    White space of any kind, no-break spaces and hard line breaks included, is the same between words.
    """
    raw = raw.replace("&nbsp;", "\u00a0")
    words: list[Word] = []
    formats: tuple[str, ...] = ()
    space: tuple[Fragment, ...] = ()
    is_open = False
    for match in _INLINE.finditer(raw if keeps_space else raw.strip()):
        if not (tag := match[1]):
            for chunk in _CHUNK.findall(match[0]):
                fragment = Fragment(chunk, formats)
                if not keeps_space and chunk.isspace():
                    space, is_open = (*space, fragment), False
                elif is_open and not chunk.isspace():
                    words[-1] = Word(words[-1].key + chunk, words[-1].space, (*words[-1].fragments, fragment))
                else:
                    words.append(Word(chunk, space, (fragment,)))
                    space, is_open = (), not chunk.isspace()
        elif tag.startswith("<img") and (picture := clean_tag(tag)):
            words.append(Word(picture, space, (Fragment(picture, formats),)))
            space, is_open = (), False
        elif tag == "<br>":
            space, is_open = (*space, Fragment(tag, formats)), False
        else:
            formats = _formats_after(formats, clean_tag(tag))
    return list(_split(words)) if _UNSPACED.search(raw) else words


def _formats_after(formats: tuple[str, ...], tag: str) -> tuple[str, ...]:
    if tag.startswith("</"):
        return formats[:-1]
    return (*formats, tag) if tag else formats


def _split(words: Iterable[Word]) -> Iterable[Word]:
    """Give every grapheme of a script without spaces a word of its own."""
    for word in words:
        if word.is_picture or not _UNSPACED.search(word.key):
            yield word
            continue
        cuts = [0, *_cuts(word.key), len(word.key)]
        for start, end in pairwise(cuts):
            yield Word(word.key[start:end], () if start else word.space, tuple(_sliced(word.fragments, start, end)))


def _cuts(text: str) -> Iterable[int]:
    is_unspaced = [bool(_UNSPACED.match(char)) for char in text]
    for position in range(1, len(text)):
        borders = is_unspaced[position] or is_unspaced[position - 1]
        if borders and not can_join(text[position - 1], text[position]):
            yield position


def _sliced(fragments: Iterable[Fragment], start: int, end: int) -> Iterable[Fragment]:
    for html, formats in fragments:
        if part := html[max(start, 0) : max(end, 0)]:
            yield Fragment(part, formats)
        start, end = start - len(html), end - len(html)


def extract_text(words: Iterable[Word]) -> str:
    """Return the text of words; a picture's is its description."""
    parts = (
        (" " if word.space else "") + (get_attribute(word.key, "alt") if word.is_picture else unescape(word.key))
        for word in words
    )
    return "".join(parts).strip()


def find_matches(before: Sequence, after: Sequence, budget: Budget) -> list[tuple[int, int]]:
    """Return the positions of a longest common subsequence; less of it where the budget does not reach."""
    start, end = 0, 0
    shortest = min(len(before), len(after))
    while start < shortest and before[start] == after[start]:
        start += 1
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    common = set(before[start : len(before) - end]) & set(after[start : len(after) - end])
    # Numbers, since what rapidfuzz compares are hashes.
    numbers = {key: number for number, key in enumerate(common)}
    left = [place for place in range(start, len(before) - end) if before[place] in numbers]
    right = [place for place in range(start, len(after) - end) if after[place] in numbers]
    found = [(place, place) for place in range(start)]
    if budget.has(len(left) * len(right) // 400):
        numbered = ([numbers[before[place]] for place in left], [numbers[after[place]] for place in right])
        for tag, first, last, other, _ in Indel.opcodes(*numbered):
            if tag == "equal":
                found += zip(left[first:last], right[other : other + last - first], strict=True)
    found += ((len(before) - place, len(after) - place) for place in range(end, 0, -1))
    return found


def render_words(words: Iterable[Word], marks: Iterable[str], space_marks: Iterable[str]) -> str:
    """Write words down, with the mark (an opening tag, or nothing) of each, and of each space before, innermost."""
    parts: list[str] = []
    stack: tuple[str, ...] = ()
    before = ""
    for word, mark, own_space_mark in zip(words, marks, space_marks, strict=True):
        space_mark = own_space_mark or (mark if mark == before else "")
        for fragments, own in ((word.space, space_mark), (word.fragments, mark)):
            for html, formats in fragments:
                wanted = (*formats, own) if own else formats
                if wanted != stack:
                    parts.append(_between(stack, wanted))
                    stack = wanted
                parts.append(html)
        before = mark
    return "".join([*parts, _between(stack, ())])


def _between(stack: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """Return the tags that lead from inside one stack of open tags to inside another."""
    shared = 0
    while shared < min(len(stack), len(wanted)) and stack[shared] == wanted[shared]:
        shared += 1
    closing = (f"</{tag[1:-1].partition(' ')[0]}>" for tag in reversed(stack[shared:]))
    return "".join((*closing, *map(drop_local_link, wanted[shared:])))
