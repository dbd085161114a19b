"""The sections of a text with everything that a translation must have too."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from pages.text.checks.parity.number_words import find_word_numbers
from pages.text.checks.parity.quantities import Quantity, find_quantities, normalise_period
from pages.text.checks.parity.spelled_numbers import find_spelled_numbers, is_spelled
from pages.text.checks.parity.words import BARE_UNITS
from pages.text.checks.parsed_body import ParsedBody

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"'«»“”]+[^\s<>\"'«»“”.,;:!?)]", re.IGNORECASE)
_MAX_QUANTITIES = 5_000
_NO_DIGIT = re.compile(r"\D")
_WORD = re.compile(r"[^\W\d]+(?:-[^\W\d]+)?")


@dataclass
class ParitySection:
    """What a section of a text contains. `lines` are those of its pieces of text, in the order of `texts`."""

    level: int
    line: int
    language: str
    texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    # The web addresses that it links to or names, in a form that does not depend on the language.
    links: set[str] = field(default_factory=set)
    mail_addresses: set[str] = field(default_factory=set)
    items: int = 0
    local_links: int = 0

    def add_text(self, text: str, line: int) -> None:
        if text.strip():
            self.texts.append(text)
            self.lines.append(line)

    @cached_property
    def plain_texts(self) -> list[str]:
        return [_ADDRESS.sub(" ", _MAIL.sub(" ", text)) if _has_address(text) else text for text in self.texts]

    @cached_property
    def quantities(self) -> list[tuple[Quantity, int]]:
        """Return the quantities with their lines, as many as a policy can have."""
        quantities = (
            (quantity, line)
            for text, line in zip(self.plain_texts, self.lines, strict=True)
            for quantity in _find_quantities(text)
        )
        return list(islice(quantities, _MAX_QUANTITIES))

    @cached_property
    def word_numbers(self) -> frozenset[str]:
        """Return the numbers that are written as words, in digits."""
        if is_spelled(self.language):
            spelled = (find_spelled_numbers(text, self.language) for text in self.plain_texts)
            return frozenset(f"{value:g}" for values in spelled for value in values)
        return frozenset(f"{number.value:g}" for text in self.plain_texts for number in find_word_numbers(text))

    @cached_property
    def bare_units(self) -> frozenset[str]:
        """Return the keys of the periods that a word for a unit of time can mean, such as «в течение года»."""
        words = {word.lower() for text in self.plain_texts for word in _WORD.findall(text)}
        return frozenset(normalise_period("1", BARE_UNITS[word]) for word in words if word in BARE_UNITS)


# The source of a page is compared with one translation after the other.
@lru_cache(maxsize=1024)
def _find_quantities(text: str) -> tuple[Quantity, ...]:
    return tuple(islice(find_quantities(text), _MAX_QUANTITIES))


def split_for_parity(parsed: ParsedBody, languages: Sequence[str], language: str) -> list[ParitySection]:
    """Return the sections of a body; the first one is what precedes the first heading.

    `languages` are those of both texts, which addresses can name, and `language` is that of this one.
    """
    language = language.lower().partition("-")[0]
    sections, line = [ParitySection(0, 1, language)], 1
    for token in parsed.tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type == "heading_open":
            sections.append(ParitySection(int(token.tag[1:]), line, language))
        elif token.type == "list_item_open":
            sections[-1].items += 1
        elif token.type == "inline":
            _add_inline(sections[-1], token.children or (), line, languages)
        elif token.type == "footnote_block_open":
            # Notes are at the end of every text, whatever section they belong to.
            sections.append(ParitySection(7, line, language))
    return sections


def _add_inline(section: ParitySection, children: Iterable[Token], line: int, languages: Sequence[str]) -> None:
    parts: list[str] = []
    for token in children:
        if token.type in {"softbreak", "hardbreak"}:
            parts.append(" " if token.type == "softbreak" else "\n")
        elif token.type == "link_open":
            _add_link(section, str(token.attrs["href"]), languages)
        elif token.type in {"text", "code_inline"}:
            parts.append(token.content)
    text = "".join(parts)
    section.add_text(text, line)
    if not _has_address(text):
        return
    section.mail_addresses |= {match.lower() for match in _MAIL.findall(text)}
    for match in _ADDRESS.findall(text):
        _add_link(section, match if "://" in match else f"https://{match}", languages)


def _has_address(text: str) -> bool:
    # The search for a string is far faster than one for a pattern.
    return "@" in text or "://" in text or "www." in text


def _add_link(section: ParitySection, href: str, languages: Sequence[str]) -> None:
    try:
        address = urlsplit(href)
    except ValueError:
        return
    if address.scheme == "mailto":
        section.mail_addresses.add(address.path.lower())
        return
    if address.scheme == "tel":
        section.links.add(f"tel:{_NO_DIGIT.sub('', address.path)}")
        return
    host = ".".join(label for label in address.netloc.lower().split(".") if label not in {*languages, "www"})
    path = "/".join(_path_parts(unquote(address.path), languages))
    if host or path:
        # Anchors are made of headings, which are translated.
        section.links.add(f"{host}/{path}")
    else:
        section.local_links += 1


def _path_parts(path: str, languages: Sequence[str]) -> Iterator[str]:
    """Yield the parts of a path without those that name a language, also with a country, and without dots."""
    names = "|".join(map(re.escape, languages))
    is_language = re.compile(rf"(?:{names})(?:[-_][a-z]{{2,4}})?", re.IGNORECASE)
    for part in path.split("/"):
        if part and part not in {".", ".."} and not is_language.fullmatch(part):
            yield re.sub(rf"\.(?:{names})(?=\.[a-z]+$)", "", part, flags=re.IGNORECASE)


def join_sections(sections: Sequence[ParitySection]) -> ParitySection:
    """Return sections as one."""
    whole = ParitySection(0, 1, sections[0].language)
    for section in sections:
        whole.texts += section.texts
        whole.lines += section.lines
        whole.links |= section.links
        whole.mail_addresses |= section.mail_addresses
        whole.items += section.items
        whole.local_links += section.local_links
    return whole
