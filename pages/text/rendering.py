"""Markdown to HTML: CommonMark 0.31 with the extensions that Hugo has, cleaned by nh3.

The extensions are tables, footnotes, strikethrough, heading ids, links from plain addresses, task lists, definition
lists, alerts, and raw HTML by an allow-list (see `pages.text.extensions`). Public pages, the preview and the publishing
rules all call `render`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from html import escape
from operator import attrgetter
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from pages.text.extensions.attribute_lists import apply_attribute_lists
from pages.text.extensions.autolinks import keep_underscores, link_addresses
from pages.text.extensions.comments import hide_comments
from pages.text.extensions.definition_lists import use_definition_lists
from pages.text.extensions.dropped_markup import DroppedKind, DroppedMarkup, note_dropped
from pages.text.extensions.raw_html.elements import convert_raw_html
from pages.text.extensions.raw_html.rules import html_block, html_inline
from pages.text.extensions.tasks_and_alerts import label_alerts, mark_tasks
from pages.text.extensions.template_code import drop_template_code, strip_shortcodes
from pages.text.heading_ids import HeadingIds, split_attributes
from pages.text.markup_work import TooMuchMarkup, Work, count_work, pause_collector
from pages.text.sections import split_at_headings, split_sections

# Part of every cache key of a rendered text. Raise it when the same text renders differently.
RENDERER_VERSION = 3
MAX_BODY_BYTES = 256 * 1024
# The most steps of work (see `pages.text.markup_work`) for a new text, and for a stored one: it may be older than the
# limit.
MAX_WORK, MAX_WORK_OF_STORED = 900_000, 10_000_000
_LIGHT_WORK = MAX_WORK // 4

# The limit for inline markup is lower because the engine searches nested brackets once for each level.
_BLOCK_NESTING, INLINE_NESTING = 20, 10
# The work for a text of at most so many characters and without tables is below MAX_WORK, whatever its markup.
_SHORT = 16 * 1024
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_CLEANER = nh3.Cleaner(
    tags=_HEADINGS
    | {"a", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "hr", "img", "li", "ol", "p"}
    | {"pre", "s", "section", "span", "strong", "sub", "summary", "sup", "u", "ul"}
    | {"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"},
    attributes={
        **{heading: {"id"} for heading in _HEADINGS},
        "a": {"href", "title", "id", "aria-label"},
        "code": {"class"},
        "details": {"open"},
        "div": {"tabindex"},
        "img": {"src", "alt", "title"},
        "li": {"id"},
        "ol": {"start"},
        **{cell: {"colspan", "rowspan"} for cell in ("td", "th")},
    },
    allowed_classes={
        "blockquote": {f"alert-{kind}" for kind in ("note", "tip", "important", "warning", "caution")},
        "a": {"heading-link", "footnote-backref"},
        "div": {"table-scroll"},
        "hr": {"footnotes-sep"},
        "section": {"footnotes"},
        "span": {"missing-picture"},
        "sup": {"footnote-ref"},
        **{cell: {"align-left", "align-center", "align-right"} for cell in ("td", "th")},
    },
    # Unlike a list of allowed classes, this leaves no empty attribute.
    tag_attribute_values={"li": {"class": {"task"}}},
    url_schemes={"http", "https", "mailto", "tel"},
    # No `rel` is needed: the Referrer-Policy header covers all links, and a policy endorses what it links to.
    link_rel=None,
)
# Scripts without spaces between words. As in Hugo, each of their characters counts as a word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# A rendered body lists at most so much of what was dropped from it.
MAX_DROPPED = 1_000
# Without any of these, nothing is dropped.
_MAY_DROP = re.compile(r"<(?!https?:|mailto:)[A-Za-z/!?]|\{[{%:.#A-Za-z]")
# Links to files of an imported site: without a scheme, to a Markdown file, or as Hugo's `ref` names a page.
_FILE = re.compile(r"(?![a-z][a-z0-9+.-]*:|//)[^?#]+\.(?:md|markdown)(?:[?#].*)?", re.IGNORECASE)
_FILE_OR_NAME = re.compile(rf"{_FILE.pattern}|(?![a-z][a-z0-9+.-]*:|//)(?:[^?#]*/)?[^?#./]+(?:#.*)?", re.IGNORECASE)
_REFERENCE = re.compile(r"\{\{[<%]\s*(?:rel)?ref\b")
_FILE_LINK = re.compile(rf"\.(?:md|markdown)\b|{_REFERENCE.pattern}", re.IGNORECASE)
# Returns the addresses of pictures by their references.
PictureFinder: TypeAlias = Callable[[Sequence[str]], Mapping[str, str]]


class BodyTooLong(ValueError):
    """The body is longer than a page may be. Both sizes are in bytes of UTF-8."""

    def __init__(self, size: int, limit: int = MAX_BODY_BYTES):
        self.size, self.limit = size, limit
        super().__init__(f"the text has {size} bytes; the most that a page may have is {limit}")


@dataclass(frozen=True)
class Heading:
    """An entry of the table of contents."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class RenderedBody:
    """A body as readers get it: clean HTML, table of contents and word count."""

    html: str
    contents: tuple[Heading, ...]
    word_count: int
    # The id of the heading that was removed because it repeats the page's title.
    title_id: str = ""
    # What readers do not get, in order; of a text with much of it, only the beginning.
    dropped: tuple[DroppedMarkup, ...] = ()


