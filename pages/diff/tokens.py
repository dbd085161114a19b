"""Words of rendered HTML: splitting a block into them, matching two lists of them, and writing them with marks.

Punctuation before and after a word is a word of its own. All HTML that this module returns is built from allowed tags,
see `clean_tag`, and from text without `<`.
"""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Indel

from pages.diff.invisible import ANY_INVISIBLE, show_invisible, strip_invisible
from pages.diff.tree import clean_tag, get_attribute

MARK = '<mark class="format-change">'

# The number of a footnote, which is no part of the word before it.
REFERENCE = '<sup class="footnote-ref">'
_LOCAL_LINK = re.compile(r'<a href="#[^"]*"[^>]*>')
_INLINE = re.compile(r"(<[^>]*>?)|[^<]+")
_PICTURE, _NO_PICTURE = re.compile("<img[^>]*>"), re.compile("<(?!img)[^>]*>")
_CHUNK = re.compile(r"\s+|\S+")
# Punctuation in HTML, one character each; a character reference is one.
_PUNCTUATION = (
    "&#?[a-z0-9]+;|[!-%'-/:-;=?@\\[-`{-~\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    "\u0589\u058a\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff\u2200-\u22ff]"
)
_FIRST_MARK = re.compile(f"{ANY_INVISIBLE}(?:{_PUNCTUATION}){ANY_INVISIBLE}")
_LAST_MARK = re.compile(rf"{_FIRST_MARK.pattern}\Z")
# The most characters of a mark of punctuation: a character reference, with invisible characters around it.
_MAX_MARK = 14
_MARK_OF_PUNCTUATION = re.compile(_PUNCTUATION)
_SPACE_AND_WORD = re.compile(r"(\s*)(\S+)")
# Scripts without spaces between words: Han, kana, Thai, Lao, Khmer and Myanmar, with their punctuation.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f\u1780-\u17ff\u19e0-\u19ff\u3001-\u30ff\u31f0-\u31ff"
    "\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
