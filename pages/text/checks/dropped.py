"""The markup of a body that readers do not get."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from pages.text.extensions.dropped_markup import DroppedMarkup, note_dropped
from pages.text.markup_work import pause_collector
from pages.text.parsing import MAX_WORK_OF_STORED, create_environment, parse, sort_dropped
from pages.text.sections import split_stripped

# Without any of these, nothing is dropped.
_MAY_DROP = re.compile(r"<(?!https?:|mailto:)[A-Za-z/!?]|\{[{%:.#A-Za-z]")


@lru_cache(maxsize=16)
@pause_collector()
def find_dropped(body: str) -> tuple[DroppedMarkup, ...]:
    """Return the markup of a body that readers do not get, in order. Raises TooMuchMarkup."""
    if not _may_drop(body):
        return ()
    environment = create_environment(MAX_WORK_OF_STORED)
    stripped = split_stripped(body)
    sections = stripped.sections if _may_drop(stripped.body) else ()
    if sections is not None:
        for kind, name, line in stripped.dropped:
            note_dropped(environment, kind, name, line)
        environment["dropped"] += _find_dropped_in_sections(sections)
    else:
        parse(body, environment)
    return tuple(sort_dropped(environment))


def _may_drop(body: str) -> bool:
    # The search for a character is ten times as fast as one for a pattern.
    return ("<" in body or "{" in body) and bool(_MAY_DROP.search(body))


def _find_dropped_in_sections(sections: Iterable[str]) -> Iterator[DroppedMarkup]:
    line = 0
    for section in sections:
        if _may_drop(section):
            yield from (replace(markup, line=markup.line + line) for markup in _find_dropped_in_section(section))
        line += section.count("\n")


# Most sections of a long text are the same as in its previous revision.
@lru_cache(maxsize=1024)
def _find_dropped_in_section(section: str) -> list[DroppedMarkup]:
    """Return the markup that is dropped from a section without shortcodes, with lines of the section."""
    environment = create_environment(MAX_WORK_OF_STORED)
    parse(section, environment)
    return sort_dropped(environment)
