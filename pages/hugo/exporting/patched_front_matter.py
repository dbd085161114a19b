"""Front matter of exported texts that were edited or moved on this site: dates, weight, address and old addresses."""

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
    """A public page. `old_paths` are those before moves on this site that still redirect to it."""

    path: str
    weight: int
    source_language: str
    was_moved: bool
    old_paths: tuple[str, ...]


@dataclass(frozen=True)
class TextToExport:
    """A text in force with its page and the path of its file."""

    key: TextKey
    path: str
    text: ExportedText
    modified_at: datetime
    page: ExportedPage

    @property
    def language(self) -> str:
        return self.key[1]

    @property
    def is_source(self) -> bool:
        """Tell whether this file determines the page's address."""
        return self.language == self.page.source_language

    @property
    def may_need_patch(self) -> bool:
        """Tell whether the front matter may lack changes that were made on this site."""
        return not self.text.file_name or (self.is_source and self.page.was_moved)


def public_pages(at: datetime, site: SiteFiles) -> dict[str, ExportedPage]:
    """Return the pages that are public at a time, by uuid."""
    redirects = frozenset(Redirect.objects.values_list("old_path", flat=True))
    pages = {}
    for uuid, path, weight, language in Page.objects.public(at).values_list(
        "uuid", "path", "weight", "source_language"
    ):
        page = str(uuid)
        former_paths = site.addresses.former_paths.get(page, ())
        old_paths = sorted(old for old in former_paths if old != path and _is_redirected(old, redirects))
        pages[page] = ExportedPage(path, weight, language, page in site.moved_pages, tuple(old_paths))
    return pages


def _is_redirected(path: str, redirects: frozenset[str]) -> bool:
    # A redirect covers everything below its path.
    parts = path.split("/")
    return any("/".join(parts[:length]) in redirects for length in range(1, len(parts) + 1))


def patch_text(content: bytes, text: TextToExport, site: SiteFiles) -> bytes:
    """Return a text with the date, weight and addresses of its page in the front matter; all other bytes are unchanged.

    Raises PatchFailed, or another ValueError, if the front matter cannot be patched.
    """
    location = site.structure.locate_text(text.path) or TextLocation(text.language, text.page.path)
    read = read_text(text.path, location, content)
    values = {} if text.text.file_name else _date_and_weight(read, text)
    if not text.is_source:
        return source.patch_front_matter(content, values)
    languages = settings.MODELTRANSLATION_LANGUAGES
    if text.page.was_moved and build_address(location.key, *read.slug_and_url, languages=languages) != text.page.path:
        # Without a leading slash, Hugo resolves it below the address of the language.
        values["url"] = f"{text.page.path}/"
    known = parse_aliases(read.aliases, location.key, languages=languages).paths
    missing = [old for old in text.page.old_paths if old not in known]
    return add_aliases(source.patch_front_matter(content, values), missing)


def _date_and_weight(read: ReadText, text: TextToExport) -> dict[str, str]:
    values = {}
    if read.modified_at(ZoneInfo(settings.TIME_ZONE)) != text.modified_at:
        values["lastmod"] = text.modified_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if read.weight != text.page.weight:
        values["weight"] = str(text.page.weight)
    return values


def add_aliases(content: bytes, paths: Iterable[str]) -> bytes:
    """Return a text with aliases added as the first line of its front matter.

    Raises PatchFailed if it has no front matter, or aliases already.
    """
    aliases = tuple(f"/{path}/" for path in paths)
    if not aliases:
        return content
    before = source.parse(content)
    parts = split_front_matter(content.decode("utf-8", errors="surrogateescape"))
    key = before.resolve_key("aliases")
    if not parts.fence or key in before.front_matter or key in before.lists:
        reason = "it has aliases already" if parts.fence else "it has no front matter"
        raise PatchFailed(f"{reason}, so the old addresses {', '.join(aliases)} are not added.")
    newline = re.findall(r"\r\n|\r|\n", parts.head)[0]
    # A JSON list of strings is valid in both YAML and TOML.
    line = f"aliases{parts.format.SEPARATOR}{json.dumps(aliases, ensure_ascii=False)}{newline}"
    patched = (parts.head + line + parts.front + parts.tail).encode("utf-8", errors="surrogateescape")
    after = source.parse(patched)
    if (after.front_matter, after.lists) != (before.front_matter, {**before.lists, "aliases": aliases}):
        raise PatchFailed("the front matter cannot be extended with aliases.")
    return patched
