"""The change note in a commit's message: what it changed, without what merges and tools add.

The messages are those of git itself, GitHub, GitLab, Gitea, Forgejo, Bitbucket, Azure DevOps and Gerrit.
"""

import re
from collections.abc import Iterator, Sequence

# The subject of a merge contains the title of what was merged.
_TITLED_MERGES = (
    re.compile(r"Merge pull request '(?P<title>.+)' \(#\d+\) from \S+(?: into \S+)?\Z"),
    re.compile(r"Merged PR \d+: (?P<title>.+)\Z"),
    re.compile(r'Merge "(?P<title>.+)"(?: into \S+)?\Z'),
)
# The title of what was merged is in the body, if anywhere.
_MERGE = re.compile(
    r"Merge pull request #\d+ (?:from|in) \S+"
    r"|Merged in \S+ \(pull request #\d+\)"
    r"|Merge (?:remote-tracking )?(?:branch|branches|tag|tags|commit|commits) \S"
    r"|Squashed commit of the following:"
)
_AUTOSQUASH = re.compile(r"(?:(?:fixup|squash|amend)! )+")
# Lines of a body that describe the merge, not the change.
_ABOUT_MERGE = re.compile(
    r"(?:See merge request|Reviewed-on:|(?:Signed-off|Co-authored|Approved|Reviewed|Acked|Tested|Merged|Reported)-by:"
    r"|Change-Id:|(?:Closes|Fixes|Resolves|Refs|Related)[: ]+(?:#|!|https?:)\S*\Z|Conflicts:|# Conflicts|#\t"
    r"|commit [0-9a-f]{7,64}\Z|Author:|AuthorDate:|Commit:|CommitDate:|Date:|Merge:|Pull Request:|Related work items:)",
    re.IGNORECASE,
)
# A longer subject is not that of a merge.
_MAX_SUBJECT = 1_000
_MARK = re.compile(r"(?:[-*+] |#{1,6} )")


def read_change_note(message: str) -> str:
    """Return the change note of a commit with this message: its subject, or what is merged by it; "" if it is empty."""
    lines = [line.strip() for line in message.split("\n")]
    filled = [line for line in lines if line]
    if not filled:
        return ""
    subject = filled[0]
    if len(subject) > _MAX_SUBJECT:
        return subject
    for pattern in _TITLED_MERGES:
        if match := pattern.match(subject):
            return match["title"].strip()
    if _MERGE.match(subject):
        return next(_describing(filled[1:]), subject)
    return _AUTOSQUASH.sub("", subject) or subject


def _describing(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines that say what was changed. A merge of git lists commits below the name of their branch."""
    for line in lines:
        if not _ABOUT_MERGE.match(line) and not line.startswith("* ") and (text := _MARK.sub("", line, count=1)):
            yield text
