"""Parsed texts by blob id: tracking needs the front matter of a commit's texts, and reading them the rest."""

from collections.abc import Iterator, Sequence

from pages.hugo.commits.commit_changes import ReadBlobs
from pages.hugo.commits.sketches import read_contents
from pages.hugo.commits.text_files import ParsedText, parse_text

# Of the texts parsed last, about this much content stays in memory.
_MAX_KEPT_BYTES = 4_000_000


class ParsedTexts:
    """Parses texts, and keeps those parsed last. A text with an error is represented by the error."""

    def __init__(self, read: ReadBlobs):
        self._read = read
        self._kept: dict[str, ParsedText | ValueError] = {}
        self._kept_bytes = 0

    def parse(self, blobs: Sequence[str]) -> Iterator[tuple[str, ParsedText | ValueError]]:
        """Yield the blobs, each with its parsed text; in this order, so that few are in memory."""
        kept = {blob: self._kept[blob] for blob in blobs if blob in self._kept}
        yield from kept.items()
        for blob, content in read_contents([blob for blob in dict.fromkeys(blobs) if blob not in kept], self._read):
            parsed = _parse_or_error(content)
            self._keep(blob, parsed, len(content))
            yield blob, parsed

    def _keep(self, blob: str, parsed: ParsedText | ValueError, size: int) -> None:
        if self._kept_bytes + size > _MAX_KEPT_BYTES:
            self._kept, self._kept_bytes = {}, 0
        self._kept[blob] = parsed
        self._kept_bytes += size


def _parse_or_error(content: bytes) -> ParsedText | ValueError:
    try:
        return parse_text(content)
    except ValueError as error:
        return error
