"""Pictures in Markdown: how one is written, and which ones a text shows."""

import re
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.footnote import footnote_plugin

from pages.text.rendering import create_engine
from pages.text.sections import split_sections

# What would be read as Markdown within the description of a picture (CommonMark 0.31, sections 2.4, 6.1 to 6.5).
_MARKS = re.compile(r"[\\`*_\[\]<~^]|&(?=[#\w]+;)")


def format_picture(reference: str, description: str) -> str:
    """Return the Markdown that shows a picture; the description is taken as it is, on one line."""
    line = " ".join(description.split())
    return f"![{_MARKS.sub(lambda mark: chr(92) + mark[0], line)}]({reference})"


@lru_cache(maxsize=64)
def find_picture_references(body: str) -> tuple[str, ...]:
    """Return the references of the pictures in a body, each once, in their order, percent-encoded as in HTML."""
    if "![" not in body:
        return ()
    parts = split_sections(body)
    found = None if parts is None else _found_in_parts(parts)
    return tuple(dict.fromkeys(_found(body) if found is None else found))


def _found_in_parts(parts: list[str]) -> list[str] | None:
    """Return what the parts of a text show; None where one is written in another way than it seems."""
    found: list[str] = []
    for part in parts:
        if "![" in part:
            shown = _remembered(part)
            if len(shown) != part.count("!["):
                return None
            found += shown
    return found


@lru_cache(maxsize=8192)
def _remembered(part: str) -> tuple[str, ...]:
    return _found(part)


def _found(body: str) -> tuple[str, ...]:
    children = (child for token in _engine().parse(body) for child in token.children or ())
    return tuple(str(child.attrs["src"]) for child in children if child.type == "image")


@cache
def _engine() -> MarkdownIt:
    """Return an engine that looks into those blocks alone that can have a picture or a footnote's number."""
    parser = create_engine().use(footnote_plugin, inline=False)
    parser.core.ruler.at("inline", _parse_pictures)
    return parser


def _parse_pictures(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and ("![" in token.content or "[^" in token.content):
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)
