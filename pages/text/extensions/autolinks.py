"""Links from addresses in plain text, by the rules of Goldmark, which Hugo uses."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from pages.text.markup_work import Work

_STEPS_OF_ADDRESS = 30
_PATH = r"(?:[/#?][-a-zA-Z0-9@:%_+.~#$!?&/=();,'\">^{}\[\]`]*+)?"
_ADDRESS = re.compile(
    r"(?<![^\s*_~(\"])(?:"
    rf"(?:https?://|www\.)[-a-zA-Z0-9@:%._+~#=]{{1,256}}\.[a-z]+(?::\d+)?{_PATH}"
    r"|(?P<mail>[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+"
    r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?![-_]))"
    r")"
)
_PATH_ONLY = re.compile(r"[-a-zA-Z0-9@:%_+.~#$!?&/=;,]+")
_CONTINUED = re.compile(r"_*[a-zA-Z0-9/?#=&%-]")
_ENTITY = re.compile(r"&[a-zA-Z0-9]+;\Z")
_TRAILING = "?!.,:*_~'\""
# The longest beginning of an address that an underscore can be in, in characters.
_MAX_LENGTH = 300


def keep_underscores(state: StateInline, silent: bool) -> bool:
    """Inline rule, before emphasis: an underscore within an address does not begin or end an emphasis."""
    if state.src[state.pos] != "_" or not _CONTINUED.match(state.src, state.pos + 1):
        return False
    address = state.src[max(0, state.pos - _MAX_LENGTH) : state.pos].rpartition("://")
    if not address[1] or not address[0][-1:].isalpha() or not _PATH_ONLY.fullmatch(address[2]):
        return False
    if not silent:
        state.append_pending("_")
    state.pos += 1
    return True


def link_addresses(state: StateCore) -> None:
    """Core rule, after inline parsing: make links of addresses, except in links, pictures and code."""
    for token in state.tokens:
        if token.type == "inline" and token.children and _may_have_address(token.children):
            token.children = list(_link_in(token.children, state.md, state.env))


def _may_have_address(children: Sequence[Token]) -> bool:
    return any("@" in text or "://" in text or "www." in text for text in (child.content for child in children))


def _link_in(children: Sequence[Token], engine: MarkdownIt, environment: EnvType) -> Iterator[Token]:
    depth = 0
    for token in children:
        depth += token.nesting if token.tag == "a" else 0
        if token.type == "text" and not depth:
            yield from _link_text(token.content, engine, environment)
        else:
            yield token


def _link_text(text: str, engine: MarkdownIt, environment: EnvType) -> Iterator[Token]:
    position = 0
    work: Work = environment["work"]
    for match in _ADDRESS.finditer(text):
        address = match[0] if match["mail"] else _trim(match[0])
        href = f"mailto:{address}" if match["mail"] else f"https://{address}" if address.startswith("www.") else address
        work.spend(_STEPS_OF_ADDRESS, work.line)
        yield from _build_text(text[position : match.start()])
        yield Token("link_open", "a", 1, attrs={"href": engine.normalizeLink(href)}, markup="linkify", info="auto")
        yield Token("text", "", 0, content=address)
        yield Token("link_close", "a", -1, markup="linkify", info="auto")
        position = match.start() + len(address)
    yield from _build_text(text[position:])


def _build_text(text: str) -> Iterator[Token]:
    if text:
        yield Token("text", "", 0, content=text)


def _trim(address: str) -> str:
    """Return an address without the punctuation of the sentence around it (GFM, section 6.9)."""
    while True:
        trimmed = address.rstrip(_TRAILING)
        unclosed = trimmed.count(")") - trimmed.count("(")
        if unclosed > 0 and trimmed.endswith(")"):
            closings = len(trimmed) - len(trimmed.rstrip(")"))
            trimmed = trimmed[: -min(unclosed, closings)]
        trimmed = _ENTITY.sub("", trimmed)
        if trimmed == address:
            return trimmed
        address = trimmed
