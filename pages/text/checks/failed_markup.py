"""Marks of Markdown that had no effect, so that readers see them."""

import re
from collections.abc import Iterator

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parsed_body import ParsedBody, PlacedToken, number_lines
from pages.text.messages import Message

# What is visible of markup that failed, in text without code. Single asterisks count only around words.
_MARKS = re.compile(
    r"(?P<emphasis>\*\*+(?=\S)|(?<=\S)\*\*+|~~(?=\S)|(?<=\S)~~|(?<![\w*])\*(?=[\w«\"“„'(])[^*\n]{1,200}(?<=[\w»\"”'.!?)])\*(?!\*)"
    r"|(?<!\S)\*\*[ \u00a0]+(?=[^\W\d_])[^*\n]{1,200}(?<=\w)[ \u00a0]+\*\*(?!\S)"
    r"|(?<!\w)__+(?=[^\W_])|(?<=[^\W_])__+(?!\w))"
    r"|(?P<picture>!\[)"
    r"|(?P<link>\]\(|\] \((?=https?:|/|\#|mailto:|$)|\[[^\[\]\n]{1,200}\]\[[^\[\]\n]{0,200}\])"
    r"|(?P<wiki>\[\[[^\[\]\n]{1,100}\]\])"
    r"|(?P<reversed>(?<!\w)\([^()\n]{1,200}\)\[(?:https?:|mailto:|/|\#)[^\[\]\n]{0,200}\])"
    r"|(?P<marked>(?<![=\w])==(?=[^\W_])[^=\n]{1,200}(?<=\S)==(?!=))"
    r"|(?P<contents>^\[_?(?:TOC|toc)_?\]$)"
    r"|(?P<alert>^\[![A-Za-z]{1,30}\])"
    r"|(?P<container>^:{3,}[ ]?[\w{]|^(?:!!!|\?{3}\+?)[ ][a-z]{2,20}(?=[ ]\"|$))"
    r"|(?P<code>(?<!\w)`+|`+(?!\w))"
    r"|(?P<footnote>\^\[)"
    r"|(?P<attributes>\{:?\s?[.\#][\w-]{1,60}[^{}\n]{0,100}\})"
    r"|(?P<tag></[A-Za-z][\w:-]{0,40}\s*>|<[A-Za-z][\w:-]{0,40}\s[^<>\n]{0,200}=[^<>\n]{0,200}>)"
)
_ANY = re.compile(r"[*~\]`^{}<_]|!\[|==|:::|!!!|\?\?\?")
# A reference to a page, except as the address of a link. The search for what begins with two characters is fast.
_REFERENCE = re.compile(r"\{\{(?<!\]\(\{\{)(?<!\]\(<\{\{)(?<!\]:[ ]\{\{)[<%]\s*(?:rel)?ref\b[^\n]{0,200}?[>%]\}\}")
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)


def find_failed_markup(parsed: ParsedBody) -> Iterator[Finding]:
    for placed in parsed.inline_tokens:
        if placed.token.type == "text" and not placed.has_escapes and _ANY.search(placed.token.content):
            yield from _check_text(parsed, placed)


def _check_text(parsed: ParsedBody, placed: PlacedToken) -> Iterator[Finding]:
    text = placed.token.content
    for match in _MARKS.finditer(text):
        excerpt = text[max(0, match.start() - 20) : match.end() + 20].strip()
        line = parsed.find_line(match[0], placed.line)
        yield Finding(kind=FindingKind.FAILED_MARKUP, line=line, subject=match[0], message=_describe(match, excerpt))
        # One mark that fails makes others fail.
        return


def _describe(match: re.Match[str], excerpt: str) -> Message:
    messages = {
        "emphasis": Message("Readers see the marks of an emphasis that did not work: “%(excerpt)s”.", excerpt=excerpt),
        "picture": Message("Readers see the source of a picture that did not work: “%(excerpt)s”.", excerpt=excerpt),
        "link": Message("Readers see the source of a link that did not work: “%(excerpt)s”.", excerpt=excerpt),
        "wiki": Message("This is a link in a wiki, but not here: readers see “%(excerpt)s”.", excerpt=excerpt),
        "reversed": Message(
            "The brackets of a link are in the wrong order: “%(excerpt)s”. Write [text](address).", excerpt=excerpt
        ),
        "marked": Message("Readers see the marks of a highlighted text: “%(excerpt)s”.", excerpt=excerpt),
        "contents": Message("Readers see this as text, and no table of contents: “%(excerpt)s”.", excerpt=excerpt),
        "alert": Message(
            "This kind of alert is not known, and readers see its mark: “%(excerpt)s”. Write [!NOTE], [!TIP], "
            "[!IMPORTANT], [!WARNING] or [!CAUTION].",
            excerpt=excerpt,
        ),
        "container": Message(
            "Readers see the marks of a box that this site does not have: “%(excerpt)s”.", excerpt=excerpt
        ),
        "code": Message("Readers see a backtick: code that nothing ends, “%(excerpt)s”.", excerpt=excerpt),
        "footnote": Message(
            "A footnote within the text does not work: “%(excerpt)s”. Write [^1] and the note on a line of its own.",
            excerpt=excerpt,
        ),
        "attributes": Message("Readers see an attribute list that had no effect: “%(excerpt)s”.", excerpt=excerpt),
        "tag": Message("Readers see an HTML tag as text: “%(excerpt)s”.", excerpt=excerpt),
    }
    return messages[match.lastgroup or "emphasis"]


def find_merge_conflicts(body: str) -> Iterator[Finding]:
    """Yield the lines that git writes into a file with conflicting changes."""
    if "<<<<<<<" not in body and ">>>>>>>" not in body:
        return
    for line, match in number_lines(body, _CONFLICT.finditer(body)):
        message = Message("A conflict of two changes was not resolved: “%(mark)s”.", mark=match[0][:60])
        yield Finding(kind=FindingKind.MERGE_CONFLICT, line=line, subject=match[0][:60], blocks=True, message=message)


def find_stray_references(body: str) -> Iterator[Finding]:
    """Yield Hugo's references to pages that are not the address of a link: readers see the name of a file."""
    if "{{" not in body:
        return
    for line, match in number_lines(body, _REFERENCE.finditer(body)):
        message = Message("Readers see the name of a page as text, without a link: %(name)s", name=match[0][:60])
        yield Finding(kind=FindingKind.SHORTCODE, line=line, subject=match[0][:60], message=message)
