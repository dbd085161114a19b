"""The bytes of a content as they are stored: long texts are compressed."""

import zlib
from collections.abc import Iterable

# A stored value that begins with this is compressed: the rest is a zlib stream. It is neither UTF-8 nor the header of a
# picture, so that no text or picture that was stored before texts were compressed begins with it.
MARKER = b"\xff\xfezlib\xfe\xff"
# Shorter contents stay as they are: compressing them would save next to nothing.
MIN_BYTES = 256
# Level 6 would make texts a tenth smaller, and take three times as long.
_LEVEL = 1


class DamagedContent(ValueError):
    """A compressed content cannot be read: its bytes are not those that were stored."""

    def __init__(self) -> None:
        super().__init__("A compressed content is damaged. The command verify_history names it.")


def compress(content: bytes) -> bytes:
    """Return the bytes to store: compressed if that is shorter, or if they would be taken for compressed ones."""
    is_ambiguous = content.startswith(MARKER)
    # The headers of pictures, which are compressed already, contain NUL. Texts hardly ever do.
    if not is_ambiguous and (len(content) < MIN_BYTES or b"\0" in content[:MIN_BYTES]):
        return content
    compressed = MARKER + zlib.compress(content, _LEVEL)
    return compressed if is_ambiguous or len(compressed) < len(content) else content


def compress_all(contents: Iterable[bytes]) -> list[bytes]:
    """Return the bytes to store of each content."""
    return [compress(content) for content in contents]


def decompress(stored: bytes) -> bytes:
    """Return the content of stored bytes. Raises DamagedContent."""
    if not stored.startswith(MARKER):
        return stored
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(memoryview(stored)[len(MARKER) :])
    except zlib.error as error:
        raise DamagedContent from error
    # The stream has to end, and nothing can follow it.
    if not stream.eof or stream.unused_data:
        raise DamagedContent
    return content
