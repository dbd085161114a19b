"""What front matter has to say of pages that were edited or moved here: dates, places, old addresses."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from pages.hugo.commits.text_files import ReadText, read_text
from pages.hugo.exporting.exported_records import ExportedText
from pages.hugo.exporting.file_names import TextKey
from pages.hugo.exporting.site_files import SiteFiles
from pages.hugo.site_structure.addresses import build_address, parse_aliases
from pages.hugo.site_structure.structure import TextLocation
from pages.models import Page, Redirect
from pages.text import source
from pages.text.front_matter.fences import split_front_matter
from pages.text.source import PatchFailed


@dataclass(frozen=True)
class ExportedPage:
    """What the tree has to say of a page that readers can open."""

    path: str
    weight: int
    source_language: str
    is_moved_here: bool
    # Those that it left here, and that still lead to it.
    old_addresses: tuple[str, ...]


@dataclass(frozen=True)
class TextInForce:
    """A text that readers have now, in its file."""

    owner: TextKey
    path: str
    shown: ExportedText
    modified_at: datetime
    page: ExportedPage

    @property
    def is_leading(self) -> bool:
        """Tell whether its file says where the page stands."""
        return self.owner[1] == self.page.source_language

    @property
    def may_differ(self) -> bool:
        """Tell whether anything that was done here could have to stand in its front matter."""
        return not self.shown.file_name or (self.is_leading and self.page.is_moved_here)


def public_pages(at: datetime, site: SiteFiles) -> dict[str, ExportedPage]:
    """Return the pages that readers can open at a moment, by their uuids."""
    redirects = frozenset(Redirect.objects.values_list("old_path", flat=True))
    found = {}
    for identifier, path, weight, language in Page.objects.public(at).values_list(
        "uuid", "path", "weight", "source_language"
    ):
        name = str(identifier)
        left = [old for old in site.addresses.left_here.get(name, ()) if old != path and _leads_on(old, redirects)]
        found[name] = ExportedPage(path, weight, language, name in site.moved_here, tuple(sorted(left)))
    return found


def _leads_on(old: str, redirects: frozenset[str]) -> bool:
    parts = old.split("/")
    return any("/".join(parts[:length]) in redirects for length in range(1, len(parts) + 1))


def with_local_changes(content: bytes, text: TextInForce, site: SiteFiles) -> bytes:
    """Return a text with the dates, the weight and the addresses that were given here, all other bytes as they were.

    Raises PatchFailed, or another ValueError, where it cannot have them.
    """
    place = site.structure.locate_text(text.path) or TextLocation(text.owner[1], text.page.path)
    read = read_text(text.path, place, content)
    values = {} if text.shown.file_name else _of_this_text(read, text)
    if not text.is_leading:
        return source.patch_front_matter(content, values)
    languages = settings.MODELTRANSLATION_LANGUAGES
    if text.page.is_moved_here and build_address(place.key, *read.slug_and_url, languages=languages) != text.page.path:
        # Without a slash before it, it is below the language's own address.
        values["url"] = f"{text.page.path}/"
    known = parse_aliases(read.aliases, place.key, languages=languages).paths
    missing = [old for old in text.page.old_addresses if old not in known]
    return with_aliases(source.patch_front_matter(content, values), missing)


def _of_this_text(read: ReadText, text: TextInForce) -> dict[str, str]:
    values = {}
    if read.modified_at(ZoneInfo(settings.TIME_ZONE)) != text.modified_at:
        values["lastmod"] = text.modified_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if read.weight != text.page.weight:
        values["weight"] = str(text.page.weight)
    return values


def with_aliases(content: bytes, paths: Iterable[str]) -> bytes:
    """Return a text with old addresses named on top of its front matter. Raises PatchFailed where some are already."""
    wanted = tuple(f"/{path}/" for path in paths)
    if not wanted:
        return content
    before = source.parse(content)
    parts = split_front_matter(content.decode("utf-8", errors="surrogateescape"))
    key = before.resolve_key("aliases")
    if not parts.fence or key in before.front_matter or key in before.lists:
        raise PatchFailed(
            f"the old addresses {', '.join(wanted)} are not added to those that it names, or it names none."
        )
    newline = re.search(r"\r\n|\r|\n", parts.head)[0]
    sign = ": " if parts.fence == "---" else " = "
    line = f"aliases{sign}{json.dumps(wanted, ensure_ascii=False)}{newline}"
    new = (parts.head + line + parts.front + parts.tail).encode("utf-8", errors="surrogateescape")
    after = source.parse(new)
    if (after.front_matter, after.lists) != (before.front_matter, {**before.lists, "aliases": wanted}):
        raise PatchFailed("the front matter cannot take old addresses.")
    return new
