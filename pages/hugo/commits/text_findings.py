"""Messages about the text of a file: what readers get otherwise than its author meant, as the publish page has it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pages.text.checks.body import check_without_dropped
from pages.text.checks.characters import find_hidden_characters
from pages.text.checks.dropped import describe_dropped, find_dropped
from pages.text.checks.findings import Finding
from pages.text.extensions.dropped_markup import DroppedKind, DroppedMarkup
from pages.text.fields import FRONT_MATTER_KEYS, Fields
from pages.text.markup_work import TooMuchMarkup
from pages.text.messages import Message, message_of, plural_message
from pages.text.source import extract_body, lines_before_body

# How many names a message lists, each with the first line of the text where it occurs.
_MAX_NAMES = 5


def describe_findings(fields: Fields, content: bytes) -> list[Message]:
    """Return a message for each kind of problem in a file's text, with lines of the file."""
    return [*_describe_front_matter(fields), *_describe_body(fields.body, content)]


def describe_all(texts: Iterable[tuple[Fields, bytes]]) -> list[list[Message]]:
    """Return the findings in each text. Its fields have no body, which is extracted from its content."""
    return [describe_findings(replace(fields, body=extract_body(content)), content) for fields, content in texts]


def _describe_front_matter(fields: Fields) -> Iterator[Message]:
    for name, key in FRONT_MATTER_KEYS.items():
        for finding in find_hidden_characters(getattr(fields, name), name):
            yield Message("%(key)s: %(finding)s", key=key, finding=finding.message)


def _describe_body(body: str, content: bytes) -> list[Message]:
    try:
        dropped = find_dropped(body)
    except TooMuchMarkup:
        # Such a text is refused, with a reason of its own.
        return []
    findings = check_without_dropped(body)
    if not (dropped or findings):
        return []
    lines_before = lines_before_body(content)
    dropped_by_kind, others = _group(dropped), _group_by_sentence(findings)
    kinds = (kind for kind in DroppedKind if kind in dropped_by_kind)
    messages = [
        describe_dropped(kind, _list_names(dropped_by_kind[kind], lines_before), len(dropped_by_kind[kind]))
        for kind in kinds
    ]
    return [*messages, *(describe_others(group, lines_before) for group in others)]


def _group(items: Iterable[DroppedMarkup]) -> Mapping[str, list[DroppedMarkup]]:
    by_kind: defaultdict[str, list[DroppedMarkup]] = defaultdict(list)
    for item in items:
        by_kind[item.kind].append(item)
    return by_kind


def _group_by_sentence(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return the findings by what they say, sorted by their kinds. One kind can have several sentences."""
    groups: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.kind, finding.message.template].append(finding)
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]


def describe_others(findings: Sequence[Finding], lines_before: int) -> Message:
    """Return the first finding of some that say the same, with the lines of all of them."""
    lines = [str(finding.line + lines_before) for finding in findings]
    return plural_message(
        "%(finding)s (line %(lines)s)",
        "%(finding)s (lines %(lines)s)",
        count=len(lines),
        finding=findings[0].message,
        lines=", ".join(lines if len(lines) <= _MAX_NAMES else [*lines[:_MAX_NAMES], "…"]),
    )


def _list_names(dropped: Sequence[DroppedMarkup], lines_before: int) -> Message:
    """Return the distinct names with their first lines, such as `b (line 3), div (line 7)`."""
    first_lines: dict[str, Message] = {}
    for markup in dropped:
        name, line = markup.name[:60], markup.line + lines_before
        # Comments have no name: each is named by its line.
        key = name or str(line)
        if key not in first_lines:
            named = Message("%(name)s (line %(line)d)", name=name, line=line)
            first_lines[key] = named if name else Message("line %(line)d", line=line)
    names = list(first_lines.values())
    return _join(names if len(names) <= _MAX_NAMES else [*names[:_MAX_NAMES], message_of("…")])


def _join(names: Sequence[Message]) -> Message:
    return names[0] if len(names) == 1 else Message("%(first)s, %(others)s", first=names[0], others=_join(names[1:]))
