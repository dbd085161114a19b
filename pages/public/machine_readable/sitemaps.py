"""`sitemap.xml` (sitemaps.org, with alternates as search engines read them) and `robots.txt` (RFC 9309)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import Http404, HttpResponse

from pages.languages import served_languages, text_for
from pages.models import VersionText
from pages.models.page import page_url
from pages.presentation.public_tree import PublicTree, read_tree
from pages.presentation.site_state import SiteState
from pages.public.machine_readable.responses import document_response
from pages.public.responses import home_links, origin

# More than this, and the sitemap is an index of parts. Sitemaps.org allows 50,000, and each lists its alternates.
MAX_ADDRESSES = 10_000
# How many pages are read with one query.
BATCH = 5000
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
URLSET = f'<urlset xmlns="{NAMESPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">'


@dataclass(frozen=True)
class SitemapPage:
    """The URLs of a page and their last updates, by language. `fallback` is the language of `x-default`."""

    urls: dict[str, str]
    updated: dict[str, datetime]
    fallback: str


def sitemap(request, state):
    """Return the sitemap: each public page in each language that it has a text in; or the index of its parts."""
    if (count := part_count(len(read_tree(state).keys))) == 1:
        return _urlset(request, state, 1)
    addresses = (escape(f"{origin(request)}/sitemap-{number}.xml") for number in range(1, count + 1))
    items = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    content = f'{DECLARATION}<sitemapindex xmlns="{NAMESPACE}">{items}</sitemapindex>'
    return document_response(content, "application/xml", state)


def sitemap_part(request, state, number):
    """Return a part of the sitemap, so that none has more than `MAX_ADDRESSES`."""
    if number > part_count(len(read_tree(state).keys)):
        raise Http404
    return _urlset(request, state, number)


def part_count(pages: int) -> int:
    """Return how many parts the sitemap of a number of pages has, at least one."""
    # With the home page, which is listed also without a text of its own.
    return -(-(pages + 1) // _pages_per_part()) or 1


def robots(request, _state):
    """Allow crawlers everything except the admin, and name the sitemap."""
    lines = ["User-agent: *", "Allow: /", "Disallow: /admin/", "", f"Sitemap: {origin(request)}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _pages_per_part() -> int:
    return max(1, MAX_ADDRESSES // len(served_languages()))


def _urlset(request, state: SiteState, number: int) -> HttpResponse:
    tree, root = read_tree(state), origin(request)
    # The first part also has the home page.
    start, end = ((number - 1) * _pages_per_part() - 1, number * _pages_per_part() - 1)
    pages = list(_sitemap_pages(tree, tree.keys[max(start, 0) : end], state.at))
    home = _home(tree, pages) if number == 1 else ()
    items = "".join(item for page in (*home, *pages) for item in _items(page, root))
    return document_response(f"{DECLARATION}{URLSET}{items}</urlset>", "application/xml", state)


def _home(tree: PublicTree, pages: Iterable[SitemapPage]) -> Iterator[SitemapPage]:
    """Yield the home page, which lists the pages, in every language that one has."""
    languages = {language for page in pages for language in page.urls}
    # A home page with a text of its own is one of the pages already.
    home = tree.by_path.get("")
    if languages and (home is None or not tree.statuses[home].is_public):
        urls = {link["code"]: link["url"] for link in home_links() if link["code"] in languages}
        yield SitemapPage(urls, {}, next(iter(urls)))


def _sitemap_pages(tree: PublicTree, keys: list[int], at: datetime) -> Iterator[SitemapPage]:
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        updated = _updated_by_page([tree.statuses[key].version for key in batch], at)
        for key in batch:
            row, by_language = tree.rows[key], updated.get(key, {})
            urls = {code: page_url(row.path, code) for code in served_languages() if code in by_language}
            if urls:
                fallback = text_for({code: code for code in urls}, settings.LANGUAGE_CODE, row.source_language)
                yield SitemapPage(urls, by_language, fallback)


def _updated_by_page(versions: list[int | None], at: datetime) -> dict[int, dict[str, datetime]]:
    texts = VersionText.objects.filter(version__in=versions, language__in=served_languages()).order_by()
    updated: dict[int, dict[str, datetime]] = {}
    for page, language, modified_at in texts.with_modified_at(at).values_list(
        "version__page", "language", "modified_at"
    ):
        updated.setdefault(page, {})[language] = modified_at
    return updated


def _items(page: SitemapPage, root: str) -> Iterator[str]:
    # Search engines use alternates only if each language lists all of them.
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(root + url)}/>'
        for code, url in {**page.urls, "x-default": page.urls[page.fallback]}.items()
    )
    for language, url in page.urls.items():
        updated = page.updated.get(language)
        modified = f"<lastmod>{updated.replace(microsecond=0).isoformat()}</lastmod>" if updated else ""
        yield f"<url><loc>{escape(root + url)}</loc>{modified}{links}</url>"
