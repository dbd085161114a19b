"""The markup of a body that readers do not get."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pages.text.extensions.dropped_markup import DroppedKind, DroppedMarkup, note_dropped
from pages.text.markup_work import pause_collector
from pages.text.messages import Message, plural_message
from pages.text.parsing import MAX_WORK_OF_STORED, create_environment, parse, sort_dropped
from pages.text.sections import split_stripped

# Without any of these, nothing is dropped.
_MAY_DROP = re.compile(r"<(?!https?:|mailto:)[A-Za-z/!?]|\{[{%:.#/A-Za-z]")


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


def describe_dropped(kind: DroppedKind, names: str, count: int = 1) -> Message:
    """Say what readers do not get of a kind of markup. `names` are those of the markup, or where comments are."""
    values: dict[str, Any] = {"count": count, "names": names}
    messages = {
        DroppedKind.COMMENT: plural_message(
            "%(count)d comment is hidden from readers, except in the file that they can download: %(names)s",
            "%(count)d comments are hidden from readers, except in the file that they can download: %(names)s",
            **values,
        ),
        DroppedKind.UNCLOSED_COMMENT: plural_message(
            "%(count)d comment has no end (-->), and the text after it is hidden: %(names)s",
            "%(count)d comments have no end (-->), and the text after them is hidden: %(names)s",
            **values,
        ),
        DroppedKind.SHORTCODE: plural_message(
            "%(count)d Hugo shortcode is left out: %(names)s",
            "%(count)d Hugo shortcodes are left out: %(names)s",
            **values,
        ),
        DroppedKind.TEMPLATE_CODE: plural_message(
            "%(count)d piece of template code is left out: %(names)s",
            "%(count)d pieces of template code are left out: %(names)s",
            **values,
        ),
        DroppedKind.TAG: plural_message(
            "%(count)d HTML tag is left out, but not its text: %(names)s",
            "%(count)d HTML tags are left out, but not their text: %(names)s",
            **values,
        ),
        DroppedKind.HIDDEN: plural_message(
            "%(count)d HTML element that browsers do not show is left out with its text: %(names)s",
            "%(count)d HTML elements that browsers do not show are left out with their text: %(names)s",
            **values,
        ),
        DroppedKind.ATTRIBUTES: plural_message(
            "%(count)d attribute list has no effect, apart from an id: %(names)s",
            "%(count)d attribute lists have no effect, apart from ids: %(names)s",
            **values,
        ),
    }
    return messages[kind]


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
