"""What every page of the site shows: its name, notice, licence, links and the latest hash of the publication log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model
from modeltranslation.utils import build_localized_fieldname

from pages.languages import LocalizedText, direction, served_languages
from pages.models import Link, LinkGroup, Page, SiteSettings
from pages.models.links import LinkPosition
from pages.presentation.site_state import SiteState


@dataclass(frozen=True)
class LinkPresentation:
    """A link of the top bar or the footer. It is shown as plain text if `url` is empty."""

    label: LocalizedText
    url: str


@dataclass(frozen=True)
class LinkGroupPresentation:
    """Links below a heading, and the groups nested in it."""

    title: LocalizedText
    links: tuple[LinkPresentation, ...]
    subgroups: tuple["LinkGroupPresentation", ...]


@dataclass(frozen=True)
class SitePresentation:
    """The site in a language at a time."""

    settings: SiteSettings
    name: LocalizedText
    notice: LocalizedText
    licence: LocalizedText
    top_links: tuple[LinkPresentation, ...]
    footer: tuple[LinkGroupPresentation, ...]
    latest_hash: str
    record_count: int


def read_site(language: str, state: SiteState) -> SitePresentation:
    # A new site has no row.
    settings = SiteSettings.objects.first() or SiteSettings()
    groups = _groups(language, state.at)
    return SitePresentation(
        settings=settings,
        name=localized_field(settings, "name", language),
        notice=localized_field(settings, "notice", language),
        licence=localized_field(settings, "licence_name", language),
        top_links=tuple(link for group in groups.get(LinkPosition.TOP, ()) for link in group.links),
        footer=tuple(groups.get(LinkPosition.FOOTER, ())),
        latest_hash=state.latest_hash,
        record_count=state.record_count,
    )


def base_context(site: SitePresentation, language: str, *, origin: str, links: list[dict], noindex: bool) -> dict:
    """Return the context of `base.html`, for readers' pages and for previews of drafts.

    `origin` is the address of the site without a slash at its end; `links` lead to the page in each language.
    """
    return {
        "site": site,
        "language": language,
        "direction": direction(language),
        "origin": origin,
        "language_links": links,
        "noindex": noindex,
    }


def localized_field(row: Model, field: str, language: str) -> LocalizedText:
    """Return a translated field in a language, or else in the first served language that has a value."""
    for candidate in (language, *served_languages()):
        if text := getattr(row, build_localized_fieldname(field, candidate), None):
            return LocalizedText(text, candidate)
    return LocalizedText("", language)


def _groups(language: str, at: datetime) -> dict[str, list[LinkGroupPresentation]]:
    """Return the top-level groups by position."""
    rows = list(LinkGroup.objects.order_by("weight", "pk"))
    links: dict[int, list[LinkPresentation]] = {}
    public_pages = set(Page.objects.public(at).filter(links__isnull=False).values_list("pk", flat=True))
    # `only` leaves out the drafts of the linked pages in all languages.
    columns = [*(field.name for field in Link._meta.concrete_fields), "page__path"]
    for link in Link.objects.select_related("page").only(*columns).order_by("weight", "pk"):
        links.setdefault(link.group_id, []).append(_link(link, language, public_pages))
    by_position: dict[str, list[LinkGroupPresentation]] = {}
    for row in rows:
        if row.parent_id is None:
            by_position.setdefault(row.position, []).append(_group(row, rows, links, language))
    return by_position


def _link(link: Link, language: str, public_pages: set[int]) -> LinkPresentation:
    label = localized_field(link, "label", language)
    if link.page is None:
        return LinkPresentation(label, escape_fragment(link.url))
    # A link to a page that is not public must not lead readers to an error.
    return LinkPresentation(label, link.page.url_in(language) if link.page_id in public_pages else "")


def escape_fragment(url: str) -> str:
    """Escape a second # in the fragment (RFC 3986, section 3.5). Addresses at matrix.to have one."""
    address, separator, fragment = url.partition("#")
    return address + separator + fragment.replace("#", "%23")


def _group(
    row: LinkGroup, rows: Iterable[LinkGroup], links: dict[int, list[LinkPresentation]], language: str
) -> LinkGroupPresentation:
    subgroups = tuple(_group(group, rows, links, language) for group in rows if group.parent_id == row.pk)
    return LinkGroupPresentation(localized_field(row, "title", language), tuple(links.get(row.pk, ())), subgroups)
