"""Messages about the text of a file: what readers get otherwise than its author meant, as the publish page has it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from pages.text.checks.body import check_without_dropped
from pages.text.checks.characters import find_hidden_characters
from pages.text.checks.dropped import find_dropped
from pages.text.checks.findings import Finding
from pages.text.extensions.dropped_markup import DroppedKind, DroppedMarkup
from pages.text.fields import FRONT_MATTER_KEYS, Fields
from pages.text.markup_work import TooMuchMarkup
from pages.text.messages import Message, message_of, plural_message
from pages.text.source import lines_before_body

# How many names a message lists, each with the first line of the text where it occurs.
_MAX_NAMES = 5


def describe_findings(fields: Fields, content: bytes) -> list[Message]:
    """Return a message for each kind of finding in a file's text, with lines of the file."""
    return [*_describe_front_matter(fields), *_describe_body(fields.body, content)]


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
    lines_before = lines_before_body(content) if dropped or findings else 0
    in_file = (replace(markup, line=markup.line + lines_before) for markup in dropped)
    messages = _describe(sorted(in_file, key=lambda markup: list(DroppedKind).index(markup.kind)))
    return [*messages, *_describe_others(findings, lines_before)]


def _describe_others(findings: Sequence[Finding], lines_before: int) -> Iterator[Message]:
    """Yield the first finding of each kind, with the lines of all of them."""
    for _kind, group in groupby(sorted(findings, key=attrgetter("kind")), key=attrgetter("kind")):
        of_kind = list(group)
        lines = [str(finding.line + lines_before) for finding in of_kind]
        yield plural_message(
            "%(finding)s (line %(lines)s)",
            "%(finding)s (lines %(lines)s)",
            count=len(lines),
            finding=of_kind[0].message,
            lines=", ".join(lines if len(lines) <= _MAX_NAMES else [*lines[:_MAX_NAMES], "…"]),
        )


def _describe(dropped: Sequence[DroppedMarkup]) -> Iterator[Message]:
    for kind, group in groupby(dropped, key=lambda markup: markup.kind):
        of_kind = list(group)
        yield _describe_kind(kind, len(of_kind), _list_names(of_kind))


def _describe_kind(kind: DroppedKind, count: int, names: Message) -> Message:
    messages = {
        DroppedKind.COMMENT: plural_message(
            "%(count)d comment is hidden: %(names)s",
            "%(count)d comments are hidden: %(names)s",
            count=count,
            names=names,
        ),
        DroppedKind.UNCLOSED_COMMENT: plural_message(
            "%(count)d comment has no end, and the text after it is hidden: %(names)s",
            "%(count)d comments have no end, and the text after them is hidden: %(names)s",
            count=count,
            names=names,
        ),
        DroppedKind.SHORTCODE: plural_message(
            "%(count)d Hugo shortcode is left out: %(names)s",
            "%(count)d Hugo shortcodes are left out: %(names)s",
            count=count,
            names=names,
        ),
        DroppedKind.TEMPLATE_CODE: plural_message(
            "%(count)d piece of template code is left out: %(names)s",
            "%(count)d pieces of template code are left out: %(names)s",
            count=count,
            names=names,
        ),
        DroppedKind.TAG: plural_message(
            "%(count)d HTML tag is left out: %(names)s",
            "%(count)d HTML tags are left out: %(names)s",
            count=count,
            names=names,
        ),
        DroppedKind.ATTRIBUTES: plural_message(
            "%(count)d attribute list has no effect, apart from an id: %(names)s",
            "%(count)d attribute lists have no effect, apart from ids: %(names)s",
            count=count,
            names=names,
        ),
    }
    return messages[kind]


def _list_names(dropped: Sequence[DroppedMarkup]) -> Message:
    """Return the distinct names with their first lines, such as `b (line 3), div (line 7)`."""
    first_lines: dict[str, Message] = {}
    for markup in dropped:
        # Comments have no name: each is named by its line.
        named = Message("%(name)s (line %(line)d)", name=markup.name[:60], line=markup.line)
        unnamed = Message("line %(line)d", line=markup.line)
        first_lines.setdefault(markup.name[:60] or str(markup.line), named if markup.name else unnamed)
    names = list(first_lines.values())
    return _join(names if len(names) <= _MAX_NAMES else [*names[:_MAX_NAMES], message_of("…")])


def _join(names: Sequence[Message]) -> Message:
    return names[0] if len(names) == 1 else Message("%(first)s, %(others)s", first=names[0], others=_join(names[1:]))
