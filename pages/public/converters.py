"""What may stand in a reader's address."""

from django.urls.converters import StringConverter


class PagePath(StringConverter):
    """A page's path: slugs with slashes between. No control characters: PostgreSQL takes no NUL in a text."""

    regex = r"[^/\x00-\x1f\x7f]+(?:/[^/\x00-\x1f\x7f]+)*?"


class VersionNumber(StringConverter):
    """A version's number; an absurd one is no address, instead of an overflow in the database."""

    regex = r"[1-9][0-9]{0,8}"

    def to_python(self, value):
        """Return the number."""
        return int(value)


class Digest(StringConverter):
    """A SHA-256 in hexadecimal."""

    regex = r"[0-9a-f]{64}"
