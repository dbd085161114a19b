"""Markdown to tokens: CommonMark 0.31 with the extensions that Hugo has.

The extensions are tables, footnotes, strikethrough, heading ids, links from plain addresses, task lists, definition
lists, alerts, and raw HTML by an allow-list (see `pages.text.extensions`). Rendering and the checks of a text share
these tokens.
"""

from collections.abc import Sequence
from functools import cache
from html import escape
from operator import attrgetter

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from pages.text.extensions.attribute_lists import apply_attribute_lists
from pages.text.extensions.autolinks import keep_underscores, link_addresses
from pages.text.extensions.characters import compose_letters, remove_forbidden
from pages.text.extensions.comments import hide_comments
from pages.text.extensions.definition_lists import use_definition_lists
from pages.text.extensions.dropped_markup import DroppedKind, DroppedMarkup, note_dropped
from pages.text.extensions.emphasis import relax_flanking
from pages.text.extensions.raw_html.elements import convert_raw_html
from pages.text.extensions.raw_html.hidden import strip_hidden
from pages.text.extensions.raw_html.rules import html_block, html_inline
from pages.text.extensions.tasks_and_alerts import label_alerts, mark_tasks
from pages.text.extensions.template_code import drop_template_code, strip_shortcodes
from pages.text.heading_ids import HeadingIds, split_attributes
from pages.text.markup_work import TooMuchMarkup, Work, count_work

MAX_BODY_BYTES = 256 * 1024
# The most steps of work (see `pages.text.markup_work`) for a new text, and for a stored one: it may be older than the
# limit.
MAX_WORK, MAX_WORK_OF_STORED = 900_000, 10_000_000

# The limit for inline markup is lower because the engine searches nested brackets once for each level.
_BLOCK_NESTING, INLINE_NESTING = 20, 10


class BodyTooLong(ValueError):
    """The body is longer than a page may be. Both sizes are in bytes of UTF-8."""

    def __init__(self, size: int, limit: int = MAX_BODY_BYTES):
        self.size, self.limit = size, limit
        super().__init__(f"the text has {size} bytes; the most that a page may have is {limit}")


def check_size(body: str) -> None:
    if (size := len(body.encode("utf-8", errors="replace"))) > MAX_BODY_BYTES:
        raise BodyTooLong(size)


def create_engine(*, html: bool = False, nesting: int = _BLOCK_NESTING) -> MarkdownIt:
    """Return a CommonMark engine without extensions."""
    return MarkdownIt("commonmark", {"html": html, "maxNesting": nesting})


def create_environment(max_work: int, base_url: str = "", id_prefix: str = "", language: str = "") -> EnvType:
    options = {"base_url": base_url, "id_prefix": id_prefix, "language": language}
    return {
        **options,
        "work": Work(max_work),
        "ids": HeadingIds(),
        "contents": [],
        "dropped": [],
        "link_urls": {},
        "anchors": {},
    }


def parse(body: str, environment: EnvType) -> list[Token]:
    """Return the tokens of a body. Raises TooMuchMarkup."""
    body, dropped = strip_shortcodes(remove_forbidden(body))
    for kind, name, line in dropped:
        note_dropped(environment, kind, name, line)
    try:
        return get_engine().parse(body, environment)
    except TooMuchMarkup as error:
        line = error.line
    # Another exception: the traceback of the first one would keep all tokens alive.
    raise TooMuchMarkup(line)


