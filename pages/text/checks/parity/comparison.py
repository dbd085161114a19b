"""Comparison of a translation with the source text that it claims to reflect."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parity.quantities import Quantity
from pages.text.checks.parity.sections import ParitySection, join_sections, split_for_parity
from pages.text.checks.parity.words import LANGUAGES
from pages.text.checks.parsed_body import parse_body
from pages.text.markup_work import TooMuchMarkup
from pages.text.messages import Message

# The most quantities, or links, that a message names.
_MAX_NAMED = 5
# The most quantities of a section for which one of another kind is searched.
_MAX_COMPARED = 200
# With its line.
PlacedQuantity: TypeAlias = tuple[Quantity, int]


@lru_cache(maxsize=16)
def compare_with_source(body: str, language: str, source_body: str, source_language: str) -> tuple[Finding, ...]:
    """Return how the numbers, dates, links and lists of a translation differ from those of its source.

    Sections are compared by their order; if the headings differ, the whole texts are. None of the findings blocks.
    """
    languages = (language.lower(), source_language.lower())
    try:
        texts = zip((body, source_body), languages, strict=True)
        translated, source = (split_for_parity(parse_body(text), languages, code) for text, code in texts)
    except TooMuchMarkup:
        return ()
    # A text in a language of which the words for numbers are unknown can have all that the other one has in words.
    knows_words = all(code.partition("-")[0] in LANGUAGES for code in languages)
    if [section.level for section in source] == [section.level for section in translated]:
        pairs = list(zip(source, translated, strict=True))
        return tuple(finding for pair in pairs for finding in _compare_sections(*pair, knows_words=knows_words))
    finding = _describe_headings(source, translated)
    joined = join_sections(source), join_sections(translated)
    return (finding, *_compare_sections(*joined, knows_words=knows_words))


def _describe_headings(source: Sequence[ParitySection], translated: Sequence[ParitySection]) -> Finding:
    pairs = zip(source, translated, strict=False)
    differing = (new.line for old, new in pairs if old.level != new.level)
    message = Message(
        "The headings differ in number or level: %(source)d in the source text, %(translation)d in the translation. "
        "The sections are therefore compared as one text.",
        source=_count_headings(source),
        translation=_count_headings(translated),
    )
    return _build(next(differing, translated[-1].line), message)


def _count_headings(sections: Iterable[ParitySection]) -> int:
    return sum(0 < section.level < 7 for section in sections)


def _compare_sections(source: ParitySection, translated: ParitySection, *, knows_words: bool) -> Iterator[Finding]:
    yield from _compare_quantities(source, translated, knows_words=knows_words)
    yield from _compare_links(source, translated)
    if source.items != translated.items:
        message = Message(
            "List items in this section: %(source)d in the source text, %(translation)d in the translation.",
            source=source.items,
            translation=translated.items,
        )
        yield _build(translated.line, message)
    if source.local_links != translated.local_links:
        message = Message(
            "Links within the page in this section: %(source)d in the source text, %(translation)d in the translation.",
            source=source.local_links,
            translation=translated.local_links,
        )
        yield _build(translated.line, message)


def _compare_quantities(source: ParitySection, translated: ParitySection, *, knows_words: bool) -> Iterator[Finding]:
    missing, extra = _subtract(source, translated)[:_MAX_COMPARED], _subtract(translated, source)[:_MAX_COMPARED]
    _cancel_other_kinds(missing, extra)
    missing, extra = _without_words(missing, translated, knows_words), _without_words(extra, source, knows_words)
    by_kind: defaultdict[str, tuple[list[Quantity], list[PlacedQuantity]]] = defaultdict(lambda: ([], []))
    for quantity, _line in missing:
        by_kind[quantity.kind][0].append(quantity)
    for quantity, line in extra:
        by_kind[quantity.kind][1].append((quantity, line))
    for kind, (of_source, of_translation) in by_kind.items():
        # One language writes as a word what the other one counts: first, third.
        if kind == "ordinal" and not (of_source and of_translation):
            continue
        line = of_translation[0][1] if of_translation else translated.line
        texts = _name([quantity.text for quantity, _line in of_translation])
        yield _build(line, _describe(_name([quantity.text for quantity in of_source]), texts))


def _subtract(section: ParitySection, other: ParitySection) -> list[PlacedQuantity]:
    """Return the quantities of a section that the other one does not have."""
    counts = Counter(quantity.key for quantity, _line in other.quantities)
    remaining: list[PlacedQuantity] = []
    for quantity, line in section.quantities:
        if counts[quantity.key]:
            counts[quantity.key] -= 1
        else:
            remaining.append((quantity, line))
    return remaining


def _without_words(quantities: list[PlacedQuantity], other: ParitySection, knows_words: bool) -> list[PlacedQuantity]:
    """Leave out the quantities that the other section has in words, or can have in words that are not known."""
    return [
        (quantity, line)
        for quantity, line in quantities
        if not _is_in_words(quantity, other) and (knows_words or not quantity.is_in_words)
    ]


def _is_in_words(quantity: Quantity, other: ParitySection) -> bool:
    if quantity.kind not in {"number", "period", "percentage"} or quantity.is_contradictory:
        return False
    if quantity.key in other.bare_units or quantity.number in other.word_numbers:
        return True
    return quantity.kind == "number" and quantity.number == "1" and bool(other.bare_units)


def _cancel_other_kinds(missing: list[PlacedQuantity], extra: list[PlacedQuantity]) -> None:
    """Remove what has the same numbers: one language may leave out what the other counts, or name months otherwise."""
    for quantities, others in ((missing, extra), (extra, missing)):
        for entry in list(quantities):
            if entry in quantities and (same := _find_same_numbers(entry[0], others)):
                quantities.remove(entry)
                for match in same:
                    others.remove(match)


def _find_same_numbers(quantity: Quantity, others: list[PlacedQuantity]) -> list[PlacedQuantity]:
    """Return the quantities of other kinds that together have the numbers of one; none if one is missing."""
    for numbers in quantity.number_sets:
        remaining = [other for other in others if other[0].kind != quantity.kind]
        same: list[PlacedQuantity] = []
        for number in numbers:
            if match := next((other for other in remaining if other[0].number == number), None):
                remaining.remove(match)
                same.append(match)
        if len(same) == len(numbers):
            return same
    return []


def _compare_links(source: ParitySection, translated: ParitySection) -> Iterator[Finding]:
    for old, new in ((source.links, translated.links), (source.mail_addresses, translated.mail_addresses)):
        if old != new:
            yield _build(translated.line, _describe(_name(sorted(old - new)), _name(sorted(new - old))))


def _name(texts: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(texts))
    return ", ".join(distinct if len(distinct) <= _MAX_NAMED else [*distinct[:_MAX_NAMED], "…"])


def _describe(source: str, translation: str) -> Message:
    if not source:
        return Message(
            "The translation has “%(translation)s” in this section, and the source text does not.",
            translation=translation,
        )
    if not translation:
        return Message("The source text has “%(source)s” in this section, and the translation does not.", source=source)
    return Message(
        "In this section the source text has “%(source)s”, and the translation has “%(translation)s”.",
        source=source,
        translation=translation,
    )


def _build(line: int, message: Message) -> Finding:
    return Finding(kind=FindingKind.PARITY, line=line, message=message)
