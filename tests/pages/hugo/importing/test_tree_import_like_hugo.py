"""Imported sites, compared through their public pages with what Debian's `hugo` builds of the same folders.

Each text of a site has a sentence of its own. It tells which pages show the text.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from urllib.parse import quote, unquote, urlsplit

import pytest
from django.conf import settings

from pages.hugo.importing.tree_import import import_tree
from pages.models import Page, SiteSettings
from pages.publishing.actors import system_actor
from tests import hugo
from tests.pages.hugo.importing.hugo_sites import addresses, headings, languages, withheld
from tests.trees import write_tree

pytestmark = [pytest.mark.django_db, hugo.needs_hugo]

SITES = [*languages.SITES, *addresses.SITES, *withheld.SITES, *headings.SITES]
CONTENT = '<base href="{{ relURL "" }}"><link href="{{ .RelPermalink }}">{{ .Content }}'
LAYOUTS = {
    "layouts/_default/single.html": CONTENT,
    "layouts/_default/list.html": CONTENT,
    "layouts/alias.html": '<base href="{{ relURL "" }}"><a rel="alias" href="{{ .Permalink }}">',
}
TEXTS = (".md", ".markdown", ".html", ".txt")
SENTENCE = re.compile(r"This is file (\d+)\.")
HEADING_ID = re.compile(r'<h[1-6][^>]* id="([^"]*)"')
ARTICLE = re.compile(r"<article.*?</article>", re.DOTALL)


@dataclass
class Shown:
    """What a site shows: texts by address, addresses that lead to others, and heading ids by text."""

    texts: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    heading_ids: dict[str, list[str]] = field(default_factory=dict)


def number_texts(files):
    """Return the files with a sentence at the end of each text, and the texts by the number in their sentence."""
    paths = [path for path in files if path.endswith(TEXTS)]
    numbered = {path: f"{files[path]}\n\nThis is file {number}.\n" for number, path in enumerate(paths)}
    return files | numbered, paths


def shown_text(html, paths):
    """Return the only text that a page shows, or None."""
    found = {paths[int(number)] for number in SENTENCE.findall(html)}
    assert len(found) <= 1
    return next(iter(found), None)


def read_built(folder, paths):
    """Return what Hugo's pages show."""
    shown = Shown()
    for file in folder.rglob("*.html"):
        html = file.read_text()
        if target := re.search(r'<a rel="alias" href="([^"]*)"', html):
            base = re.search(r'<base href="([^"]*)"', html)[1]
            address = re.sub(r"(?<=/)index\.html\Z", "", base + file.relative_to(folder).as_posix())
            shown.aliases[address] = unquote(urlsplit(target[1]).path)
        elif path := shown_text(html, paths):
            shown.texts[unquote(unescape(re.search(r'<link href="([^"]*)"', html)[1]))] = path
            shown.heading_ids[path] = HEADING_ID.findall(html)
    return shown


def public_addresses(client):
    """Return the addresses that the sitemap lists, and those of all pages, public or not."""
    listed = re.findall(r"<loc>https?://[^/]*([^<]*)</loc>", client.get("/sitemap.xml").content.decode())
    starts = ["/", *(f"/{code}/" for code, _ in settings.LANGUAGES[1:])]
    pages = (f"{start}{page.path}/".replace("//", "/") for page in Page.objects.all() for start in starts)
    return {*map(unquote, listed), *starts, *pages}


def read_public(client, paths):
    """Return what the pages of this site show."""
    shown = Shown()
    for address in public_addresses(client):
        html = "".join(ARTICLE.findall(client.get(quote(address)).content.decode()))
        if path := shown_text(html, paths):
            shown.texts[address] = path
            shown.heading_ids[path] = HEADING_ID.findall(html)
    return shown


def answer_at(client, address, paths):
    """Return the status of the answer at an address, or the text that is shown there or where it leads."""
    response = client.get(quote(address), follow=True)
    if response.status_code != 200 or {status for _, status in response.redirect_chain} - {301}:
        return str([status for _, status in response.redirect_chain] or response.status_code)
    return shown_text("".join(ARTICLE.findall(response.content.decode())), paths)


def find_differences(client, built, paths):
    public = read_public(client, paths)
    here, there = set(public.texts.values()), set(built.texts.values())
    yield from (f"public here only: {path}" for path in here - there)
    yield from (f"withheld here only: {path}" for path in there - here)
    aliases = {old: built.texts[new] for old, new in built.aliases.items() if new in built.texts}
    files = {f"{address}index.html": path for address, path in built.texts.items() if address.endswith("/")}
    for address, path in (built.texts | aliases | files).items():
        if (answer := answer_at(client, address, paths)) != path:
            yield f"{address}: {answer}"
    for path in here & there:
        if (ids := public.heading_ids[path]) != built.heading_ids[path]:
            yield f"{path}: {' '.join(ids)} instead of {' '.join(built.heading_ids[path])}"


def build_and_import(folder, site):
    """Return what Hugo's pages show, after the import, and the texts by their number."""
    files, paths = number_texts(site.files)
    if site.address:
        SiteSettings(original_address=site.address).save()
    import_tree(write_tree(folder, files), by=system_actor("import"), now=datetime.now(UTC))
    built = hugo.build(write_tree(folder, LAYOUTS))
    return read_built(built, paths), paths


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_import_shows_what_hugo_builds(client, tmp_path, site):
    built, paths = build_and_import(tmp_path, site)
    assert built.texts
    assert sorted(find_differences(client, built, paths)) == sorted(site.deviations), site.reason
