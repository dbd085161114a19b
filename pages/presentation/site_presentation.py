"""What every page of the site shows: its name, its notice, its links, and the head of the publication log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from modeltranslation.utils import build_localized_fieldname

from pages.languages import LocalizedText, direction, served_languages
from pages.models import Link, LinkGroup, Page, SiteCounter, SiteSettings, Version
from pages.models.links import LinkPosition


@dataclass(frozen=True)
class LinkPresentation:
    """A link of the top bar or the footer; without a target it is plain text."""

    label: LocalizedText
    url: str


@dataclass(frozen=True)
class LinkGroupPresentation:
    """Links below a heading, and the groups that are parts of it."""

    title: LocalizedText
    links: tuple[LinkPresentation, ...]
    parts: tuple["LinkGroupPresentation", ...]


@dataclass(frozen=True)
class SitePresentation:
    """The site as a reader of a language sees it at a moment."""

    settings: SiteSettings
    name: LocalizedText
    notice: LocalizedText
    licence: LocalizedText
    top_links: tuple[LinkPresentation, ...]
    footer: tuple[LinkGroupPresentation, ...]
    head: str
    records: int
    changed_at: datetime | None


def read_site(language: str, at: datetime) -> SitePresentation:
    """Read what is on every page. `changed_at` is the later of the last change and the last effective moment passed."""
    row = SiteSettings.objects.first() or SiteSettings()
    counter = SiteCounter.objects.first() or SiteCounter()
    effective = Version.objects.filter(effective_at__lte=at).order_by("-effective_at")
    moments = [counter.changed_at, effective.values_list("effective_at", flat=True).first()]
    groups = _groups(language, at)
    return SitePresentation(
        settings=row,
        name=localized_field(row, "name", language),
        notice=localized_field(row, "notice", language),
        licence=localized_field(row, "licence_name", language),
        top_links=tuple(link for group in groups.get(LinkPosition.TOP, ()) for link in group.links),
        footer=tuple(groups.get(LinkPosition.FOOTER, ())),
        head=counter.head,
        records=counter.last_record,
        changed_at=max((moment for moment in moments if moment), default=None),
    )


def base_context(site: SitePresentation, language: str, *, origin: str, links: list[dict], noindex: bool) -> dict:
    """Return the context of `base.html`, for readers' pages and for previews of drafts.

    `origin` is the address of the site without a slash at its end; `links` lead to the page in other languages.
    """
    return {
        "site": site,
        "language": language,
        "direction": direction(language),
        "origin": origin,
        "language_links": links,
        "noindex": noindex,
    }


def localized_field(row, field: str, language: str) -> LocalizedText:
    """Return a translated field in the language, else in the first served language that has it."""
    for candidate in (language, *served_languages()):
        if words := getattr(row, build_localized_fieldname(field, candidate), None):
            return LocalizedText(words, candidate)
    return LocalizedText("", language)


def _groups(language: str, at: datetime) -> dict[str, list[LinkGroupPresentation]]:
    """Return the outermost groups by place."""
    rows = list(LinkGroup.objects.order_by("weight", "pk"))
    links: dict[int, list[LinkPresentation]] = {}
    shown_pages = set(Page.objects.public(at).filter(links__isnull=False).values_list("pk", flat=True))
    # The texts of a page in thirty languages stay where they are.
    columns = [*(field.name for field in Link._meta.concrete_fields), "page__path"]
    for link in Link.objects.select_related("page").only(*columns).order_by("weight", "pk"):
        links.setdefault(link.group_id, []).append(_shown(link, language, shown_pages))
    places: dict[str, list[LinkGroupPresentation]] = {}
    for row in rows:
        if row.parent_id is None:
            places.setdefault(row.position, []).append(_group(row, rows, links, language))
    return places


def _shown(link: Link, language: str, shown_pages: set[int]) -> LinkPresentation:
    label = localized_field(link, "label", language)
    if link.page_id is None:
        return LinkPresentation(label, escape_fragment(link.url))
    return LinkPresentation(label, link.page.url_in(language) if link.page_id in shown_pages else "")


def escape_fragment(url: str) -> str:
    """Return an address whose fragment has no second # in it (RFC 3986, section 3.5), as matrix.to's addresses have."""
    address, mark, fragment = url.partition("#")
    return address + mark + fragment.replace("#", "%23")


def _group(
    row: LinkGroup, rows: Iterable[LinkGroup], links: dict[int, list[LinkPresentation]], language: str
) -> LinkGroupPresentation:
    parts = tuple(_group(part, rows, links, language) for part in rows if part.parent_id == row.pk)
    return LinkGroupPresentation(localized_field(row, "title", language), tuple(links.get(row.pk, ())), parts)
