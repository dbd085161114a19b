"""Path converters of the public URLs."""

from django.urls.converters import StringConverter


class PagePathConverter(StringConverter):
    """The path of a page: slugs separated by slashes.

    It excludes control characters because PostgreSQL accepts no NUL in text.
    """

    regex = r"[^/\x00-\x1f\x7f]+(?:/[^/\x00-\x1f\x7f]+)*?"


class VersionNumberConverter(StringConverter):
    """The number of a version, at most nine digits: a longer one can exceed the database column."""

    regex = r"[1-9][0-9]{0,8}"

    def to_python(self, value):
        return int(value)


class VersionNameConverter(StringConverter):
    """A version in a comparison: its number, `earliest`, `latest` or `live`."""

    regex = rf"(?:{VersionNumberConverter.regex}|earliest|latest|live)"


class LanguageConverter(StringConverter):
    """The code of a language, served or not."""

    regex = r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*"


class DayConverter(StringConverter):
    """A calendar day in ISO 8601, or what looks like one: a page of its own says that 2024-02-30 is no day."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


class DigestConverter(StringConverter):
    """A SHA-256 digest in hexadecimal."""

    regex = r"[0-9a-f]{64}"
