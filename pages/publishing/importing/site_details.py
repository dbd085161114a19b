"""What an import knows of the site as a whole: its name, addresses, licence, trackers and links.

It fills what is still empty here. What a person set, or emptied since the last import, stays.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from modeltranslation.utils import build_localized_fieldname

from pages.models import Link, LinkGroup, Page, SiteSettings, Version, VersionText
from pages.models.links import LinkPosition

# Texts by language.
Texts = Mapping[str, str]
TRANSLATED = ("name", "language_name", "notice", "licence_name")
COMMON = ("original_address", "licence_url", "documentation_tracker", "project_tracker")
LINKS = {"top": LinkPosition.TOP, "footer": LinkPosition.FOOTER}


@dataclass(frozen=True, kw_only=True)
class SiteLink:
    """A link with its labels. It leads to the page at `page_path`, else to `url`, else nowhere: then it is plain text.

    `url` is used if there is no such page. Without labels it has the titles of its page. One that `is_of_page` was
    asked for by that page, so there is none if readers cannot open the page.
    """

    labels: Texts = field(default_factory=dict)
    url: str = ""
    page_path: str | None = None
    is_of_page: bool = False


@dataclass(frozen=True, kw_only=True)
class SiteLinkGroup:
    """Links below a heading, and the groups nested in it."""

    titles: Texts = field(default_factory=dict)
    links: tuple[SiteLink, ...] = ()
    subgroups: tuple["SiteLinkGroup", ...] = ()


@dataclass(frozen=True, kw_only=True)
class SiteDetails:
    """The settings and links of a site; empty where they are not known."""

    name: Texts = field(default_factory=dict)
    original_address: str = ""
    language_name: Texts = field(default_factory=dict)
    notice: Texts = field(default_factory=dict)
    licence_name: Texts = field(default_factory=dict)
    licence_url: str = ""
    documentation_tracker: str = ""
    project_tracker: str = ""
    top: tuple[SiteLinkGroup, ...] = ()
    footer: tuple[SiteLinkGroup, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the details as values that JSON can represent."""
        return json.loads(json.dumps(asdict(self)))


@dataclass(frozen=True, kw_only=True)
class FilledSite:
    """The names of the details that were filled in and of those that are empty, and values that are not valid."""

    filled: tuple[str, ...]
    empty: tuple[str, ...]
    invalid: tuple[tuple[str, str], ...]


def fill_site(details: SiteDetails, last: Mapping[str, Any], *, at: datetime) -> FilledSite:
    """Fill in the settings and links of the site that are empty. The caller's transaction commits them.

    Links get the titles of pages at the time `at`. `last` are the details of the last import of the same source, as
    JSON: what has not changed since stays as it is.
    """
    before = _empty_details()
    new = [name for name, value in details.as_json().items() if name in before and value and value != last.get(name)]
    invalid = list(_fill_settings(details, [name for name in new if name not in LINKS]))
    for name, position in LINKS.items():
        if name in new:
            _LinkWriter(position, at).create_groups(getattr(details, name))
    after = _empty_details()
    return FilledSite(
        filled=tuple(name for name in before if name not in after), empty=tuple(after), invalid=tuple(invalid)
    )


def _empty_details() -> list[str]:
    """Return the names of the details that are empty on this site."""
    row = SiteSettings.objects.first() or SiteSettings()
    positions = set(LinkGroup.objects.values_list("position", flat=True))
    is_empty = {name: position not in positions for name, position in LINKS.items()}
    is_empty |= {name: not getattr(row, name) for name in COMMON}
    is_empty |= {name: not any(getattr(row, column) for column in _columns(name)) for name in TRANSLATED}
    return [detail.name for detail in fields(SiteDetails) if is_empty[detail.name]]


def _columns(name: str) -> list[str]:
    return [build_localized_fieldname(name, code) for code in settings.MODELTRANSLATION_LANGUAGES]


