"""Markdown to HTML: CommonMark 0.31 with tables, footnotes, strikethrough and heading ids, then cleaned by nh3.

Readers' pages, the admin's preview and the rules of publishing all call `render`. Raw HTML stays visible as text.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from pages.text.heading_ids import HeadingIds, split_explicit_id

# Part of every key under which rendered text is remembered: raise it when the same text renders differently.
RENDERER_VERSION = 2
MAX_BODY_BYTES = 256 * 1024

# How deep blocks lie in blocks. Brackets in brackets are each searched once a level, so theirs is held lower.
_BLOCK_NESTING = 20
_INLINE_NESTING = 10
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_CLEANER = nh3.Cleaner(
    tags=_HEADINGS
    | {"a", "blockquote", "br", "code", "del", "div", "em", "hr", "img", "li", "ol", "p", "pre", "s", "section", "span"}
    | {"strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"},
    attributes={
        **{heading: {"id"} for heading in _HEADINGS},
        "a": {"href", "title", "id", "aria-label"},
        "code": {"class"},
        "div": {"tabindex"},
        "img": {"src", "alt", "title"},
        "li": {"id"},
        "ol": {"start"},
    },
    allowed_classes={
        "a": {"heading-link", "footnote-backref"},
        "div": {"table-scroll"},
        "hr": {"footnotes-sep"},
        "section": {"footnotes"},
        "span": {"missing-picture"},
        "sup": {"footnote-ref"},
        **{cell: {"align-left", "align-center", "align-right"} for cell in ("td", "th")},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    # The site sends no referrer to anybody, and what a policy links to, it vouches for.
    link_rel=None,
)
# Scripts without spaces between words, in which each character is counted as a word (as Hugo counts them).
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


class BodyTooLong(ValueError):
    """The body is longer than a page may be; sizes in bytes of UTF-8."""

    def __init__(self, size: int, limit: int = MAX_BODY_BYTES):
        self.size, self.limit = size, limit
        super().__init__(f"the text has {size} bytes; the most that a page may have is {limit}")


@dataclass(frozen=True)
class Heading:
    """An entry of the contents list."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class RenderedBody:
    """A body as readers get it: clean HTML, its contents list and its number of words."""

    html: str
    contents: tuple[Heading, ...]
    word_count: int
    # The id of the heading that was taken out because it is the title, which stands above the body.
    title_id: str = ""


def create_engine(*, html: bool = False, nesting: int = _BLOCK_NESTING) -> MarkdownIt:
    """Return the bare CommonMark engine that everything else is built on."""
    return MarkdownIt("commonmark", {"html": html, "maxNesting": nesting})


def render(
    body: str, *, picture_urls: Mapping[str, str] | None = None, base_url: str = "", id_prefix: str = ""
) -> RenderedBody:
    """Render a Markdown body.

    A picture is shown only if `picture_urls` has an address for its reference; relative links are resolved against
    `base_url`; `id_prefix` keeps ids apart where several bodies share a page. Raises BodyTooLong.
    """
    if (size := len(body.encode("utf-8", errors="replace"))) > MAX_BODY_BYTES:
        raise BodyTooLong(size)
    environment = {"picture_urls": picture_urls or {}, "base_url": base_url, "id_prefix": id_prefix, "contents": []}
    tokens = _parser().parse(body, environment)
    html = _parser().renderer.render(tokens, _parser().options, environment)
    return RenderedBody(_CLEANER.clean(html), tuple(environment["contents"]), _count_words(tokens))


def render_html(body: str) -> str:
    """Return the HTML alone, for callers that expect a string. Raises BodyTooLong."""
    return render(body).html


def remove_title_heading(rendered: RenderedBody, title: str) -> RenderedBody:
    """Return a rendered body without its first heading if that is the title; its id is in `title_id` then."""
    first = next(iter(rendered.contents), None)
    if first is None or first.level != 1 or first.text.split() != title.split():
        return rendered
    before, opening, rest = rendered.html.partition(f'<h1 id="{first.id}">')
    _, closing, after = rest.partition("</h1>")
    if not (opening and closing):
        return rendered
    return replace(rendered, html=before + after.lstrip("\n"), contents=rendered.contents[1:], title_id=first.id)


def _extended(nesting: int) -> MarkdownIt:
    return create_engine(nesting=nesting).enable(["table", "strikethrough"]).use(footnote_plugin, inline=False)


@cache
def _parser() -> MarkdownIt:
    parser = _extended(_BLOCK_NESTING)
    parser.core.ruler.at("inline", _parse_inline)
    parser.core.ruler.after("block", "explicit_heading_ids", _take_heading_ids)
    parser.core.ruler.push("readers_html", _adapt_to_readers)
    parser.renderer.rules["footnote_anchor_name"] = _footnote_name
    parser.renderer.rules["footnote_anchor"] = _footnote_way_back
    parser.renderer.rules["table_open"] = lambda *_: '<div class="table-scroll" tabindex="0"><table>\n'
    parser.renderer.rules["table_close"] = lambda *_: "</table></div>\n"
    return parser


