"""The rules for slugs."""

import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError

from pages.models import Page
from pages.text.messages import Message

RESERVED_SLUGS = frozenset({"history", "v", "as-of", "compare", "changes", "upcoming", "_print"})
RESERVED_ROOT_SLUGS = frozenset({"admin", "static", "media", "markdownx", "healthz", "readyz"})
# Allowed in addition to letters and digits: mail programs keep these unreserved characters (RFC 3986) in links.
_UNRESERVED = frozenset("_.~-")
# In many scripts (Devanagari, Thai) vowels and tones are combining marks.
_COMBINING_MARKS = frozenset({"Mn", "Mc"})


class ImpossibleAddress(ValidationError):
    """A page cannot have an address. `reason` says why, and can be translated later, as the report of an import is."""

    def __init__(self, reason: Message, *, field: str = "slug"):
        super().__init__({field: reason.translated})
        self.reason = reason


def is_reserved_slug(slug: str, *, at_root: bool) -> bool:
    """Tell whether the site uses the slug itself; at the root also language codes and names with a dot."""
    if slug in RESERVED_SLUGS:
        return True
    return at_root and (slug in RESERVED_ROOT_SLUGS or slug in settings.MODELTRANSLATION_LANGUAGES or "." in slug)


def clean_slug(slug: str, *, parent: Page | None) -> str:
    """Return the slug without spaces around it. Raises ImpossibleAddress. Only the home page has an empty slug."""
    slug = slug.strip()
    if not slug and parent is None:
        return slug
    # Also rejects an empty slug, "." and "..".
    if not all(map(is_slug_character, slug)) or slug.strip(".") == "":
        raise ImpossibleAddress(Message("A slug consists of letters, digits, hyphens and underscores."))
    if is_reserved_slug(slug, at_root=parent is None):
        raise ImpossibleAddress(Message("The site uses the name “%(slug)s” itself.", slug=slug))
    if parent is not None and not parent.path:
        reason = Message("The home page has no pages below it: leave the parent empty.")
        raise ImpossibleAddress(reason, field="parent")
    return slug


def is_slug_character(character: str) -> bool:
    return character.isalnum() or character in _UNRESERVED or unicodedata.category(character) in _COMBINING_MARKS
