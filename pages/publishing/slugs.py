"""Which slugs a page may have."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pages.models import Page

RESERVED = frozenset({"history", "v", "as-of", "compare", "changes", "upcoming", "_print"})
RESERVED_AT_ROOT = frozenset({"admin", "static", "media", "markdownx", "healthz", "readyz"})
# Letters and digits of any script; an address must survive a mail programme.
_SLUG = re.compile(r"[\w.~-]+")


def is_reserved(slug: str, *, at_root: bool) -> bool:
    """Tell whether the site needs the name for itself; at the root, language codes and names with a dot as well."""
    if slug in RESERVED:
        return True
    return at_root and (slug in RESERVED_AT_ROOT or slug in settings.MODELTRANSLATION_LANGUAGES or "." in slug)


def checked_slug(slug: str, *, parent: Page | None) -> str:
    """Return the slug, or raise ValidationError on it. Empty, it names the home page, which has no parent."""
    slug = slug.strip()
    if not slug and parent is None:
        return slug
    if not _SLUG.fullmatch(slug) or slug.strip(".") == "":
        raise ValidationError({"slug": _("A slug is made of letters, digits, hyphens and underscores.")})
    if is_reserved(slug, at_root=parent is None):
        raise ValidationError({"slug": _("The site itself uses the name “%(slug)s”.") % {"slug": slug}})
    if parent is not None and not parent.path:
        raise ValidationError({"parent": _("The home page has no pages below it: leave the parent empty.")})
    return slug