@cache
def _inline_engine() -> MarkdownIt:
    return _extended(_INLINE_NESTING)


def _parse_inline(state: StateCore) -> None:
    """Parse what stands in the blocks, as the engine's own rule does, with its own limit of nesting."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = []
            _inline_engine().inline.parse(token.content, _inline_engine(), state.env, token.children)


def _take_heading_ids(state: StateCore) -> None:
    """Give every heading its id, before its text is parsed: explicit ones first, so that they always win."""
    prefix, ids = state.env["id_prefix"], HeadingIds()
    headings = [
        (token, state.tokens[position + 1])
        for position, token in enumerate(state.tokens)
        if token.type == "heading_open"
    ]
    explicit = []
    for _, inline in headings:
        inline.content, wanted = split_explicit_id(inline.content)
        explicit.append(wanted and ids.claim(wanted))
    for (opening, inline), given in zip(headings, explicit, strict=True):
        opening.attrs["id"] = prefix + (given or ids.generate(inline.content))


def _adapt_to_readers(state: StateCore) -> None:
    """Collect the contents list, link headings to themselves, and make links, pictures and cells what readers get."""
    for position, token in enumerate(state.tokens):
        if token.type in {"th_open", "td_open"} and (style := str(token.attrs.pop("style", ""))):
            # A strict content security policy blocks inline styles.
            token.attrs["class"] = f"align-{style.rpartition(':')[2]}"
        elif token.type == "inline":
            token.children = list(_adapted(token.children or [], state.env))
            if position and (opening := state.tokens[position - 1]).type == "heading_open":
                _finish_heading(opening, token, state.env)


def _adapted(tokens: Iterable[Token], environment: dict) -> Iterable[Token]:
    for token in tokens:
        if token.type == "link_open":
            token.attrs["href"] = _resolved(str(token.attrs["href"]), environment)
        if token.type != "image":
            yield token
        elif url := environment["picture_urls"].get(token.attrs["src"]):
            token.attrs["src"] = url
            yield token
        else:
            yield Token("missing_picture_open", "span", 1, attrs={"class": "missing-picture"})
            yield Token("text", "", 0, content=_plain(token.children or ()))
            yield Token("missing_picture_close", "span", -1)


def _resolved(href: str, environment: dict) -> str:
    """Return where a link leads from the page's own address, whichever address the text is shown at."""
    if href.startswith("#"):
        return f"#{environment['id_prefix']}{href[1:]}"
    try:
        is_whole = bool(urlsplit(href).scheme)
        return href if is_whole or not environment["base_url"] else urljoin(environment["base_url"], href)
    except ValueError:
        # An address with an unclosed bracket, for example: it leads nowhere, and it is the author's.
        return href


def _finish_heading(opening: Token, inline: Token, environment: dict) -> None:
    identifier, children = str(opening.attrs["id"]), inline.children or []
    environment["contents"].append(Heading(int(opening.tag[1:]), identifier, _plain(children).strip()))
    link = Token("heading_link_open", "a", 1, attrs={"class": "heading-link", "href": f"#{identifier}"})
    end = Token("heading_link_close", "a", -1)
    if any(token.type in {"link_open", "footnote_ref"} for token in children) or not children:
        # Links cannot be nested: the heading's own stands after its text, and needs a name.
        link.attrs["aria-label"] = f"#{identifier}"
        inline.children = [*children, link, Token("text", "", 0, content="#"), end]
    else:
        inline.children = [link, *children, end]


def _plain(tokens: Iterable[Token]) -> str:
    """Return what is left of inline tokens without markup."""
    parts = []
    for token in tokens:
        if token.type in {"text", "code_inline", "text_special"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif token.type == "image":
            parts.append(_plain(token.children or ()))
    return "".join(parts)


def _count_words(tokens: Iterable[Token]) -> int:
    """Return the number of words that a reader sees, picture descriptions left out."""
    count = 0
    for token in tokens:
        if token.type == "inline":
            text = _plain(_without_pictures(token.children or ()))
        else:
            text = token.content if token.type in {"fence", "code_block"} else ""
        spaced, unspaced = _UNSPACED.subn(" ", text)
        count += len(spaced.split()) + unspaced
    return count


def _without_pictures(tokens: Iterable[Token]) -> Iterable[Token]:
    is_inside = False
    for token in tokens:
        if token.type.startswith("missing_picture"):
            is_inside = token.nesting == 1
        elif not is_inside and token.type != "image":
            yield token


def _footnote_name(tokens, position, _options, environment) -> str:
    # A colon, as Hugo writes them: no heading's own id can have one.
    return f":{environment['id_prefix']}{tokens[position].meta['id'] + 1}"


def _footnote_way_back(tokens, position, _options, environment) -> str:
    name = _footnote_name(tokens, position, _options, environment)
    if sub_number := tokens[position].meta.get("subId", 0):
        name += f":{sub_number}"
    number = tokens[position].meta["id"] + 1
    # The name says which footnote it leads back from; the text variant keeps the arrow from turning into an emoji.
    return f' <a href="#fnref{name}" class="footnote-backref" aria-label="↩ {number}">↩\ufe0e</a>'
