"""The Link header of a page or of one of its versions (RFC 8288): where its other versions are (RFC 5829)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.http import HttpResponse

from pages.languages import served_or_default
from pages.presentation.page_presentation import PagePresentation
from pages.presentation.public_tree import read_tree
from pages.presentation.site_state import SiteState


def add_version_links(
    response: HttpResponse, presentation: PagePresentation, state: SiteState, *, is_numbered: bool = False
) -> None:
    """Add links to the other versions of the page. Set `is_numbered` at the URL of one version."""
    add_links(response, version_links(presentation, state, is_numbered=is_numbered))


def add_links(response: HttpResponse, links: Iterable[str]) -> None:
    # Middleware or another function may have set the header before.
    present = [response.headers["Link"]] if response.has_header("Link") else []
    response.headers["Link"] = ", ".join([*present, *links])


def version_links(presentation: PagePresentation, state: SiteState, *, is_numbered: bool = False) -> Iterator[str]:
    """Yield the links, with URLs in the reader's language, or in the default language if it is not served."""
    page = presentation.page.url_in(served_or_default(presentation.language))
    status = read_tree(state).statuses[presentation.page.pk]
    yield format_link(f"{page}history/", "version-history")
    if status.is_public:
        yield format_link(page, "latest-version")
    for relation, number in _neighbours(presentation, status.newest, state.at):
        yield format_link(f"{page}v/{number}/", relation)
    # The source bytes have a URL in their own language only.
    markdown_url = presentation.version_markdown_url if is_numbered else presentation.markdown_url
    if not presentation.is_redacted:
        yield format_link(markdown_url, "alternate", type="text/markdown")
    # These are about the page, not about one of its versions.
    if not is_numbered:
        yield format_link(f"{page}current.json", "alternate", type="application/json")
        yield format_link(f"{page}feed.atom", "alternate", type="application/atom+xml")


def _neighbours(presentation: PagePresentation, newest: int, at: datetime) -> Iterator[tuple[str, int]]:
    """Yield the nearest public versions before and after this one that were not cancelled."""
    for relation, step in (("predecessor-version", -1), ("successor-version", 1)):
        if number := presentation.events.nearest(presentation.version.number, step, newest, at):
            yield relation, number


def format_link(url: str, relation: str, **attributes: str) -> str:
    """Format one link. URLs are percent-encoded by `reverse`, so none can contain a closing `>`."""
    return "; ".join([f"<{url}>", f'rel="{relation}"', *(f'{name}="{value}"' for name, value in attributes.items())])