# Those of them that never join the preceding character.
_NEVER_JOINING = re.compile("[\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff]")
# Grapheme clusters (UAX #29): characters that join the next one (joiners, marks that stack consonants, signs before
# numbers), those that join the preceding one without being marks, flags, and parts of Hangul syllables.
_LEADING = frozenset("\u200d\u1039\u17d2\u1a60\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
_TRAILING = re.compile("[\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff][\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
# Of a word that is cached, with the white space before it.
_MAX_CACHED = 40

# rapidfuzz compares about as many pairs of words or lines in one step of a Budget.
PAIRS_PER_STEP = 400


class Budget:
    """The work that a comparison may still do, in steps of about 0.1 µs. It limits the time for hostile texts."""

    def __init__(self, steps: int):
        self.steps, self.is_spent = steps, False

    def spend(self, steps: int) -> bool:
        """Take the steps and return True, or return False and set `is_spent` if too few are left."""
        if steps > self.steps:
            self.is_spent = True
            return False
        self.steps -= steps
        return True


class Fragment(NamedTuple):
    """Text without tags (or one picture, or one line break) and the tags that are open around it, outermost first."""

    html: str
    formats: tuple[str, ...]


class Word(NamedTuple):
    """A word with the white space before it. Words are equal if their keys are. A picture's key is its tag.

    A key has no invisible characters, and its characters are composed (Unicode's normal form C).
    """

    key: str
    space: tuple[Fragment, ...]
    fragments: tuple[Fragment, ...]

    @property
    def is_picture(self) -> bool:
        return self.key.startswith("<")

    @property
    def text(self) -> str:
        """The word as it is in the HTML, with invisible characters."""
        return "".join(html for html, _ in self.fragments)


def drop_local_link(tag: str) -> str:
    """Return a clean tag without an address in the same page: comparisons contain no ids that it could lead to."""
    return "<a>" if tag.startswith('<a href="#') else tag


def drop_local_links(html: str) -> str:
    """Return clean HTML with the tags that `drop_local_link` returns."""
    return _LOCAL_LINK.sub("<a>", html) if '<a href="#' in html else html


def can_join(previous: str, char: str) -> bool:
    """Tell whether two characters may belong to one grapheme cluster (UAX #29); True if in doubt."""
    if previous in _LEADING:
        return True
    return not _NEVER_JOINING.match(char) and (
        unicodedata.category(char)[0] == "M"
        or bool(_TRAILING.match(char) or _REGIONAL.match(previous + char) or _JAMO.match(previous + char))
    )


def has_unspaced_script(text: str) -> bool:
    """Tell whether a text contains characters of a script without spaces between words."""
    return not text.isascii() and bool(_UNSPACED.search(text))


def read_keys(html: str) -> list[str]:
    """Return the keys of the words of clean HTML without punctuation, and "<img>" for each picture.

    They are those that `split_words` finds in a script with spaces between words.
    """
    if "<" in html:
        html = html.replace("<br>", " ").replace(REFERENCE, " ")
        html = _PICTURE.sub(" <img> ", _NO_PICTURE.sub("", html))
    if html.isascii():
        keys = [chunk if chunk.isalnum() else _get_key(chunk) for chunk in html.split()]
    else:
        keys = [_get_key(chunk) for chunk in html.split()]
    return list(filter(None, keys))


@lru_cache(maxsize=8192)
def _get_key(chunk: str) -> str:
    """Return the key of the word in a chunk of text without white space, or "" if there is only punctuation."""
    if chunk == "<img>":
        return chunk
    parts = pairwise([0, *find_punctuation_cuts(chunk), len(chunk)])
    keys = (strip_invisible(chunk[start:end]) for start, end in parts)
    return next((key for key in keys if not is_punctuation(key)), "")


def split_words(raw: str, *, keep_space: bool = False) -> list[Word]:
    """Split the inner HTML of a block into words. With `keep_space`, for code, white space becomes words too.

    Without it, all kinds of white space between words are equal, including no-break spaces and hard line breaks.
    """
    words: list[Word] = []
    formats: tuple[str, ...] = ()
    space: tuple[Fragment, ...] = ()
    is_in_word = False
    for match in _INLINE.finditer(raw):
        if not (tag := match[1]):
            add = _add_code if keep_space else _add_text
            space, is_in_word = add(words, match[0], formats, space, is_in_word)
        elif tag.startswith("<img") and (picture := clean_tag(tag)):
            words.append(Word(picture, space, (Fragment(picture, formats),)))
            space, is_in_word = (), False
        elif tag == "<br>":
            space, is_in_word = (*space, Fragment(tag, formats)), False
        else:
            formats = _update_formats(formats, clean_tag(tag))
            is_in_word = is_in_word and tag != REFERENCE
    if not keep_space:
        words = [part for word in words for part in _split_punctuation(word)]
    return list(_split_unspaced(words)) if has_unspaced_script(raw) else words


def _split_punctuation(word: Word) -> Iterable[Word]:
    """Yield the punctuation before a word, the word, and the punctuation after it."""
    text = word.key
    if text.isalnum() or word.is_picture:
        return (word,)
    if len(word.fragments) == 1 and not word.fragments[0].formats and len(text) <= _MAX_CACHED:
        white = "".join(html for html, _ in word.space)
        if not word.space or word.space == (Fragment(white, ()),):
            return _get_plain_words(white, word.fragments[0].html)
    return _cut(word, find_punctuation_cuts(word.text))


@lru_cache(maxsize=8192)
def _get_plain_words(white: str, text: str) -> tuple[Word, ...]:
    return tuple(_cut(_get_plain_word(white, text), find_punctuation_cuts(text)))


def is_punctuation(key: str) -> bool:
    """Tell whether the key of a word is a mark of punctuation, or has no visible character."""
    return not key.isalnum() and (not key or bool(_MARK_OF_PUNCTUATION.fullmatch(key)))


def find_punctuation_cuts(text: str) -> list[int]:
    """Return the positions in a text without white space between its words and its marks of punctuation."""
    start, end, cuts = 0, len(text), []
    while mark := _FIRST_MARK.match(text, start):
        cuts.append(start := mark.end())
    while mark := _LAST_MARK.search(text, max(start, end - _MAX_MARK), end):
        cuts.append(end := mark.start())
    return sorted(cut for cut in set(cuts) if 0 < cut < len(text))


def _cut(word: Word, cuts: Iterable[int]) -> Iterable[Word]:
    """Yield a word in parts; the first keeps the white space."""
    whole = word.text
    for start, end in pairwise([0, *cuts, len(whole)]):
        fragments = tuple(_slice(word.fragments, start, end))
        yield Word(strip_invisible(whole[start:end]), () if start else word.space, fragments)


def _add_text(
    words: list[Word], text: str, formats: tuple[str, ...], space: tuple[Fragment, ...], is_in_word: bool
) -> tuple[tuple[Fragment, ...], bool]:
    """Add the words of a text without tags. Return the white space at its end, and whether it ends within a word.

    `space` is the white space before the text; the first word continues the last one if that `is_in_word`.
    """
    pairs = _SPACE_AND_WORD.findall(text)
    if pairs:
        white, first = pairs[0]
        if white:
            space, is_in_word = (*space, Fragment(white, formats)), False
        _add_word(words, Fragment(first, formats), space, is_in_word)
        space = ()
        words += [
            _build_word(white, word, formats)
            if formats or len(white + word) > _MAX_CACHED
            else _get_plain_word(white, word)
            for white, word in pairs[1:]
        ]
    rest = text[len(text.rstrip()) :]
    return ((*space, Fragment(rest, formats)), False) if rest else (space, True)


# Most words of a text occur several times, and it is compared with one that has the same words.
@lru_cache(maxsize=8192)
def _get_plain_word(white: str, word: str) -> Word:
    return _build_word(white, word, ())


def _build_word(white: str, word: str, formats: tuple[str, ...]) -> Word:
    return Word(strip_invisible(word), (Fragment(white, formats),) if white else (), (Fragment(word, formats),))


def _add_code(
    words: list[Word], text: str, formats: tuple[str, ...], space: tuple[Fragment, ...], is_in_word: bool
) -> tuple[tuple[Fragment, ...], bool]:
    """Add the words and the white space of code as `_add_text` does. Nothing but line breaks is before a word."""
    for chunk in _CHUNK.findall(text):
        is_space = chunk.isspace()
        _add_word(words, Fragment(chunk, formats), space, is_in_word and not is_space)
        space, is_in_word = (), not is_space
    return space, is_in_word


def _add_word(words: list[Word], fragment: Fragment, space: tuple[Fragment, ...], is_in_word: bool) -> None:
    if is_in_word:
        last = words[-1]
        key = strip_invisible(last.key + fragment.html)
        words[-1] = Word(key, last.space, (*last.fragments, fragment))
    else:
        words.append(Word(strip_invisible(fragment.html), space, (fragment,)))


def _update_formats(formats: tuple[str, ...], tag: str) -> tuple[str, ...]:
    if tag.startswith("</"):
        return formats[:-1]
    return (*formats, tag) if tag else formats


def _split_unspaced(words: Iterable[Word]) -> Iterable[Word]:
    """Split words so that every grapheme of a script without spaces is a word."""
    for word in words:
        if word.is_picture or not _UNSPACED.search(word.key):
            yield word
            continue
        text = word.text
        is_plain = len(word.fragments) == 1 and not word.fragments[0].formats
        for start, end in pairwise([0, *_find_cuts(text), len(text)]):
            if start and is_plain and end - start <= _MAX_CACHED:
                yield _get_plain_word("", text[start:end])
            else:
                fragments = tuple(_slice(word.fragments, start, end))
                yield Word(strip_invisible(text[start:end]), () if start else word.space, fragments)


def _find_cuts(text: str) -> Iterable[int]:
    # One call each for all characters: most of them never join the preceding one.
    unspaced, never_joining = _UNSPACED.sub("\0", text), _NEVER_JOINING.sub("\0", text)
    for position in range(1, len(text)):
        if never_joining[position] == "\0":
            is_cut = text[position - 1] not in _LEADING
        else:
            is_border = unspaced[position] == "\0" or unspaced[position - 1] == "\0"
            is_cut = is_border and not can_join(text[position - 1], text[position])
        if is_cut:
            yield position


def _slice(fragments: Iterable[Fragment], start: int, end: int) -> Iterable[Fragment]:
    for html, formats in fragments:
        if part := html[max(start, 0) : max(end, 0)]:
            yield Fragment(part, formats)
        start, end = start - len(html), end - len(html)


def extract_text(words: Iterable[Word]) -> str:
    """Return the text of words, with the descriptions of pictures."""
    parts = (
        (" " if word.space else "") + (get_attribute(word.key, "alt") if word.is_picture else unescape(word.key))
        for word in words
    )
    return "".join(parts).strip()


def find_matches(before: Sequence[Hashable], after: Sequence[Hashable], budget: Budget) -> list[tuple[int, int]]:
    """Return the pairs of positions of a longest common subsequence.

    If the budget is too small, only the elements in common at the start and at the end are matched.
    """
    start, end = 0, 0
    shortest = min(len(before), len(after))
    while start < shortest and before[start] == after[start]:
        start += 1
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    common = set(before[start : len(before) - end]) & set(after[start : len(after) - end])
    # Numbers instead of the elements: rapidfuzz compares hashes, which can collide.
    numbers = {key: number for number, key in enumerate(common)}
    left = [position for position in range(start, len(before) - end) if before[position] in numbers]
    right = [position for position in range(start, len(after) - end) if after[position] in numbers]
    pairs = [(position, position) for position in range(start)]
    if budget.spend(len(left) * len(right) // PAIRS_PER_STEP):
        for code in Indel.opcodes(
            [numbers[before[position]] for position in left], [numbers[after[position]] for position in right]
        ):
            if code.tag == "equal":
                pairs += zip(left[code.src_start : code.src_end], right[code.dest_start : code.dest_end], strict=True)
    pairs += ((len(before) - distance, len(after) - distance) for distance in range(end, 0, -1))
    return pairs


def render_words(words: Iterable[Word], marks: Iterable[str], space_marks: Iterable[str]) -> str:
    """Return the HTML of words. Each mark is an opening tag or "", for a word or for the space before it.

    Marks are the innermost tags, because a format may begin or end within a marked run.
    """
    parts: list[str] = []
    open_tags: tuple[str, ...] = ()
    previous_mark = ""
    for word, mark, own_space_mark in zip(words, marks, space_marks, strict=True):
        # A space between two words with the same mark belongs to the run.
        space_mark = own_space_mark or (mark if mark == previous_mark else "")
        for fragments, fragment_mark in ((word.space, space_mark), (word.fragments, mark)):
            for html, formats in fragments:
                wanted = (*formats, fragment_mark) if fragment_mark else formats
                if wanted != open_tags:
                    parts.append(_change_tags(open_tags, wanted))
                    open_tags = wanted
                parts.append(show_invisible(html) if fragment_mark else html)
        previous_mark = mark
    return "".join([*parts, _change_tags(open_tags, ())])


def _change_tags(open_tags: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """Return the closing and opening tags between two fragments, given the stacks of tags that are open in them."""
    shared = 0
    while shared < min(len(open_tags), len(wanted)) and open_tags[shared] == wanted[shared]:
        shared += 1
    closing = (f"</{tag[1:-1].partition(' ')[0]}>" for tag in reversed(open_tags[shared:]))
    return "".join((*closing, *map(drop_local_link, wanted[shared:])))
