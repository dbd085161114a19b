"""The rules for slugs, and which one a title suggests."""

import unicodedata
from collections.abc import Collection, Iterator
from itertools import chain, count

from django.conf import settings
from django.core import checks
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import Q

from pages.models import Page
from pages.text.messages import Message

RESERVED_SLUGS = frozenset({"history", "v", "as-of", "compare", "changes", "upcoming", "with", "_print"})
RESERVED_SLUGS |= {"sections", "timegate", "timemap"}
RESERVED_ROOT_SLUGS = frozenset({"admin", "static", "media", "markdownx", "healthz", "readyz", "verify"})
# Allowed in addition to letters and digits: mail programs keep these unreserved characters (RFC 3986) in links.
_UNRESERVED = frozenset("_.~-")
# Languages that are written in Cyrillic use these Latin letters in passports and addresses, with few differences.
TRANSLITERATION: dict[str, str] = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)),
    "ё": "yo",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "і": "i",
    "ї": "yi",
    "є": "ye",
    "ґ": "g",
    "ў": "u",
    "ђ": "dj",
    "ј": "j",
    "љ": "lj",
    "њ": "nj",
    "ћ": "c",
    "џ": "dz",
    "ѓ": "g",
    "ќ": "k",
    "ѕ": "dz",
    "ß": "ss",
    "æ": "ae",
    "ø": "o",
    "œ": "oe",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
}
MAX_PROPOSED_LENGTH = 60
# In many scripts (Devanagari, Thai) vowels and tones are combining marks.
_COMBINING_MARKS = frozenset({"Mn", "Mc"})


class ImpossibleAddress(ValidationError):
    """A page cannot have an address. `reason` says why, and can be translated later, as the report of an import is."""

    def __init__(self, reason: Message, *, field: str = "slug"):
        super().__init__({field: reason.translated})
        self.reason = reason


def is_reserved_slug(slug: str, *, at_root: bool) -> bool:
    """Tell whether the site uses the slug itself; at the root also language codes and names with a dot.

    The letters may be upper or lower case: readers would confuse /ADMIN/ with /admin/.
    """
    slug = normalise_slug(slug)
    if slug in RESERVED_SLUGS:
        return True
    return at_root and (slug in RESERVED_ROOT_SLUGS or slug in settings.MODELTRANSLATION_LANGUAGES or "." in slug)


@checks.register(checks.Tags.database)
def check_reserved_slugs(app_configs=None, databases=None, **kwargs) -> list[checks.Warning]:
    """Warn of pages with a slug that another release has reserved since. They keep their addresses."""
    hint = "Move the page in the admin: its old address then leads to the new one."
    return [
        checks.Warning(f"The page /{path}/ has a name that the site uses itself.", hint=hint, id="pages.W003")
        for using in databases or []
        for path in _reserved_paths(using)
    ]


def _reserved_paths(using: str) -> list[str]:
    if Page._meta.db_table not in connections[using].introspection.table_names():
        return []
    reserved = Q(slug__in=RESERVED_SLUGS) | Q(parent=None, slug__in=RESERVED_ROOT_SLUGS)
    return list(Page.objects.using(using).filter(reserved).order_by("path").values_list("path", flat=True))


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


def normalise_slug(slug: str) -> str:
    """Return the form of a slug in which slugs of sister pages differ: readers do not see upper and lower case."""
    return unicodedata.normalize("NFC", slug.casefold())


def propose_slug(title: str, *, at_root: bool, used: Collection[str] = ()) -> str:
    """Return a slug for a title in Latin letters, "" if none is left of it. Letters of other scripts are kept.

    `used` has the slugs of the pages next to it: a number then makes the slug another one.
    """
    slug = "-".join("".join(_latin_letters(title)).split())[:MAX_PROPOSED_LENGTH].strip("-")
    normalised = set(map(normalise_slug, used))
    numbered = (f"{slug}-{number}" for number in count(2))
    names = (name for name in chain([slug], numbered) if not is_reserved_slug(name, at_root=at_root))
    return next(name for name in names if name not in normalised) if slug else ""


def _latin_letters(title: str) -> Iterator[str]:
    """Yield the letters and digits of a title in lower case, and a space for everything between them."""
    for character in unicodedata.normalize("NFC", title.replace("İ", "I")).lower():
        if character in TRANSLITERATION:
            yield TRANSLITERATION[character]
            continue
        base = unicodedata.normalize("NFD", character)[0]
        # The accents of Latin letters are dropped; in other scripts marks make another letter.
        letter = base if base.isascii() else character
        is_letter = letter.isalnum() or unicodedata.category(letter) in _COMBINING_MARKS
        # A word with an apostrophe is one word.
        yield letter if is_letter else "" if letter in "'’ʼ" else " "
