"""`sitemap.xml` (sitemaps.org, with alternates as search engines read them) and `robots.txt` (RFC 9309)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from django.conf import settings
from django.http import HttpResponse
from django.utils.xmlutils import SimplerXMLGenerator

from pages.languages import served_languages, text_for
from pages.models import Page, Version, VersionText
from pages.public.machine_readable.responses import document_response
from pages.public.responses import home_links, origin

NAMESPACES = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"}


@dataclass(frozen=True)
class SitemapPage:
    """The URLs of a page and their last updates, by language. `fallback` is the language of `x-default`."""

    urls: dict[str, str]
    updated: dict[str, datetime]
    fallback: str


def sitemap(request, state):
    """Return the sitemap: each public page in each language that it has a text in."""
    root = origin(request)
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("urlset", NAMESPACES)
    for page in _sitemap_pages(state.at):
        _write(xml, root, page)
    xml.endElement("urlset")
    xml.endDocument()
    return document_response(out.getvalue(), "application/xml", state)


def robots(request, _state):
    """Allow crawlers everything except the admin, and name the sitemap."""
    lines = ["User-agent: *", "Allow: /", "Disallow: /admin/", "", f"Sitemap: {origin(request)}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _sitemap_pages(at: datetime) -> Iterator[SitemapPage]:
    """Yield the home page, which lists the pages, in every language that a page has; then the pages in tree order."""
    updated = _updated_by_page(at)
    listed = [(page, updated[page.pk]) for page in _public_pages(at) if page.pk in updated]
    languages = {language for _, by_language in listed for language in by_language}
    # A home page with a text of its own is one of the listed pages already.
    if languages and not any(page.path == "" for page, _ in listed):
        homes = {link["code"]: link["url"] for link in home_links() if link["code"] in languages}
        yield SitemapPage(homes, {}, next(iter(homes)))
    for page, by_language in listed:
        urls = {language: page.url_in(language) for language in served_languages() if language in by_language}
        fallback = text_for({code: code for code in urls}, settings.LANGUAGE_CODE, page.source_language)
        yield SitemapPage(urls, by_language, fallback)


def _public_pages(at: datetime):
    return Page.objects.public(at).only("path", "source_language", "weight").in_sibling_order()


def _updated_by_page(at: datetime) -> dict[int, dict[str, datetime]]:
    texts = VersionText.objects.filter(version__in=Version.objects.in_force(at), language__in=served_languages())
    dated = texts.with_modified_at(at).values_list("version__page", "language", "modified_at")
    updated: dict[int, dict[str, datetime]] = {}
    for page, language, modified_at in dated:
        updated.setdefault(page, {})[language] = modified_at
    return updated


def _write(xml, root: str, page: SitemapPage) -> None:
    # Search engines use alternates only if each language lists all of them.
    alternates = {**page.urls, "x-default": page.urls[page.fallback]}
    for language, url in page.urls.items():
        xml.startElement("url", {})
        xml.addQuickElement("loc", root + url)
        if updated := page.updated.get(language):
            xml.addQuickElement("lastmod", updated.replace(microsecond=0).isoformat())
        for code, alternate in alternates.items():
            link = {"rel": "alternate", "hreflang": code, "href": root + alternate}
            xml.addQuickElement("xhtml:link", attrs=link)
        xml.endElement("url")
