"""When a text was first published, if that was before the first version that this site knows.

A file that was imported without commits says in its front matter when it was published and when it last changed. Its
version is dated by the last change, because nobody knows what the text said before.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Q, When

from pages.models import PublicationRecord
from pages.models.publication_record import RecordKind
from pages.text import source
from pages.text.front_matter.dates import parse_timestamp
from pages.text.source import InvalidFrontMatter

# The keys that Hugo takes a page's date from, in its order.
_DATE_KEYS = ("date", "publishdate", "pubdate", "published")


def source_with_date(condition: Q | None = None) -> Case:
    """Return an expression on texts of versions: the source of those that were imported without commits, else NULL."""
    published = PublicationRecord.objects.filter(version=OuterRef("version"), kind=RecordKind.PUBLISH)
    of_commit = Exists(published.filter(commit__isnull=False))
    is_dated = Q(condition or Q(), ~Q(revision__file_name=""), ~of_commit)
    return Case(When(is_dated, then=F("revision__blob__content")), default=None)


def first_publication(content: bytes | None, version_at: datetime) -> datetime:
    """Return when a text was first published: the date in the source of its first version, if that is before it."""
    if not content:
        return version_at
    try:
        front_matter = source.parse(bytes(content)).front_matter
    except InvalidFrontMatter:
        return version_at
    values = {key.lower(): value.strip() for key, value in front_matter.items()}
    value = next((values[key] for key in _DATE_KEYS if values.get(key)), "")
    date = parse_timestamp(value, ZoneInfo(settings.TIME_ZONE))
    return min(date, version_at) if date else version_at