def create_engine(*, html: bool = False, nesting: int = _BLOCK_NESTING) -> MarkdownIt:
    """Return a CommonMark engine without extensions."""
    return MarkdownIt("commonmark", {"html": html, "maxNesting": nesting})


def check_markup(body: str) -> None:
    """Raise BodyTooLong or TooMuchMarkup if a new text may not have this body."""
    _check_size(body)
    is_light = (len(body) <= _SHORT and "|" not in body) or _has_light_sections(body)
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
    environment = _create_environment(MAX_WORK)
    try:
        _parse(section, environment)
    except TooMuchMarkup:
        return MAX_WORK
    return MAX_WORK - environment["work"].steps


# A text is checked when it is saved and again when it is published.
@lru_cache(maxsize=16)
@pause_collector()
def _find_last_line(body: str) -> int:
    """Return the line in which a body reaches the limit of new texts, or 0."""
    try:
        _parse(body, _create_environment(MAX_WORK))
    except TooMuchMarkup as error:
        return error.line
    return 0


def _parse(body: str, environment: EnvType) -> list[Token]:
    """Return the tokens of a body. Raises TooMuchMarkup."""
    body, dropped = strip_shortcodes(body)
    for kind, name, line in dropped:
        note_dropped(environment, kind, name, line)
    try:
        return _get_engine().parse(body, environment)
    except TooMuchMarkup as error:
        line = error.line
    # Another exception: the traceback of the first one would keep all tokens alive.
    raise TooMuchMarkup(line)


@pause_collector()
def render(
    body: str,
    *,
    picture_urls: Mapping[str, str] | None = None,
    link_urls: Mapping[str, str] | None = None,
    base_url: str = "",
    id_prefix: str = "",
    language: str = "",
) -> RenderedBody:
    """Render a Markdown body.

    A picture without an address in `picture_urls` is replaced with its description. Links in `link_urls` get the
    addresses there; other relative links are resolved against `base_url`. `id_prefix` keeps ids unique where a page
    shows several bodies. `language` is that of the text; the labels of alerts are in it, in English without one. A text
    that takes far more work than `check_markup` permits was stored before there was a limit: its source is shown.
    Raises BodyTooLong.
    """
    _check_size(body)
    environment = _create_environment(MAX_WORK_OF_STORED, base_url, id_prefix, language)
    try:
        tokens = _parse(body, environment)
    except TooMuchMarkup:
        return RenderedBody(f"<pre><code>{escape(body, quote=False)}</code></pre>\n", (), len(body.split()))
    return _finish(tokens, {**environment, "link_urls": link_urls or {}}, picture_urls or {})


@pause_collector()
def render_new(body: str, *, find_picture_urls: PictureFinder, base_url: str = "", language: str = "") -> RenderedBody:
    """Render a body that nobody has saved yet. The finder gets the references of its pictures, with repetitions.

    Raises BodyTooLong, TooMuchMarkup.
    """
    _check_size(body)
    environment = _create_environment(MAX_WORK, base_url, language=language)
    tokens = _parse(body, environment)
    children = (child for token in tokens for child in token.children or ())
    references = [str(child.attrs["src"]) for child in children if child.type == "image"]
    return _finish(tokens, environment, find_picture_urls(references))