def _fill_settings(details: SiteDetails, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Set columns of the settings. Yield the values that are not valid, with the reason."""
    row = SiteSettings.objects.first() or SiteSettings()
    columns = {column: value for name in names for column, value in _values_by_column(name, getattr(details, name))}
    for column, value in columns.items():
        setattr(row, column, value)
        try:
            row.clean_fields(exclude={other.name for other in row._meta.fields} - {column})
        except ValidationError as error:
            yield value, " ".join(error.messages)
            setattr(row, column, "")
    if columns:
        row.save()


def _values_by_column(name: str, value: str | Texts) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
        return
    for code, text in value.items():
        if code in settings.MODELTRANSLATION_LANGUAGES and text:
            yield build_localized_fieldname(name, code), text


class _LinkWriter:
    """Creates groups of links at a position, with the titles of pages at a time."""

    def __init__(self, position: LinkPosition, at: datetime):
        self._position, self._at = position, at

    def create_groups(self, groups: Iterable[SiteLinkGroup], parent: LinkGroup | None = None) -> None:
        for weight, group in enumerate(groups, 1):
            titles = dict(_values_by_column("title", group.titles))
            row = LinkGroup.objects.create(position=self._position, parent=parent, weight=weight, **titles)
            for link_weight, link in enumerate(group.links, 1):
                self._create_link(link, group=row, weight=link_weight)
            self.create_groups(group.subgroups, row)

    def _create_link(self, link: SiteLink, **columns: Any) -> None:
        path = link.page_path
        pages = Page.objects.public(self._at) if link.is_of_page else Page.objects.all()
        page = None if path is None else pages.filter(path=path).only("pk").first()
        labels = dict(_values_by_column("label", link.labels or (self._titles(page) if page else {})))
        if labels and (page or not link.is_of_page):
            Link.objects.create(page=page, url="" if page else link.url, **labels, **columns)

    def _titles(self, page: Page) -> Texts:
        # Those in force: the columns of the page are its draft.
        texts = VersionText.objects.filter(version__in=Version.objects.in_force(self._at).filter(page=page))
        rows = texts.order_by().values_list("language", "revision__link_title", "revision__title")
        limit = Link._meta.get_field("label").max_length
        return {language: (link_title or title)[:limit] for language, link_title, title in rows}


def read_site_details(at: datetime) -> SiteDetails:
    """Return the settings and links of this site. A link to a page that is not public at a time leads nowhere."""
    row, links = SiteSettings.objects.first() or SiteSettings(), _LinkReader(at)
    return SiteDetails(
        name=_texts_of(row, "name"),
        original_address=row.original_address,
        language_name=_texts_of(row, "language_name"),
        notice=_texts_of(row, "notice"),
        licence_name=_texts_of(row, "licence_name"),
        licence_url=row.licence_url,
        documentation_tracker=row.documentation_tracker,
        project_tracker=row.project_tracker,
        top=links.groups(LinkPosition.TOP),
        footer=links.groups(LinkPosition.FOOTER),
    )


class _LinkReader:
    """Reads the links of the site; those to pages as they are at a time."""

    def __init__(self, at: datetime):
        self._public = dict(Page.objects.public(at).values_list("pk", "path"))
        self._rows = list(LinkGroup.objects.order_by("weight", "pk"))
        self._links: dict[int, list[SiteLink]] = {}
        for link in Link.objects.order_by("weight", "pk"):
            self._links.setdefault(link.group_id, []).append(self._read(link))

    def _read(self, link: Link) -> SiteLink:
        path = None if link.page_id is None else self._public.get(link.page_id)
        return SiteLink(labels=_texts_of(link, "label"), url=link.url, page_path=path)

    def groups(self, position: LinkPosition) -> tuple[SiteLinkGroup, ...]:
        """Return the groups at a position that are not part of another one."""
        rows = (row for row in self._rows if row.position == position and row.parent_id is None)
        return tuple(self._group(row) for row in rows)

    def _group(self, row: LinkGroup) -> SiteLinkGroup:
        subgroups = tuple(self._group(subgroup) for subgroup in self._rows if subgroup.parent_id == row.pk)
        links = tuple(self._links.get(row.pk, ()))
        return SiteLinkGroup(titles=_texts_of(row, "title"), links=links, subgroups=subgroups)


def _texts_of(row: Model, name: str) -> Texts:
    """Return the texts of a translated field by language, without those that are empty."""
    columns = ((code, build_localized_fieldname(name, code)) for code in settings.MODELTRANSLATION_LANGUAGES)
    return {code: text for code, column in columns if (text := getattr(row, column))}
