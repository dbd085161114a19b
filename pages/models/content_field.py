"""The column of bytes that history refers to, in which long texts are compressed."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import FieldError
from django.db.models import BinaryField
from django.db.models.lookups import Exact, IsNull, Lookup

from pages.text.compression import compress, decompress


class PreparedContent(bytes):
    """A content whose stored bytes are computed elsewhere: `find_stored` returns them when they are needed."""

    find_stored: Callable[[], bytes]

    def __reduce__(self) -> tuple[type[bytes], tuple[bytes]]:
        """Let another process have the content alone."""
        return bytes, (bytes(self),)


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
        return super().get_db_prep_value(_stored_bytes(value), connection, prepared)

    def get_lookup(self, lookup_name: str) -> type[Lookup] | None:
        return {"exact": _Never, "isnull": IsNull}.get(lookup_name)


def _stored_bytes(value: Any) -> bytes | None:
    if isinstance(value, PreparedContent):
        return value.find_stored()
    return None if value is None else compress(bytes(value))


class _Never(Exact):
    """Django makes `isnull` of a comparison with None. Another one would compare with what is stored."""

    def get_prep_lookup(self) -> Any:
        if self.rhs is not None:
            raise FieldError("Contents are compared by their digests.")
        return super().get_prep_lookup()