def _finish(tokens: Sequence[Token], environment: EnvType, picture_urls: Mapping[str, str]) -> RenderedBody:
    environment["picture_urls"] = picture_urls
    _adapt_tokens(tokens, environment)
    engine = _get_engine()
    html = engine.renderer.render(tokens, engine.options, environment)
    dropped = tuple(_sort_dropped(environment)[:MAX_DROPPED])
    return RenderedBody(_CLEANER.clean(html), tuple(environment["contents"]), _count_words(tokens), dropped=dropped)


def _check_size(body: str) -> None:
    if (size := len(body.encode("utf-8", errors="replace"))) > MAX_BODY_BYTES:
        raise BodyTooLong(size)


def _create_environment(max_work: int, base_url: str = "", id_prefix: str = "", language: str = "") -> EnvType:
    options = {"base_url": base_url, "id_prefix": id_prefix, "language": language}
    return {**options, "work": Work(max_work), "ids": HeadingIds(), "contents": [], "dropped": [], "link_urls": {}}


@lru_cache(maxsize=16)
@pause_collector()
def find_dropped(body: str) -> tuple[DroppedMarkup, ...]:
    """Return the markup of a body that readers do not get, in order. Raises TooMuchMarkup."""
    if not _may_drop(body):
        return ()
    environment = _create_environment(MAX_WORK_OF_STORED)
    stripped, dropped = strip_shortcodes(body)
    if (sections := split_sections(stripped)) is not None:
        for kind, name, line in dropped:
            note_dropped(environment, kind, name, line)
        environment["dropped"] += _find_dropped_in_sections(sections)
    else:
        _parse(body, environment)
    return tuple(_sort_dropped(environment))


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
    environment = _create_environment(MAX_WORK_OF_STORED)
    _get_engine().parse(section, environment)
    return _sort_dropped(environment)


def _sort_dropped(environment: EnvType) -> list[DroppedMarkup]:
    return sorted(environment["dropped"], key=attrgetter("line"))


@lru_cache(maxsize=64)
@pause_collector()
def find_file_links(body: str) -> tuple[str, ...]:
    """Return the addresses of links that can mean other files of an imported site, as `link_urls` of `render` has them.

    These are links to Markdown files, and what `ref` and `relref` name.
    """
    if not _FILE_LINK.search(body):
        return ()
    try:
        tokens = _parse(body, _create_environment(MAX_WORK_OF_STORED))
    except TooMuchMarkup:
        # `render` shows the source of such a text.
        return ()
    links = (child for token in tokens for child in token.children or () if child.type == "link_open")
    hrefs = dict.fromkeys(str(link.attrs["href"]) for link in links)
    pattern = _FILE_OR_NAME if _REFERENCE.search(body) else _FILE
    return tuple(href for href in hrefs if pattern.fullmatch(href))


def render_html(body: str) -> str:
    """Return only the HTML, for markdownx. Raises BodyTooLong."""
    return render(body).html


def remove_title_heading(rendered: RenderedBody, title: str) -> RenderedBody:
    """Return a rendered body without its first heading if that repeats the title. Its id moves to `title_id`."""
    first = next(iter(rendered.contents), None)
    if first is None or first.level != 1 or first.text.split() != title.split():
        return rendered
    before, opening, rest = rendered.html.partition(f'<h1 id="{first.id}">')
    _, closing, after = rest.partition("</h1>")
    if not (opening and closing):
        return rendered
    return replace(rendered, html=before + after.lstrip("\n"), contents=rendered.contents[1:], title_id=first.id)


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
    return count_work(engine)


@cache
def _get_engine() -> MarkdownIt:
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
    engine.add_render_rule("task_box", lambda _self, tokens, index, *_: escape(tokens[index].content))
    engine.add_render_rule("list_item_open", RendererHTML.renderToken)
    engine.add_render_rule("footnote_anchor_name", _write_footnote_name)
    engine.add_render_rule("footnote_anchor", _write_footnote_backlink)
    # Focusable, so that a wide table can be scrolled with the keyboard.
    engine.add_render_rule("table_open", lambda *_: '<div class="table-scroll" tabindex="0"><table>\n')
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
        opening.attrs["id"] = prefix + (explicit_id or ids.generate(inline.content))


