"""Markdown to HTML, cleaned by nh3. Public pages, the preview and the publishing rules all call `render`."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it.token import Token
from markdown_it.utils import EnvType

from pages.text.extensions.dropped_markup import DroppedMarkup
from pages.text.markup_work import TooMuchMarkup, pause_collector
from pages.text.parsing import (
    MAX_WORK,
    MAX_WORK_OF_STORED,
    check_size,
    create_environment,
    get_engine,
    parse,
    sort_dropped,
)

# Part of every cache key of a rendered text. Raise it when the same text renders differently.
RENDERER_VERSION = 7
# Schemes of addresses that links may have: none of them can run a script in a browser. Links with others are text.
_SCHEME_NAMES = (
    "http https ftp ftps sftp gemini gopher dat ipfs ipns magnet ed2k "
    "mailto tel callto sms smsto mms fax sip sips xmpp irc ircs irc6 matrix mumble teamspeak zoommtg "
    "signal sgnl tg whatsapp viber skype threema wire session simplex briar jami facetime facetime-audio "
    "geo maps news nntp webcal webcals openpgp4fpr nostr acct urn doi "
    "bitcoin bitcoincash ethereum litecoin lightning monero payto git ssh svn rsync market fdroid.app"
)
URL_SCHEMES = frozenset(_SCHEME_NAMES.split())
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
        "div": {"tabindex", "role", "aria-label"},
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
    url_schemes=URL_SCHEMES,
    # No `rel` is needed: the Referrer-Policy header covers all links, and a policy endorses what it links to.
    link_rel=None,
)
# Scripts without spaces between words. As in Hugo, each of their characters counts as a word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# In characters: of a table with many columns, the accessible name has only the first ones.
MAX_TABLE_NAME = 200
# A rendered body lists at most so much of what was dropped from it.
MAX_DROPPED = 1_000
# Links to files of an imported site: without a scheme, to a Markdown file, or as Hugo's `ref` names a page.
_FILE = re.compile(r"(?![a-z][a-z0-9+.-]*:|//)[^?#]+\.(?:md|markdown)(?:[?#].*)?", re.IGNORECASE)
_FILE_OR_NAME = re.compile(rf"{_FILE.pattern}|(?![a-z][a-z0-9+.-]*:|//)(?:[^?#]*/)?[^?#./]+(?:#.*)?", re.IGNORECASE)
_REFERENCE = re.compile(r"\{\{[<%]\s*(?:rel)?ref\b")
_FILE_LINK = re.compile(rf"\.(?:md|markdown)\b|{_REFERENCE.pattern}", re.IGNORECASE)
# Returns the addresses of pictures by their references.
PictureFinder: TypeAlias = Callable[[Sequence[str]], Mapping[str, str]]


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


@pause_collector()
def render(
    body: str,
    *,
    picture_urls: Mapping[str, str] | None = None,
    link_urls: Mapping[str, str] | None = None,
    anchors: Mapping[str, str] | None = None,
    base_url: str = "",
    id_prefix: str = "",
    language: str = "",
) -> RenderedBody:
    """Render a Markdown body.

    A picture without an address in `picture_urls` is replaced with its description. Links in `link_urls` get the
    addresses there; other relative links are resolved against `base_url`. `id_prefix` keeps ids unique where a page
    shows several bodies. A link to one of these leads to its id, which `anchors` has by address, and a link to a place
    in it to the id that begins with that. `language` is that of the text; the labels of alerts are in it, in English
    without one. A text that takes far more work than `check_markup` permits was stored before there was a limit: its
    source is shown.
    Raises BodyTooLong.
    """
    check_size(body)
    environment = create_environment(MAX_WORK_OF_STORED, base_url, id_prefix, language)
    try:
        tokens = parse(body, environment)
    except TooMuchMarkup:
        return RenderedBody(f"<pre><code>{escape(body, quote=False)}</code></pre>\n", (), len(body.split()))
    links = {"link_urls": link_urls or {}, "anchors": anchors or {}}
    return _finish(tokens, {**environment, **links}, picture_urls or {})


@pause_collector()
def render_new(body: str, *, find_picture_urls: PictureFinder, base_url: str = "", language: str = "") -> RenderedBody:
    """Render a body that nobody has saved yet. The finder gets the references of its pictures, with repetitions.

    Raises BodyTooLong, TooMuchMarkup.
    """
    check_size(body)
    environment = create_environment(MAX_WORK, base_url, language=language)
    tokens = parse(body, environment)
    children = (child for token in tokens for child in token.children or ())
    references = [str(child.attrs["src"]) for child in children if child.type == "image"]
    return _finish(tokens, environment, find_picture_urls(references))


def _finish(tokens: Sequence[Token], environment: EnvType, picture_urls: Mapping[str, str]) -> RenderedBody:
    environment["picture_urls"] = picture_urls
    _adapt_tokens(tokens, environment)
    engine = get_engine()
    html = engine.renderer.render(tokens, engine.options, environment)
    dropped = tuple(sort_dropped(environment)[:MAX_DROPPED])
    return RenderedBody(_CLEANER.clean(html), tuple(environment["contents"]), _count_words(tokens), dropped=dropped)


@lru_cache(maxsize=64)
@pause_collector()
def find_file_links(body: str) -> tuple[str, ...]:
    """Return the addresses of links that can mean other files of an imported site, as `link_urls` of `render` has them.

    These are links to Markdown files, and what `ref` and `relref` name.
    """
    if not _FILE_LINK.search(body):
        return ()
    try:
        tokens = parse(body, create_environment(MAX_WORK_OF_STORED))
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


def _adapt_tokens(tokens: Sequence[Token], environment: EnvType) -> None:
    """Collect the table of contents, and adapt headings, links, pictures and table cells to public pages."""
    for position, token in enumerate(tokens):
        if token.type in {"th_open", "td_open"} and (style := str(token.attrs.pop("style", ""))):
            # The content security policy blocks inline styles.
            token.attrs["class"] = f"align-{style.rpartition(':')[2]}"
        elif token.type == "table_open":
            token.meta["name"] = _name_table(tokens, position)
        elif token.type == "inline":
            token.children = list(_adapt_inline(token.children or [], environment))
            if position and (opening := tokens[position - 1]).type == "heading_open":
                _finish_heading(opening, token, environment)


def _name_table(tokens: Sequence[Token], position: int) -> str:
    """Return the accessible name of the table at a position: its caption, or else the text of its first row."""
    names = []
    for index in range(position + 1, len(tokens)):
        token = tokens[index]
        if token.type in {"caption_close", "tr_close", "table_close"}:
            break
        if token.type == "inline" and (text := " ".join(_extract_text(token.children or ()).split())):
            names.append(text)
    return ", ".join(names)[:MAX_TABLE_NAME]


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
    url = environment["link_urls"].get(href) or _join(environment["base_url"], href)
    address, _, fragment = url.partition("#")
    if anchor := environment["anchors"].get(address):
        return f"#{anchor}-{fragment}" if fragment else f"#{anchor}"
    return url


def _join(base_url: str, href: str) -> str:
    try:
        is_absolute = bool(urlsplit(href).scheme)
        return href if is_absolute or not base_url else urljoin(base_url, href)
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
