"""Parsed texts by blob id: tracking needs the front matter of a commit's texts, and reading them the rest."""

from collections.abc import Iterator, Sequence

from pages.hugo.commits.commit_changes import ReadBlobs
from pages.hugo.commits.sketches import read_contents
from pages.hugo.commits.text_files import ParsedText, parse_text

# Of the texts parsed last, about this much content stays in memory.
_MAX_CACHED_BYTES = 4_000_000


class ParsedTexts:
    """Parses texts, and keeps those parsed last. A text with an error is represented by the error."""

    def __init__(self, read: ReadBlobs):
        self._read = read
        self._cached: dict[str, ParsedText | ValueError] = {}
        self._cached_bytes = 0

    def parse(self, blobs: Sequence[str]) -> Iterator[tuple[str, ParsedText | ValueError]]:
        """Yield the blobs, each with its parsed text; in this order, so that few are in memory."""
        cached = {blob: self._cached[blob] for blob in blobs if blob in self._cached}
        yield from cached.items()
        for blob, content in read_contents([blob for blob in dict.fromkeys(blobs) if blob not in cached], self._read):
            parsed = _parse_or_error(content)
            self._cache(blob, parsed, len(content))
            yield blob, parsed

    def _cache(self, blob: str, parsed: ParsedText | ValueError, size: int) -> None:
        if self._cached_bytes + size > _MAX_CACHED_BYTES:
            self._cached, self._cached_bytes = {}, 0
        self._cached[blob] = parsed
        self._cached_bytes += size


def _parse_or_error(content: bytes) -> ParsedText | ValueError:
    try:
        return parse_text(content)
    except ValueError as error:
        return error
