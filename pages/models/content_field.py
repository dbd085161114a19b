"""The column of bytes that history refers to, in which long texts are compressed."""

import zlib
from typing import Any

from django.core.exceptions import FieldError
from django.db.models import BinaryField
from django.db.models.lookups import Exact, IsNull, Lookup

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


class ContentField(BinaryField):
    """Bytes of any kind, read as they were saved. Only `isnull` works as a lookup: contents are found by digest."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Describe the column, which is one of bytes. SQLite would copy the table for a field of another class."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        # PostgreSQL returns memory views. A value of another type was not stored by the application.
        return decompress(bytes(value)) if isinstance(value, bytes | memoryview) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        stored = None if value is None else compress(bytes(value))
        return super().get_db_prep_value(stored, connection, prepared)

    def get_lookup(self, lookup_name: str) -> type[Lookup] | None:
        return {"exact": _Never, "isnull": IsNull}.get(lookup_name)


class _Never(Exact):
    """Django makes `isnull` of a comparison with None. Another one would compare with what is stored."""

    def get_prep_lookup(self) -> Any:
        if self.rhs is not None:
            raise FieldError("Contents are compared by their digests.")
        return super().get_prep_lookup()
