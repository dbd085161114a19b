"""What a check finds in a text: a possible problem, where it is, and whether the text can be published with it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from pages.text.messages import Message

# The most findings of one kind that a list has. A text with more of them has one cause.
MAX_OF_KIND = 20


class FindingKind(StrEnum):
    """The kinds in the order of a list: what prevents a publication first, parity with the source last."""

    TEMPLATE_TEXT = "template text"
    MERGE_CONFLICT = "merge conflict"
    DIRECTION = "direction"
    MISSING_PICTURE = "missing picture"
    BROKEN_LINK = "broken link"
    BROKEN_ANCHOR = "broken anchor"
    OTHER_LANGUAGE = "other language"
    UNKNOWN_SCHEME = "unknown scheme"
    VANISHED_ANCHOR = "vanished anchor"
    MOVED_ANCHOR = "moved anchor"
    FOOTNOTE = "footnote"
    LINK_DEFINITION = "link definition"
    FAILED_MARKUP = "failed markup"
    LOOKALIKE = "lookalike"
    COMMENT = "comment"
    UNCLOSED_COMMENT = "unclosed comment"
    SHORTCODE = "shortcode"
    TEMPLATE_CODE = "template code"
    TAG = "tag"
    ATTRIBUTES = "attributes"
    UNREADABLE = "unreadable"
    FORBIDDEN = "forbidden"
    INVISIBLE = "invisible"
    DECOMPOSED = "decomposed"
    MISSING_ALTERNATIVE = "missing alternative text"
    HARD_CODED_DATE = "hard-coded date"
    PARITY = "parity"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A possible problem. `line` is that of the field from 1, or 0 if it is the text as a whole.

    `subject` is the link, address, line or mark that it is about. A finding that `blocks` prevents a publication.
    """

    kind: FindingKind
    message: Message
    line: int = 0
    subject: str = ""
    blocks: bool = False
    field: str = "body"


_ORDER = {kind: position for position, kind in enumerate(FindingKind)}


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return distinct findings: those that block first, then by kind and line; of each kind only the first ones."""
    ordered = sorted(dict.fromkeys(findings), key=lambda finding: (_ORDER[finding.kind], finding.line))
    return tuple(sorted(_limit(ordered), key=lambda finding: not finding.blocks))


def _limit(findings: Iterable[Finding]) -> Iterator[Finding]:
    counts = Counter[FindingKind]()
    for finding in findings:
        counts[finding.kind] += 1
        if counts[finding.kind] <= MAX_OF_KIND:
            yield finding
        elif counts[finding.kind] == MAX_OF_KIND + 1:
            message = Message("There is more of this: look for the same further down in the text.")
            yield Finding(kind=finding.kind, line=finding.line, message=message)
