"""Writing the settings and links of a site into a Hugo config, in the form in which the import reads them again."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from pages.hugo.site_details.repositories import repository_of
from pages.languages import native_name
from pages.models.page import page_url
from pages.publishing.importing.site_details import SiteDetails, SiteLink, SiteLinkGroup, Texts

_MENUS = {"top": "main", "footer": "footer"}


def quote(text: str) -> str:
    """Return a TOML basic string."""
    # It is a JSON string, except that TOML forbids DEL as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


class ConfigWriter:
    """Writes the parts of a config that come from the details of a site."""

    def __init__(self, details: SiteDetails):
        self._details = details

    @property
    def languages(self) -> set[str]:
        """The languages that settings or links have a text in."""
        details = self._details
        texts = [details.name, details.language_name, details.notice, details.licence_name]
        texts += [group_texts for groups in (details.top, details.footer) for group_texts in _texts_of(groups)]
        return {language for by_language in texts for language in by_language}

    def head(self, default: str) -> list[str]:
        """Return the lines before the first table: the site's address, and its title in the default language."""
        values = {"baseURL": self._details.original_address, "title": self._details.name.get(default, "")}
        return [f"{key} = {quote(value)}" for key, value in values.items() if value]

    def language(self, language: str) -> list[str]:
        """Return the lines in the table of a language."""
        name = self._details.language_name.get(language) or native_name(language)
        title = self._details.name.get(language)
        return [f"languageName = {quote(name)}", *([f"title = {quote(title)}"] if title else [])]

    def tables(self, languages: Sequence[str]) -> list[str]:
        """Return the lines of further tables: parameters and menus."""
        return [*self._params(), *(line for language in languages for line in self._language_tables(language))]

    def _params(self) -> Iterator[str]:
        details = self._details
        values = {"licence_url": details.licence_url}
        for name, repository, tracker in (
            ("documentation_tracker", "github_repo", details.documentation_tracker),
            ("project_tracker", "github_project_repo", details.project_tracker),
        ):
            # The theme Docsy derives the same addresses from these.
            address = repository_of(tracker)
            values |= {repository: address} if address else {name: tracker}
        yield from _table("params", values)

    def _language_tables(self, language: str) -> Iterator[str]:
        details, table = self._details, f"languages.{quote(language)}"
        params = {"notice": details.notice.get(language, ""), "licence": details.licence_name.get(language, "")}
        yield from _table(f"{table}.params", params)
        for position, menu in _MENUS.items():
            yield from _MenuWriter(language, f"{table}.menus.{menu}").root_groups(getattr(details, position), position)


class _MenuWriter:
    """Writes a menu in a language. Entries have the same identifiers and weights in every language."""

    def __init__(self, language: str, table: str):
        self._language, self._table = language, table
        self._weights = count(1)

    def root_groups(self, groups: Sequence[SiteLinkGroup], position: str) -> Iterator[str]:
        is_after_flat = False
        for number, group in enumerate(groups, 1):
            # Links without a heading need no entry above them, unless they would join those before them.
            is_flat = not (group.titles or group.subgroups or is_after_flat) and bool(group.links)
            if is_flat:
                yield from self._links(group.links, f"{position}-{number}", "")
            else:
                yield from self._group(group, f"{position}-{number}", "")
            is_after_flat = is_flat

    def _group(self, group: SiteLinkGroup, identifier: str, parent: str) -> Iterator[str]:
        values = {"identifier": identifier, "name": group.titles.get(self._language, ""), "parent": parent}
        yield from self._entry(values, is_group=True)
        yield from self._links(group.links, identifier, identifier)
        for number, subgroup in enumerate(group.subgroups, len(group.links) + 1):
            yield from self._group(subgroup, f"{identifier}-{number}", identifier)

    def _links(self, links: Sequence[SiteLink], identifier: str, parent: str) -> Iterator[str]:
        for number, link in enumerate(links, 1):
            values = {"identifier": f"{identifier}-{number}", "name": link.labels.get(self._language, "")}
            lines = self._entry({**values, "url": self._url(link), "parent": parent})
            if values["name"]:
                yield from lines

    def _url(self, link: SiteLink) -> str:
        if link.page_path is None:
            return link.url
        return page_url(link.page_path, self._language)

    def _entry(self, values: Mapping[str, str], *, is_group: bool = False) -> list[str]:
        lines = [f"{key} = {quote(value)}" for key, value in values.items() if value]
        weight = f"weight = {next(self._weights)}"
        return ["", f"[[{self._table}]]", *lines, weight, *(["params = { group = true }"] if is_group else [])]


def _table(name: str, values: Mapping[str, str]) -> list[str]:
    lines = [f"{key} = {quote(value)}" for key, value in values.items() if value]
    return ["", f"[{name}]", *lines] if lines else []


def _texts_of(groups: Iterable[SiteLinkGroup]) -> Iterator[Texts]:
    for group in groups:
        yield from (group.titles, *(link.labels for link in group.links))
        yield from _texts_of(group.subgroups)
