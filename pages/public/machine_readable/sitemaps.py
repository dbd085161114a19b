"""`sitemap.xml` (sitemaps.org, with alternates as search engines read them) and `robots.txt` (RFC 9309)."""

from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from django.conf import settings
from django.http import HttpResponse
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from pages.languages import served_languages, text_for
from pages.models import Page, Version, VersionText
from pages.public.machine_readable.responses import answer_program
from pages.public.responses import home_links, now, origin

NAMESPACES = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"}

# A page's addresses by language, when each was last updated, and the language for readers of none of them.
Located = tuple[dict[str, str], dict[str, datetime], str]


@require_safe
def sitemap(request):
    """List each public page in each language that it has a text in."""
    at, root = now(), origin(request)
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("urlset", NAMESPACES)
    for located in _located(at):
        _write(xml, root, *located)
    xml.endElement("urlset")
    xml.endDocument()
    return answer_program(out.getvalue(), "application/xml", at=at)


@require_safe
def robots(request):
    """Let everybody read all but the editors' part, and say where the site map is."""
    lines = ["User-agent: *", "Allow: /", "Disallow: /admin/", "", f"Sitemap: {origin(request)}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _located(at: datetime) -> Iterator[Located]:
    """Yield the list of pages, in the languages that any of them has, and then the pages in the order of the tree."""
    updated = _updated_by_page(at)
    listed = [(page, updated[page.pk]) for page in _pages(at) if page.pk in updated]
    written = {language for _, moments in listed for language in moments}
    if written and not any(page.path == "" for page, _ in listed):
        homes = {link["code"]: link["url"] for link in home_links() if link["code"] in written}
        yield homes, {}, next(iter(homes))
    for page, moments in listed:
        urls = {language: page.url_in(language) for language in served_languages() if language in moments}
        yield urls, moments, text_for({code: code for code in urls}, settings.LANGUAGE_CODE, page.source_language)


def _pages(at: datetime):
    return Page.objects.public(at).only("path", "source_language", "weight").in_tree_order()


def _updated_by_page(at: datetime) -> dict[int, dict[str, datetime]]:
    texts = VersionText.objects.filter(version__in=Version.objects.in_force(at), language__in=served_languages())
    updated: dict[int, dict[str, datetime]] = {}
    for page, language, moment in texts.values_list("version__page", "language", "modified_at"):
        updated.setdefault(page, {})[language] = moment
    return updated


def _write(xml, root: str, urls: dict[str, str], moments: dict[str, datetime], fallback: str) -> None:
    alternates = {**urls, "x-default": urls[fallback]}
    for language, url in urls.items():
        xml.startElement("url", {})
        xml.addQuickElement("loc", root + url)
        if moment := moments.get(language):
            xml.addQuickElement("lastmod", moment.replace(microsecond=0).isoformat())
        for code, address in alternates.items():
            link = {"rel": "alternate", "hreflang": code, "href": root + address}
            xml.addQuickElement("xhtml:link", attrs=link)
        xml.endElement("url")
