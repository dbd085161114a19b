"""The limit of markup for a new text. A text that takes too long to render is refused, with the line."""

from functools import lru_cache

from pages.text.markup_work import TooMuchMarkup, bound_work, pause_collector
from pages.text.parsing import MAX_WORK, check_size, create_environment, parse
from pages.text.sections import split_at_headings

_LIGHT_WORK = MAX_WORK // 4
# The work for a text of at most so many characters and without tables is below MAX_WORK, whatever its markup.
_SHORT = 16 * 1024


def check_markup(body: str) -> None:
    """Raise BodyTooLong or TooMuchMarkup if a new text may not have this body."""
    check_size(body)
    is_short = len(body) <= _SHORT and "|" not in body
    is_light = is_short or bound_work(body) <= MAX_WORK or _has_light_sections(body)
    if not is_light and (line := _find_last_line(body)):
        raise TooMuchMarkup(line)


def _has_light_sections(body: str) -> bool:
    """Tell whether the sections of a body take so little work one by one that the body stays below the limit.

    They can depend on each other, by footnotes or link definitions, and then take more. The limit leaves room for that.
    """
    return sum(map(_count_work, split_at_headings(body))) <= _LIGHT_WORK


# Most sections of a long text are the same as in its previous revision.
@lru_cache(maxsize=8192)
@pause_collector()
def _count_work(section: str) -> float:
    """Return the steps that a section takes, at most those of the limit."""
    environment = create_environment(MAX_WORK)
    try:
        parse(section, environment)
    except TooMuchMarkup:
        return MAX_WORK
    return MAX_WORK - environment["work"].steps


# A text is checked when it is saved and again when it is published.
@lru_cache(maxsize=16)
@pause_collector()
def _find_last_line(body: str) -> int:
    """Return the line in which a body reaches the limit of new texts, or 0."""
    try:
        parse(body, create_environment(MAX_WORK))
    except TooMuchMarkup as error:
        return error.line
    return 0
