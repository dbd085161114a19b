"""Pictures in Markdown: how one is written, and which ones a text shows."""

import re
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from pages.text.extensions.comments import hide_comments
from pages.text.extensions.template_code import strip_shortcodes
from pages.text.markup_work import TooMuchMarkup, Work, pause_collector
from pages.text.parsing import INLINE_NESTING, MAX_WORK_OF_STORED, create_extended_engine
from pages.text.sections import has_markup_across_sections, split_sections

# A picture that is a paragraph of its own, with nothing in it that the engine would change. The search for what the
# pattern begins with is ten times as fast as trying each position.
_ALONE = re.compile(r"!\[(?:(?<=\n\n!\[)|(?<=\A!\[))[^][\\`<>\n]*\]\((?!//)([\w./-]+)\)(?=\n\n|\n?\Z)", re.ASCII)
# What Markdown would interpret within a picture's description (CommonMark 0.31, sections 2.4 and 6.1 to 6.5).
_MARKUP = re.compile(r"[\\`*_\[\]<~^{]|&(?=[#\w]+;)")


def format_picture(reference: str, description: str) -> str:
    """Return the Markdown of a picture. The description is shown literally, on one line."""
    line = " ".join(description.split())
    return f"![{_MARKUP.sub(lambda match: chr(92) + match[0], line)}]({reference})"


@lru_cache(maxsize=64)
def find_picture_references(body: str) -> tuple[str, ...]:
    """Return the distinct references of the pictures in a body, in order, percent-encoded as in HTML."""
    if "![" not in body:
        return ()
    # Shortcodes can span sections; without them, most texts have sections that do not depend on each other.
    body, _ = strip_shortcodes(body)
    references = _find_alone(body)
    if references is None and (sections := split_sections(body)) is not None:
        references = _search_sections(sections)
    return tuple(dict.fromkeys(_search(body) if references is None else references))


def _find_alone(body: str) -> list[str] | None:
    """Return the references in a body without shortcodes if each picture is a paragraph of its own, else None.

    This is much faster than parsing the body, and true of most texts with pictures.
    """
    if "```" in body or "~~~" in body or has_markup_across_sections(body):
        return None
    references = _ALONE.findall(body)
    return references if len(references) == body.count("![") else None


def _search_sections(sections: list[str]) -> list[str] | None:
    """Return the references in all sections, or None if a `![` in one of them is not a picture.

    It may depend on another section, so the caller must search the body as a whole.
    """
    references: list[str] = []
    for section in sections:
        if "![" in section:
            in_section = _search_cached(section)
            if len(in_section) != section.count("!["):
                return None
            references += in_section
    return references


# Most sections of a long text are the same as in its previous revision.
@lru_cache(maxsize=8192)
def _search_cached(section: str) -> tuple[str, ...]:
    return _search(section)


@pause_collector()
def _search(body: str) -> tuple[str, ...]:
    try:
        tokens = _get_engine().parse(body, {"work": Work(MAX_WORK_OF_STORED), "dropped": []})
    except TooMuchMarkup:
        # `render` shows the source of such a text.
        return ()
    children = (child for token in tokens for child in token.children or ())
    return tuple(str(child.attrs["src"]) for child in children if child.type == "image")


@cache
def _get_engine() -> MarkdownIt:
    """Return an engine that parses inline only where a picture or a footnote reference is possible."""
    engine = create_extended_engine().disable("table")
    engine.core.ruler.at("inline", _parse_pictures)
    engine.core.ruler.after("block", "hide_comments", hide_comments)
    return engine


@cache
def _get_inline_engine() -> MarkdownIt:
    return create_extended_engine(INLINE_NESTING)


def _parse_pictures(state: StateCore) -> None:
    engine, work = _get_inline_engine(), state.env["work"]
    for token in state.tokens:
        work.begin_block(token)
        if token.type == "inline" and ("![" in token.content or "[^" in token.content):
            token.children = []
            engine.inline.parse(token.content, engine, state.env, token.children)
