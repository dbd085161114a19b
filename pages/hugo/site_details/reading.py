"""Reading the settings and links of a site from its config: that of Hugo, as the Docsy theme uses it, or of Jekyll."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pages.hugo.site_details.licences import find_licence
from pages.hugo.site_details.link_targets import LinkTargets
from pages.hugo.site_details.menus import EXPORTED, Menu, MenuEntry, read_entries, read_entry, read_page_menus
from pages.hugo.site_details.repositories import REPOSITORY_NAMES, find_trackers
from pages.hugo.site_structure.site_config import language_tag
from pages.languages import native_name, served_languages, served_or_default
from pages.publishing.importing.site_details import SiteDetails, SiteLinkGroup, Texts
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message

# Names of menus, with the position of their links. Others have no place here.
_TOP_MENUS = frozenset({"main", "header", "top", "nav", "navbar", "navigation", "primary", "topbar"})
_FOOTER_MENUS = re.compile(r"(?:\w*[_-])?(?:footer|bottom|legal)(?:[_-]?\w+)?")
# The lists of links in the footer of the Docsy theme.
_DOCSY_LINKS = ("user", "developer")
_MAX_NAMED = 20
# Parameters that have an effect here.
_USED = frozenset(
    {"links", "privacy_policy", "copyright", "licence", "license", "licence_url", "license_url", "notice"}
    | {"documentation_tracker", "project_tracker", *REPOSITORY_NAMES}
)
Values = Mapping[str, Value]
# The menus in the front matter of pages: the language, the address of the page, and the menus.
PageMenus = Iterable[tuple[str, str, Value]]


@dataclass(frozen=True)
class ReadSite:
    """The details in a config, and what in it is not understood."""

    details: SiteDetails
    remarks: tuple[Message, ...] = ()


class SiteReader:
    """Reads the values of a config, with keys in lower case. `tag` gives the code of a language on this site."""

    def __init__(self, values: Values, *, default_language: str, tag: Callable[[str], str] = language_tag):
        self._values, self._source_default = values, tag(default_language)
        # Values without a language are in the default one.
        self._default = served_or_default(self._source_default)
        self._languages = {tag(name): mapping(own) for name, own in mapping(values.get("languages")).items()}
        self._params = {**mapping(values.get("params")), **mapping(self._own(self._source_default).get("params"))}
        self.address = _address(text(values.get("baseurl")))
        codes = {language_tag(name) for name in mapping(values.get("languages"))} | set(self._languages)
        self.targets = LinkTargets(self.address, codes | {language_tag(default_language)})
        self._remarks: list[Message] = []

    def read(self, page_menus: PageMenus = ()) -> ReadSite:
        """Return the details, with the menus of the config and those in the front matter of pages."""
        licence_name, licence_url = find_licence({**self._values, **self._params})
        of_texts, of_project = find_trackers(self._params)
        menus = self._read_menus(page_menus)
        details = SiteDetails(
            name=self._texts("title", text(self._values.get("title"))),
            original_address=self.address,
            language_name=dict(self._language_names()),
            notice=self._params_by_language("notice"),
            licence_name=self._params_by_language("licence") or _filled({self._default: licence_name}),
            licence_url=licence_url,
            documentation_tracker=text(self._params.get("documentation_tracker")) or of_texts,
            project_tracker=text(self._params.get("project_tracker")) or of_project,
            top=menus["top"],
            footer=(*menus["footer"], *self._docsy_footer()),
        )
        return ReadSite(details, (*self._remarks, *self._unused(details)))

    def _own(self, language: str) -> Values:
        return self._languages.get(language, {})

    def _texts(self, key: str, common: str) -> Texts:
        own = {language: text(values.get(key)) for language, values in self._languages.items()}
        return {self._default: common, **_filled(own)} if common else _filled(own)

    def _params_by_language(self, key: str) -> Texts:
        own = {language: text(mapping(values.get("params")).get(key)) for language, values in self._languages.items()}
        common = text(mapping(self._values.get("params")).get(key))
        return {**({self._default: common} if common else {}), **_filled(own)}

    def _language_names(self) -> Iterator[tuple[str, str]]:
        for language, values in self._languages.items():
            name = text(values.get("languagename"))
            if name and name.casefold() != native_name(language).casefold():
                yield language, name

    # --- Links --------------------------------------------------------------------------------------------------------

    def _read_menus(self, page_menus: PageMenus) -> dict[str, tuple[SiteLinkGroup, ...]]:
        """Return the groups of links by position."""
        by_name: dict[str, dict[str, list[MenuEntry]]] = {}
        for language, name, value in self._config_menus():
            entries = by_name.setdefault(name, {}).setdefault(language, [])
            try:
                entries += read_entries(value, language, self.targets)
            except ValueError:
                self._remarks.append(Message("The menu “%(menu)s” has an address that is not valid.", menu=name))
        # An export has the entries of pages among those of its config.
        written = (entry for entries in by_name.values() for in_language in entries.values() for entry in in_language)
        is_exported = any(EXPORTED.fullmatch(entry.identifier) for entry in written)
        for language, address, menus in () if is_exported else page_menus:
            for name, values in read_page_menus(menus):
                entry = read_entry(values, language, self.targets, page_path=address)
                by_name.setdefault(name.lower(), {}).setdefault(language, []).append(entry)
        groups: dict[str, tuple[SiteLinkGroup, ...]] = {"top": (), "footer": ()}
        for name, by_language in by_name.items():
            if (position := _position(name)) is None:
                self._remarks.append(Message("The menu “%(menu)s” has no place on this site.", menu=name))
            else:
                groups[position] += self._groups(name, by_language, are_nested=position == "footer")
        return groups

    def _config_menus(self) -> Iterator[tuple[str, str, Value]]:
        """Yield the menus of the config, those of the default language first: language, name and entries."""
        common = _menus_of(self._values)
        languages = sorted({self._default, *self._languages}, key=lambda code: (code != self._default, code))
        for language in languages:
            shared = common if language == self._default else {}
            for name, value in {**shared, **_menus_of(self._own(language))}.items():
                yield language, name, value

    def _groups(
        self, name: str, by_language: Mapping[str, list[MenuEntry]], *, are_nested: bool
    ) -> tuple[SiteLinkGroup, ...]:
        menu = Menu(by_language)
        for entry in menu.unmatched:
            self._remarks.append(
                Message(
                    "The menu “%(menu)s” has an entry in %(language)s only, which is left out: %(entry)s.",
                    menu=name,
                    language=entry.language,
                    entry=entry.name or entry.url or entry.page_path or "",
                )
            )
        return menu.groups(are_nested=are_nested)

    def _docsy_footer(self) -> Iterator[SiteLinkGroup]:
        links = mapping(self._params.get("links"))
        for name in _DOCSY_LINKS:
            entries = {self._default: list(read_entries(links.get(name), self._default, self.targets))}
            yield from Menu(entries).groups(are_nested=False)
        if policy := text(self._params.get("privacy_policy")):
            label: Value = {"name": "Privacy Policy", "url": policy}
            yield from Menu({self._default: list(read_entries([label], self._default, self.targets))}).groups(
                are_nested=False
            )

    # --- What is not understood ---------------------------------------------------------------------------------------

    def _unused(self, details: SiteDetails) -> Iterator[Message]:
        notice = self._params.get("copyright") or self._values.get("copyright")
        if notice and not details.licence_name:
            shown = text(notice) or text(mapping(notice).get("authors"))
            yield Message("The copyright notice names no licence and is not shown: %(notice)s", notice=shown)
        if unused := [name for name in self._params if name not in _USED]:
            names = ", ".join(unused[:_MAX_NAMED]) + (", …" if len(unused) > _MAX_NAMED else "")
            yield Message("Parameters without an effect on this site: %(names)s", names=names)
        if self._source_default in served_languages()[1:]:
            yield Message(
                "Pages in %(language)s had addresses without a language. They keep them if SITE_LANGUAGES begins with "
                "that code.",
                language=self._source_default,
            )


def mapping(value: Value | None) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def text(value: Value | None) -> str:
    return value.strip() if isinstance(value, str) else ""


def _filled(texts: Texts) -> dict[str, str]:
    return {language: value for language, value in texts.items() if value}


def _address(value: str) -> str:
    """Return the address of a site if it is a whole one: `baseURL` can also be a path only."""
    try:
        url = urlsplit(value)
    except ValueError:
        return ""
    return value if url.scheme in ("http", "https") and url.hostname else ""


def _menus_of(values: Values) -> dict[str, Value]:
    return {**mapping(values.get("menu")), **mapping(values.get("menus"))}


def _position(menu: str) -> str | None:
    if menu in _TOP_MENUS:
        return "top"
    return "footer" if _FOOTER_MENUS.fullmatch(menu) else None


def jekyll_values(config: Values) -> dict[str, Value]:
    """Return the values of a Jekyll config, with keys in lower case, under the names that Hugo has for them."""
    base_path = text(config.get("baseurl")).strip("/")
    address = f"{text(config.get('url')).rstrip('/')}/{base_path}"
    names = ("repository", "licence", "license", "copyright")
    return {
        "title": config.get("title", ""),
        "baseurl": address.rstrip("/") + "/",
        "params": {name: config[name] for name in names if name in config},
    }
