"""`fragment.html` and `bundle.zip`: the texts of a page in force, for apps that show them, also without a network."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from sys import getsizeof
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages.models import Blob, Page, Picture, VersionText
from pages.presentation.current_texts import read_current_texts, render_fragment, texts_of
from pages.presentation.page_presentation import find_public
from pages.presentation.public_tree import read_tree
from pages.presentation.rendered_bodies import public_picture_urls
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache
from pages.public.machine_readable.current_json import current_document
from pages.public.machine_readable.responses import document_response
from pages.public.responses import origin, with_last_modified

# The first time that a ZIP archive can hold.
FIRST_TIME = datetime(1980, 1, 1, tzinfo=UTC)
# Of all archives that a process keeps. One with large pictures is not kept.
MAX_SIZE = 2 * 1024 * 1024
# The files that are worth compressing. Pictures in other formats are compressed already, and can have megabytes.
COMPRESSED = (".json", ".md", ".html", ".svg")


def fragment(request, state, path):
    """Return the body of the text in force as HTML, in the language of the URL only."""
    page, version = find_public(path, state)
    root, language = origin(request), get_language()
    text = texts_of(version).filter(language=language).select_related("revision__blob").first()
    # The words of another language would pass for a translation.
    if text is None:
        raise Http404(_("There is no text in this language."))
    pictures = {reference: f"{root}{url}" for reference, url in public_picture_urls(text.pictures).items()}
    html = render_fragment(text, page, root=root, picture_urls=pictures, at=state.at)
    return _not_indexed(document_response(html, "text/html", state), page.get_absolute_url())


def bundle(request, state, path):
    """Return an archive of `current.json`, and of the Markdown, the HTML and the pictures of each text.

    The archive is the same in every language. The same texts make the same bytes, so that the ETag stays.
    """
    page, version = find_public(path, state)
    tree, root = read_tree(state), origin(request)
    # Links of an imported text to files depend on the addresses of all pages.
    key = tree.stamp(page.pk), tree.address_stamp, root
    content = _bundles.get(key, lambda: _make_bundle(page, version, root, state))
    response = with_last_modified(HttpResponse(content, content_type="application/zip"), state)
    return _not_indexed(response, page.url_in(settings.LANGUAGE_CODE))


# Until a record or the time changes the page, or addresses change. One is made for one language after the other.
_bundles: SizedCache[bytes] = SizedCache(MAX_SIZE, getsizeof)


def _make_bundle(page: Page, version: int, root: str, state: SiteState) -> bytes:
    texts = read_current_texts(page, version, state.at)
    _read_sources(texts)
    files = {"current.json": current_document(page, version, root, state, texts).encode()}
    pictures = _read_pictures(texts)
    for language, text in texts.items():
        urls = {reference: pictures[digest][0] for reference, digest in text.pictures.items() if digest in pictures}
        html = render_fragment(text, page, root=root, picture_urls=urls, at=state.at)
        files |= {f"{language}.md": text.revision.source, f"{language}.html": html.encode()}
    updated_at = max((text.modified_at for text in texts.values()), default=FIRST_TIME)
    return zip_files({**files, **dict(pictures.values())}, updated_at)


def zip_files(files: Mapping[str, bytes], at: datetime) -> bytes:
    """Return a ZIP archive of files by name; all of them have the same time."""
    archive = io.BytesIO()
    time = max(at, FIRST_TIME).astimezone(UTC)
    with ZipFile(archive, "w") as opened:
        for name, content in files.items():
            info = ZipInfo(name, (time.year, time.month, time.day, time.hour, time.minute, time.second))
            # A file of Unix that everybody may read, on whatever system the archive is made.
            info.create_system, info.external_attr = 3, 0o644 << 16
            opened.writestr(info, content, ZIP_DEFLATED if name.endswith(COMPRESSED) else ZIP_STORED)
    return archive.getvalue()


def _read_sources(texts: Mapping[str, VersionText]) -> None:
    blobs = Blob.objects.in_bulk({text.revision.digest for text in texts.values()})
    for text in texts.values():
        text.revision.blob = blobs[text.revision.digest]


def _read_pictures(texts: Mapping[str, VersionText]) -> dict[str, tuple[str, bytes]]:
    """Return the name and the bytes of each picture, by its digest."""
    digests = {digest for text in texts.values() for digest in text.pictures.values()}
    pictures = Picture.objects.filter(pk__in=digests).select_related("blob").order_by("pk")
    return {row.pk: (f"media/{row.pk}.{row.extension}", row.content) for row in pictures}


def _not_indexed(response: HttpResponse, canonical: str) -> HttpResponse:
    """Say that search engines should index the page instead."""
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Link"] = f'<{canonical}>; rel="canonical"'
    return response
