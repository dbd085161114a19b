"""Markup that readers do not get: comments, tags that are not allowed, template code, attribute lists."""

from dataclasses import dataclass
from enum import StrEnum

from markdown_it.rules_inline import StateInline
from markdown_it.utils import EnvType

from pages.text.markup_work import Work


class DroppedKind(StrEnum):
    COMMENT = "comment"
    UNCLOSED_COMMENT = "unclosed comment"
    SHORTCODE = "shortcode"
    TEMPLATE_CODE = "template code"
    TAG = "tag"
    HIDDEN = "hidden"
    ATTRIBUTES = "attributes"


@dataclass(frozen=True)
class DroppedMarkup:
    """A piece of markup that is not shown. `name` is that of the tag or shortcode, or the attributes or code itself.

    `line` is that of the body, from 1. In a paragraph of several lines that contains much markup it is the first one.
    """

    kind: DroppedKind
    name: str
    line: int


def note_dropped(environment: EnvType, kind: DroppedKind, name: str, line: int) -> None:
    """Add a piece of markup to the list of an engine's environment. The line counts from 0."""
    environment["dropped"].append(DroppedMarkup(kind, name, line + 1))


def find_line(state: StateInline) -> int:
    """Return the line of the body, from 0, at the position of an inline state."""
    work: Work = state.env["work"]
    source, position, line = state.env.get("line", ("", 0, 0))
    if source is not state.src or position > state.pos:
        position, line = 0, work.line
        work.spend(state.pos // 1000, work.line)
    # From the last position on: counting from the start would take quadratic time.
    line += state.src.count("\n", position, state.pos)
    state.env["line"] = (state.src, state.pos, line)
    return line
