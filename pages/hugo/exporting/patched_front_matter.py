"""Front matter of exported texts that were edited or moved on this site: dates, weight, address and old addresses."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from pages.hugo.commits.text_files import ReadText, read_text
from pages.hugo.exporting.file_names import TextKey
from pages.hugo.exporting.site_files import SiteFiles
from pages.hugo.site_structure.addresses import build_address, parse_aliases
from pages.hugo.site_structure.structure import TextLocation
from pages.models import Page, Redirect, Version, VersionText
from pages.text import source
from pages.text.front_matter.fences import split_front_matter
from pages.text.source import PatchFailed


class TextPatcher:
    """Patches texts in force whose front matter may lack changes that were made on this site."""

    def __init__(self, site: SiteFiles, at: datetime):
        self._site = site
        self._pages = {str(page.uuid): page for page in Page.objects.public(at)}
        rows = VersionText.objects.filter(version__in=Version.objects.in_force(at).values("pk"))
        columns = rows.with_modified_at(at).values_list("version__page__uuid", "language", "modified_at")
        self._modified_at = {(str(uuid), language): modified_at for uuid, language, modified_at in columns}
        self._redirects = frozenset(Redirect.objects.values_list("old_path", flat=True))

    def patch(self, path: str, content: bytes) -> bytes:
        """Return a text with the date, weight and addresses of its page in the front matter.

        All other bytes are unchanged. Raises PatchFailed, or another ValueError, if that is impossible.
        """
        key = uuid, language = self._site.names.texts[path]
        page, is_imported = self._pages[uuid], bool(self._site.texts[uuid][language].file_name)
        is_source, was_moved = language == page.source_language, uuid in self._site.moved_pages
        if is_imported and not (is_source and was_moved):
            return content
        location = self._site.structure.locate_text(path) or TextLocation(language, page.path)
        read = read_text(path, location, content)
        values = {} if is_imported else self._date_and_weight(read, key)
        if not is_source:
            return source.patch_front_matter(content, values)
        languages = settings.MODELTRANSLATION_LANGUAGES
        address = build_address(location.key, *read.slug_and_url, languages=languages)
        if was_moved and address != page.path:
            # Without a leading slash, Hugo resolves it below the address of the language.
            values["url"] = f"{page.path}/"
        known = {page.path, *parse_aliases(read.aliases, address, languages=languages)[0]}
        old_paths = sorted(self._site.addresses.former_paths.get(uuid, ()))
        # The address of a home page that moved is that of the site.
        missing = [old for old in old_paths if old and old not in known and self._is_redirected(old)]
        return add_aliases(source.patch_front_matter(content, values), missing)

    def _date_and_weight(self, read: ReadText, key: TextKey) -> dict[str, str]:
        values, modified_at, weight = {}, self._modified_at[key], self._pages[key[0]].weight
        if read.modified_at(ZoneInfo(settings.TIME_ZONE)) != modified_at:
            values["lastmod"] = modified_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if read.weight != weight:
            values["weight"] = str(weight)
        return values

    def _is_redirected(self, path: str) -> bool:
        # A redirect covers everything below its path.
        parts = path.split("/")
        return any("/".join(parts[:length]) in self._redirects for length in range(1, len(parts) + 1))


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
