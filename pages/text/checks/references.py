"""Footnotes and link definitions that readers do not get: never used, not defined, or defined twice."""

import re
from collections import Counter
from collections.abc import Iterator

from markdown_it.common.utils import normalizeReference

from pages.text.checks.findings import Finding, FindingKind
from pages.text.checks.parsed_body import ParsedBody, number_lines
from pages.text.messages import Message

_FOOTNOTE = re.compile(r"^(?:[ ]{0,3}>[ ]?)*[ ]{0,3}\[\^([^\]\s]{1,200})\]:", re.MULTILINE)
_FOOTNOTE_REFERENCE = re.compile(r"\[\^([^\]\s]{1,200})\]")
_LABEL = re.compile(r"\[([^\[\]]{1,999})\](?!:)")


def find_lost_footnotes(parsed: ParsedBody) -> Iterator[Finding]:
    if "[^" not in parsed.body:
        return
    labels: dict[str, int] = parsed.environment.get("footnotes", {}).get("refs", {})
    seen = Counter[str]()
    # A definition within code is none: the engine does not know its label, or knows it from another place.
    for line, match in number_lines(parsed.body, _FOOTNOTE.finditer(parsed.body)):
        label = match[1]
        seen[label] += 1
        if seen[label] == 2:
            message = Message("The footnote [^%(label)s] is defined twice: readers get only the last one.", label=label)
            yield _build(label, line, message)
        elif seen[label] == 1 and labels.get(f":{label}") == -1:
            message = Message("Nothing refers to the footnote [^%(label)s]: readers do not get it.", label=label)
            yield _build(label, line, message)
    for line, label in _find_undefined(parsed):
        message = Message("The footnote [^%(label)s] is not defined: readers see its mark as text.", label=label)
        yield _build(label, line, message)


def _find_undefined(parsed: ParsedBody) -> Iterator[tuple[int, str]]:
    for placed in parsed.inline_tokens:
        if placed.token.type == "text" and "[^" in placed.token.content and not placed.has_escapes:
            for match in _FOOTNOTE_REFERENCE.finditer(placed.token.content):
                yield parsed.find_line(match[0], placed.line), match[1]


def _build(label: str, line: int, message: Message) -> Finding:
    return Finding(kind=FindingKind.FOOTNOTE, line=line, subject=f"[^{label}]", message=message)


def find_lost_link_definitions(parsed: ParsedBody) -> Iterator[Finding]:
    definitions = parsed.environment.get("references", {})
    if not definitions:
        return
    used = {normalizeReference(match[1]) for match in _LABEL.finditer(parsed.body)}
    for label, definition in definitions.items():
        if label.startswith("^"):
            message = Message(
                "The mark of a footnote has no spaces: readers get “%(label)s” as a link.", label=label.lower()
            )
            yield _build_definition(definition, message)
        elif label not in used:
            message = Message(
                "Readers do not get this line, because it is the definition of a link that nothing uses: “%(line)s”.",
                line=parsed.lines[definition["map"][0]].strip()[:60],
            )
            yield _build_definition(definition, message)
    for definition in parsed.environment.get("duplicate_refs", []):
        label = definition["label"]
        message = Message("This link is defined twice, and the first address counts: “%(label)s”.", label=label)
        yield _build_definition(definition, message)


def _build_definition(definition: dict[str, list[int]], message: Message) -> Finding:
    return Finding(kind=FindingKind.LINK_DEFINITION, line=definition["map"][0] + 1, message=message)
