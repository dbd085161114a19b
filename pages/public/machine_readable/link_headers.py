"""The Link header of a page or of one of its versions (RFC 8288): where its other versions are (RFC 5829)."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpResponse

from pages.languages import served_or_default
from pages.models import Page
from pages.presentation.page_presentation import PagePresentation


def add_version_links(
    response: HttpResponse, presentation: PagePresentation, *, at: datetime, is_numbered: bool = False
) -> None:
    """Add links to the other versions of the page. Set `is_numbered` at the URL of one version."""
    # Middleware or another function may have set the header before.
    present = [response.headers["Link"]] if response.has_header("Link") else []
    response.headers["Link"] = ", ".join([*present, *version_links(presentation, at=at, is_numbered=is_numbered)])


def version_links(presentation: PagePresentation, *, at: datetime, is_numbered: bool = False) -> Iterator[str]:
    """Yield the links, with URLs in the reader's language, or in the default language if it is not served."""
    page = presentation.page.url_in(served_or_default(presentation.language))
    yield _link(f"{page}history/", "version-history")
    if Page.objects.public(at).filter(pk=presentation.page.pk).exists():
        yield _link(page, "latest-version")
    for relation, number in _neighbours(presentation, at):
        yield _link(f"{page}v/{number}/", relation)
    # The source bytes have a URL in their own language only.
    markdown_url = presentation.version_markdown_url if is_numbered else presentation.markdown_url
    yield _link(markdown_url, "alternate", type="text/markdown")
    # The feed is about the page, not about one of its versions.
    if not is_numbered:
        yield _link(f"{page}feed.atom", "alternate", type="application/atom+xml")


def _neighbours(presentation: PagePresentation, at: datetime) -> Iterator[tuple[str, int]]:
    """Yield the nearest public versions before and after this one that were not cancelled."""
    numbers = presentation.page.versions.not_cancelled(at).values_list("number", flat=True)
    before = numbers.filter(number__lt=presentation.version.number).order_by("-number").first()
    after = numbers.filter(number__gt=presentation.version.number).order_by("number").first()
    pairs = (("predecessor-version", before), ("successor-version", after))
    yield from ((relation, number) for relation, number in pairs if number)


def _link(url: str, relation: str, **attributes: str) -> str:
    """Format one link. URLs are percent-encoded by `reverse`, so none can contain a closing `>`."""
    return "; ".join([f"<{url}>", f'rel="{relation}"', *(f'{name}="{value}"' for name, value in attributes.items())])
