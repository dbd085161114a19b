"""Comparison of a translation with the source text that it claims to reflect."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parity.quantities import Quantity
from pages.text.checks.parity.sections import ParitySection, join_sections, split_for_parity
from pages.text.checks.parity.words import NUMBER_WORDS, UNITS
from pages.text.checks.parsed_body import parse_body
from pages.text.markup_work import TooMuchMarkup
from pages.text.messages import Message

# The most quantities, or links, that a message names.
_MAX_NAMED = 5
# The most quantities of a section for which one of another kind is searched.
_MAX_COMPARED = 200


@lru_cache(maxsize=16)
def compare_with_source(body: str, language: str, source_body: str, source_language: str) -> tuple[Finding, ...]:
    """Return how the numbers, dates, links and lists of a translation differ from those of its source.

    Sections are compared by their order; if the headings differ, the whole texts are. None of the findings blocks.
    """
    languages = (language.lower(), source_language.lower())
    try:
        translated, source = (split_for_parity(parse_body(text), languages) for text in (body, source_body))
    except TooMuchMarkup:
        return ()
    if [section.level for section in source] == [section.level for section in translated]:
        pairs = list(zip(source, translated, strict=True))
        return tuple(finding for pair in pairs for finding in _compare_sections(*pair))
    finding = _describe_headings(source, translated)
    return (finding, *_compare_sections(join_sections(source), join_sections(translated)))


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


def _compare_sections(source: ParitySection, translated: ParitySection) -> Iterator[Finding]:
    yield from _compare_quantities(source, translated)
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


def _compare_quantities(source: ParitySection, translated: ParitySection) -> Iterator[Finding]:
    missing, extra = _subtract(source, translated)[:_MAX_COMPARED], _subtract(translated, source)[:_MAX_COMPARED]
    _cancel_other_kinds(missing, extra)
    by_kind: defaultdict[str, tuple[list[Quantity], list[tuple[Quantity, int]]]] = defaultdict(lambda: ([], []))
    for quantity, _line in missing:
        by_kind[quantity.kind][0].append(quantity)
    for quantity, line in extra:
        by_kind[quantity.kind][1].append((quantity, line))
    for of_source, of_translation in by_kind.values():
        line = of_translation[0][1] if of_translation else translated.line
        texts = _name([quantity.text for quantity, _line in of_translation])
        yield _build(line, _describe(_name([quantity.text for quantity in of_source]), texts))


def _subtract(section: ParitySection, other: ParitySection) -> list[tuple[Quantity, int]]:
    """Return the quantities of a section that the other one has neither in digits nor in words."""
    counts = Counter(quantity.key for quantity, _line in other.quantities)
    numbers = {str(NUMBER_WORDS[word]) for word in other.words if word in NUMBER_WORDS}
    has_unit = any(word in UNITS for word in other.words)
    remaining: list[tuple[Quantity, int]] = []
    for quantity, line in section.quantities:
        if counts[quantity.key]:
            counts[quantity.key] -= 1
        elif quantity.kind not in {"number", "period"} or (
            quantity.number not in numbers and not (quantity.number == "1" and has_unit)
        ):
            remaining.append((quantity, line))
    return remaining


def _cancel_other_kinds(missing: list[tuple[Quantity, int]], extra: list[tuple[Quantity, int]]) -> None:
    """Remove the pairs that have the same number: one language may leave out what the other counts."""
    for entry in list(missing):
        same = (other for other in extra if other[0].number == entry[0].number and other[0].kind != entry[0].kind)
        if match := next(same, None):
            missing.remove(entry)
            extra.remove(match)


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