def create_extended_engine(nesting: int = _BLOCK_NESTING) -> MarkdownIt:
    """Return an engine with the extensions of blocks and of their text, which counts its work."""
    engine = create_engine(html=True, nesting=nesting).enable(["table", "strikethrough"])
    engine.use(footnote_plugin, inline=False)
    engine.options["tasklists"] = engine.options["alerts"] = True
    engine.block.ruler.at("html_block", html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    engine.inline.ruler.at("html_inline", html_inline)
    use_definition_lists(engine)
    engine.inline.ruler.push("template_code", drop_template_code)
    engine.inline.ruler.before("emphasis", "keep_underscores", keep_underscores)
    return relax_flanking(count_work(engine))


@cache
def get_engine() -> MarkdownIt:
    engine = create_extended_engine()
    core = engine.core.ruler
    core.at("inline", _parse_inline)
    core.after("block", "hide_comments", hide_comments)
    core.after("hide_comments", "label_alerts", label_alerts)
    core.after("label_alerts", "attribute_lists", apply_attribute_lists)
    core.after("attribute_lists", "heading_ids", _assign_heading_ids)
    core.after("inline", "raw_html", convert_raw_html)
    core.after("text_join", "link_addresses", link_addresses)
    core.after("link_addresses", "mark_tasks", mark_tasks)
    core.after("mark_tasks", "empty_paragraphs", _remove_empty_paragraphs)
    core.after("empty_paragraphs", "compose_letters", compose_letters)
    engine.add_render_rule("task_box", lambda _self, tokens, index, *_: escape(tokens[index].content))
    engine.add_render_rule("list_item_open", RendererHTML.renderToken)
    engine.add_render_rule("footnote_caption", lambda _self, tokens, index, *_: f"[{tokens[index].meta['id'] + 1}]")
    engine.add_render_rule("footnote_anchor_name", _write_footnote_name)
    engine.add_render_rule("footnote_anchor", _write_footnote_backlink)
    engine.add_render_rule("table_open", _open_table)
    engine.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return engine


@cache
def _get_inline_engine() -> MarkdownIt:
    return create_extended_engine(INLINE_NESTING)


def _parse_inline(state: StateCore) -> None:
    """Parse the text of each block as the engine's own rule does, but with the lower nesting limit."""
    engine, work = _get_inline_engine(), state.env["work"]
    for token in state.tokens:
        work.begin_block(token)
        if token.type == "inline":
            token.children = []
            engine.inline.parse(token.content, engine, state.env, token.children)


def _remove_empty_paragraphs(state: StateCore) -> None:
    """Remove the paragraphs in which everything was dropped."""
    if not state.env["dropped"]:
        return
    tokens, kept, position = state.tokens, list[Token](), 0
    while position < len(tokens):
        if tokens[position].type == "paragraph_open" and _is_blank(tokens[position + 1]):
            position += 3
            continue
        kept.append(tokens[position])
        position += 1
    state.tokens = kept


def _is_blank(inline: Token) -> bool:
    return all(
        token.type in {"text", "softbreak", "hardbreak"} and not token.content.strip()
        for token in inline.children or ()
    )


def _assign_heading_ids(state: StateCore) -> None:
    """Set the ids of all headings before their text is parsed, explicit ids first, so that no derived id takes one."""
    prefix, ids = state.env["id_prefix"], state.env["ids"]
    headings = [
        (token, state.tokens[position + 1])
        for position, token in enumerate(state.tokens)
        if token.type == "heading_open"
    ]
    explicit_ids = []
    for opening, inline in headings:
        inline.content, attributes, wanted = split_attributes(inline.content)
        wanted = opening.meta.get("id", wanted)
        explicit_ids.append(wanted and ids.claim(wanted))
        if attributes and attributes != f"#{wanted}":
            note_dropped(state.env, DroppedKind.ATTRIBUTES, attributes, opening.map[0] if opening.map else 0)
    for (opening, inline), explicit_id in zip(headings, explicit_ids, strict=True):
        opening.attrs["id"] = prefix + (explicit_id or ids.generate(strip_hidden(inline.content)))


def _open_table(
    _renderer: RendererProtocol, tokens: Sequence[Token], index: int, _options: OptionsDict, _environment: EnvType
) -> str:
    # Focusable, so that a wide table can be scrolled with the keyboard. What is focusable needs a name; groups, unlike
    # regions, may have the same name.
    name = tokens[index].meta.get("name", "")
    group = f' role="group" aria-label="{escape(name)}"' if name else ""
    return f'<div class="table-scroll" tabindex="0"{group}><table>\n'


def _write_footnote_name(
    _renderer: RendererProtocol, tokens: Sequence[Token], index: int, _options: OptionsDict, environment: EnvType
) -> str:
    # A colon as in Hugo. Derived heading ids never contain one, so the two kinds cannot collide.
    return f":{environment['id_prefix']}{tokens[index].meta['id'] + 1}"


def _write_footnote_backlink(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, environment: EnvType
) -> str:
    name = _write_footnote_name(renderer, tokens, index, options, environment)
    if repetition := tokens[index].meta.get("subId", 0):
        name += f":{repetition}"
    number = tokens[index].meta["id"] + 1
    # U+FE0E selects the text variant of the arrow, which some browsers would show as an emoji.
    return f' <a href="#fnref{name}" class="footnote-backref" aria-label="↩ {number}">↩\ufe0e</a>'


def sort_dropped(environment: EnvType) -> list[DroppedMarkup]:
    return sorted(environment["dropped"], key=attrgetter("line"))
