"""All checks that need nothing but the text itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from pages.text.checks.characters import find_hidden_characters
from pages.text.checks.dropped import describe_dropped, find_dropped
from pages.text.checks.failed_markup import find_failed_markup, find_merge_conflicts, find_stray_references
from pages.text.checks.findings import MAX_OF_KIND, Finding, FindingKind, sort_findings
from pages.text.checks.hard_coded_dates import find_hard_coded_dates
from pages.text.checks.links import find_empty_links, find_pictures_without_text, find_unknown_schemes
from pages.text.checks.lookalikes import find_lookalikes
from pages.text.checks.lost_text import find_front_matter, find_lost_cells, find_unclosed_code
from pages.text.checks.parsed_body import ParsedBody, parse_body
from pages.text.checks.plain_blocks import blank_plain_blocks
from pages.text.checks.references import find_lost_footnotes, find_lost_link_definitions
from pages.text.extensions.dropped_markup import DroppedMarkup
from pages.text.fields import FRONT_MATTER_KEYS, Fields
from pages.text.markup_work import TooMuchMarkup
from pages.text.sections import split_stripped

# Each check finds a few kinds.
_MAX_OF_CHECK = 4 * MAX_OF_KIND
# Sections of more characters take too much memory to be kept.
_SHORT = 8 * 1024
_CHECKS: tuple[Callable[[ParsedBody], Iterable[Finding]], ...] = (
    find_unknown_schemes,
    find_empty_links,
    find_unclosed_code,
    find_lost_cells,
    find_lost_footnotes,
    find_lost_link_definitions,
    find_failed_markup,
    find_lookalikes,
    find_pictures_without_text,
)


def check_fields(fields: Fields) -> Iterator[Finding]:
    """Yield the findings in a text: those of its body, and hidden characters in its other fields."""
    for name in FRONT_MATTER_KEYS:
        yield from find_hidden_characters(getattr(fields, name), name)
    yield from check_body(fields.body)


@lru_cache(maxsize=32)
def check_body(body: str) -> tuple[Finding, ...]:
    """Return the findings in a body. One with too much markup has none: it is refused with a reason of its own."""
    return _run(_ALL_CHECKS, body)


def check_without_dropped(body: str) -> tuple[Finding, ...]:
    """Return the findings of `check_body` without those of dropped markup."""
    return _run(_OTHER_CHECKS, body)


def _run(checks: Iterable[Callable[[str], Iterable[Finding]]], body: str) -> tuple[Finding, ...]:
    try:
        return sort_findings(finding for check in checks for finding in islice(check(body), _MAX_OF_CHECK))
    except TooMuchMarkup:
        return ()


def _check_dropped(body: str) -> Iterator[Finding]:
    lines = body.split("\n")
    return (_build_dropped(markup, lines) for markup in find_dropped(body))


def _check_sections(body: str) -> Iterator[Finding]:
    """Yield what is found in the tokens of a body; of sections that do not depend on each other, one by one."""
    # Without shortcodes, most texts have sections that do not depend on each other.
    sections = split_stripped(body).sections
    if sections is None:
        yield from _check_tokens(body)
        return
    line = 0
    for section in sections:
        check = _check_short_section if len(section) <= _SHORT else _check_section
        yield from (replace(finding, line=finding.line + line) for finding in check(section))
        line += section.count("\n")


# Most sections of a long text are the same as in its previous revision. An import changes several pages in all
# languages by turns.
@lru_cache(maxsize=4096)
def _check_short_section(section: str) -> tuple[Finding, ...]:
    return _check_section(section)


def _check_section(section: str) -> tuple[Finding, ...]:
    blanked = blank_plain_blocks(section)
    return _check_short_blanked(blanked) if len(blanked) <= _SHORT else _check_tokens(blanked)


# Many of the others differ only in plain blocks.
@lru_cache(maxsize=4096)
def _check_short_blanked(section: str) -> tuple[Finding, ...]:
    return _check_tokens(section)


def _check_tokens(body: str) -> tuple[Finding, ...]:
    parsed = parse_body(body)
    return tuple(finding for check in _CHECKS for finding in islice(check(parsed), _MAX_OF_CHECK))


def _build_dropped(markup: DroppedMarkup, lines: Sequence[str]) -> Finding:
    # A comment has no name: it is shown by the beginning of its line.
    name = markup.name[:60] or "".join(lines[markup.line - 1 : markup.line]).strip()[:60]
    kind, message = FindingKind(markup.kind.value), describe_dropped(markup.kind, name)
    return Finding(kind=kind, line=markup.line, subject=markup.name[:60], message=message)


# Those of a whole body, without and with those of dropped markup.
_OTHER_CHECKS = (
    find_stray_references,
    find_merge_conflicts,
    find_hidden_characters,
    find_hard_coded_dates,
    find_front_matter,
    _check_sections,
)
_ALL_CHECKS = (_check_dropped, *_OTHER_CHECKS)
