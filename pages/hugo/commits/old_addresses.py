"""The addresses that a text had on the site of its generator, other than that of its page here."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from pages.hugo.commits.text_files import ReadText
from pages.hugo.site_structure.addresses import build_address, is_in_root, original_path, parse_aliases
from pages.hugo.site_structure.jekyll_names import fill_permalink
from pages.hugo.site_structure.permalinks import PermalinkText, UnknownPermalink, expand_pattern, find_pattern
from pages.hugo.site_structure.site_config import language_tag
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message, reason_of


@dataclass(frozen=True)
class OldAddress:
    """A path without language. With a `language`, it leads to the text in that language if the address names none.

    It `is_asked_for` if the front matter has it, rather than a rule of the generator.
    """

    path: str
    language: str = ""
    is_asked_for: bool = False


class OldAddresses:
    """Finds the old addresses of one text. `unknown` has what is not an address, as messages.

    `key` is that of the text's own path, which can be another one than that of its page, and `sections` are the folders
    of its section.
    """

    def __init__(
        self,
        text: ReadText,
        key: str,
        *,
        sections: Sequence[str] = (),
        languages: Collection[str],
        removes_accents: bool = False,
    ):
        self._text, self._key, self._sections, self._languages = text, key, sections, languages
        self._language, self._removes_accents = text.location.language, removes_accents
        self.unknown: list[Message] = []
        self._own = self._original = key
        with suppress(ValueError):
            parts = (key, *text.slug_and_url)
            self._original = original_path(*parts, languages=languages, removes_accents=removes_accents)
            self._own = build_address(*parts, languages=languages, removes_accents=removes_accents)

    def find(
        self,
        page_address: str,
        *,
        is_leading: bool,
        source_languages: Iterable[str],
        permalinks: Value | None,
        collections: Value | None = None,
    ) -> list[OldAddress]:
        """Return the old addresses, each once.

        The text `is_leading` if the page has its address. `source_languages` are codes of its language in the source.
        `permalinks` are those of Hugo's config, `collections` those of Jekyll's.
        """
        found = [*self._aliases(is_leading=is_leading), *self._permalink(permalinks)]
        found += self._collection_addresses(collections)
        url = self._text.slug_and_url[1]
        if self._original != self._own:
            # Signs that addresses here do not have.
            found.append(OldAddress(self._original, "" if is_leading else self._language_of(url)))
        if not is_leading and (any(self._text.slug_and_url) or self._text.declared.translation_key):
            found.append(OldAddress(self._own, self._language_of(url), is_asked_for=bool(url)))
        elif is_leading and "." in self._own.partition("/")[0]:
            # This site keeps such names to itself, so the page has another one.
            found.append(OldAddress(self._own))
        tags = map(language_tag, source_languages)
        found += [OldAddress(f"{tag}/{self._own}".rstrip("/"), self._language) for tag in tags]
        by_path = {address.path: address for address in reversed(found)}
        return [address for path, address in reversed(by_path.items()) if path not in ("", page_address)]

    def _language_of(self, url: str) -> str:
        return self._language if is_in_root(url, self._languages) else ""

    def _aliases(self, *, is_leading: bool) -> Iterator[OldAddress]:
        is_file = self._text.slug_and_url[1].lower().endswith((".html", ".htm"))
        # For Hugo an alias is relative to the folder above that of the page, and a file is not a folder.
        base = posixpath.dirname(self._own) if is_file else self._own
        for alias in self._text.aliases:
            paths, invalid = parse_aliases([alias], base, languages=self._languages)
            self.unknown += [Message("alias %(alias)s: %(reason)s", alias=value, reason=why) for value, why in invalid]
            language = "" if is_leading else self._language_of(alias)
            yield from (OldAddress(path, language, is_asked_for=True) for path in paths)

    def _permalink(self, permalinks: Value | None) -> Iterator[OldAddress]:
        """Yield the address that the config has for the section of the text, unless its front matter has one."""
        text, key = self._text, self._key
        pattern = find_pattern(permalinks, key, is_section=text.is_section)
        if not pattern or text.slug_and_url[1]:
            return
        slug, date = text.slug_and_url[0], None
        with suppress(ValueError):
            date = text.published_at(ZoneInfo(settings.TIME_ZONE))
        try:
            values = PermalinkText(key, self._sections, text.fields.title, slug, date)
            yield OldAddress(expand_pattern(pattern, values, removes_accents=self._removes_accents))
        except UnknownPermalink:
            message = Message(
                "its address by permalinks (%(pattern)s) is not known, and not redirected.", pattern=pattern
            )
            self.unknown.append(message)
        except ValueError as error:
            self.unknown.append(reason_of(error))

    def _collection_addresses(self, collections: Value | None) -> Iterator[OldAddress]:
        """Yield the addresses of a text in a collection of Jekyll, whose folder begins with an underscore."""
        parts = self._text.file_name.split("/")
        start = next((position for position, part in enumerate(parts[:-1]) if part.startswith("_")), None)
        if start is None:
            return
        name, inner_key = parts[start][1:], "/".join([*parts[start + 1 : -1], parts[-1].rpartition(".")[0]])
        with suppress(ValueError):
            yield OldAddress(build_address(f"{name}/{inner_key}"), self._language)
        settings_by_name = collections if isinstance(collections, dict) else {}
        own_settings = settings_by_name.get(name)
        pattern = own_settings.get("permalink") if isinstance(own_settings, dict) else None
        if not isinstance(pattern, str) or not pattern.strip() or self._text.slug_and_url[1]:
            return
        if url := fill_permalink(pattern.strip(), self._text.front_matter, inner_key, name):
            with suppress(ValueError):
                yield OldAddress(build_address(name, url=url, languages=self._languages), self._language)
        else:
            message = Message(
                "its address by permalinks (%(pattern)s) is not known, and not redirected.", pattern=pattern
            )
            self.unknown.append(message)


def old_languages(language: str, language_map: Iterable[tuple[str, str]]) -> list[str]:
    """Return the codes that a language has in the source."""
    return [source for source, target in language_map if target == language != source]
