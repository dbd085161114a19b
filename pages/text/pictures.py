"""Pictures in Markdown: how one is written."""

import re

# What would be read as Markdown within the description of a picture (CommonMark 0.31, sections 2.4, 6.1 to 6.5).
_MARKS = re.compile(r"[\\`*_\[\]<~^]|&(?=[#\w]+;)")


def picture_markdown(reference: str, description: str) -> str:
    """Return the Markdown that shows a picture; the description is taken as it is, on one line."""
    line = " ".join(description.split())
    return f"![{_MARKS.sub(lambda mark: chr(92) + mark[0], line)}]({reference})"
