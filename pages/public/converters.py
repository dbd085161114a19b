"""What may stand in a reader's address."""

from datetime import date

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


class VersionName(StringConverter):
    """A version in a comparison: its number, or a word for one."""

    regex = rf"(?:{VersionNumber.regex}|earliest|latest|live)"


class Day(StringConverter):
    """A day of the calendar, as ISO 8601 writes it."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value):
        """Return the day; a ValueError makes the address unknown."""
        return date.fromisoformat(value)


class Digest(StringConverter):
    """A SHA-256 in hexadecimal."""

    regex = r"[0-9a-f]{64}"