def _adapt_tokens(tokens: Sequence[Token], environment: EnvType) -> None:
    """Collect the table of contents, and adapt headings, links, pictures and table cells to public pages."""
    for position, token in enumerate(tokens):
        if token.type in {"th_open", "td_open"} and (style := str(token.attrs.pop("style", ""))):
            # The content security policy blocks inline styles.
            token.attrs["class"] = f"align-{style.rpartition(':')[2]}"
        elif token.type == "inline":
            token.children = list(_adapt_inline(token.children or [], environment))
            if position and (opening := tokens[position - 1]).type == "heading_open":
                _finish_heading(opening, token, environment)


def _adapt_inline(tokens: Iterable[Token], environment: EnvType) -> Iterable[Token]:
    for token in tokens:
        if token.type == "link_open":
            token.attrs["href"] = _resolve(str(token.attrs["href"]), environment)
        if token.type != "image":
            yield token
        elif url := environment["picture_urls"].get(token.attrs["src"]):
            token.attrs["src"] = url
            yield token
        else:
            yield Token("missing_picture_open", "span", 1, attrs={"class": "missing-picture"})
            yield Token("text", "", 0, content=_extract_text(token.children or ()))
            yield Token("missing_picture_close", "span", -1)


def _resolve(href: str, environment: EnvType) -> str:
    """Resolve a link against the page's own address, because a text is shown at several addresses."""
    if href.startswith("#"):
        return f"#{environment['id_prefix']}{href[1:]}"
    if url := environment["link_urls"].get(href):
        return url
    try:
        is_absolute = bool(urlsplit(href).scheme)
        return href if is_absolute or not environment["base_url"] else urljoin(environment["base_url"], href)
    except ValueError:
        # The address is invalid, for example it has an unclosed bracket. It is shown as the author wrote it.
        return href


def _finish_heading(opening: Token, inline: Token, environment: EnvType) -> None:
    """Add a heading to the table of contents, and a link to itself."""
    identifier, children = str(opening.attrs["id"]), inline.children or []
    environment["contents"].append(Heading(int(opening.tag[1:]), identifier, _extract_text(children).strip()))
    link = Token("heading_link_open", "a", 1, attrs={"class": "heading-link", "href": f"#{identifier}"})
    end = Token("heading_link_close", "a", -1)
    start = _count_leading_anchors(children)
    anchors, children = children[:start], children[start:]
    if any(token.type in {"link_open", "anchor_open", "footnote_ref"} for token in children) or not children:
        # Links cannot be nested. The heading's own link follows the text, and needs an accessible name.
        link.attrs["aria-label"] = f"#{identifier}"
        inline.children = [*anchors, *children, link, Token("text", "", 0, content="#"), end]
    else:
        inline.children = [*anchors, link, *children, end]


def _count_leading_anchors(children: Sequence[Token]) -> int:
    """Return the number of tokens of the empty anchors, such as `<a name="x"></a>`, that a heading begins with."""
    count = 0
    while [token.type for token in children[count : count + 2]] == ["anchor_open", "link_close"]:
        count += 2
    return count


def _extract_text(tokens: Iterable[Token]) -> str:
    """Return the text of inline tokens without markup."""
    parts = []
    for token in tokens:
        if token.type in {"text", "code_inline", "text_special"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif token.type == "image":
            parts.append(_extract_text(token.children or ()))
    return "".join(parts)


def _count_words(tokens: Iterable[Token]) -> int:
    """Return the number of words that a reader sees, without the descriptions of pictures."""
    count = 0
    for token in tokens:
        if token.type == "inline":
            text = _extract_text(_skip_pictures(token.children or ()))
        else:
            text = token.content if token.type in {"fence", "code_block"} else ""
        spaced, unspaced = _UNSPACED.subn(" ", text)
        count += len(spaced.split()) + unspaced
    return count


def _skip_pictures(tokens: Iterable[Token]) -> Iterable[Token]:
    is_inside = False
    for token in tokens:
        if token.type.startswith("missing_picture"):
            is_inside = token.nesting == 1
        elif not is_inside and token.type != "image":
            yield token


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
