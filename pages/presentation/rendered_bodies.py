"""Rendered bodies, cached by everything they depend on, so that no entry can be stale."""

from collections.abc import Hashable, Mapping, Sequence
from sys import getsizeof

from django.urls import reverse

from pages.models import Revision
from pages.presentation.sized_cache import SizedCache
from pages.publishing.pictures.storage import body_pictures, find_stored_pictures
from pages.text import source
from pages.text.rendering import RENDERER_VERSION, RenderedBody, render, render_new

# In bytes: of all rendered bodies that a process keeps, and, roughly, of the objects around the strings.
MAX_SIZE = 16 * 1024 * 1024
ENTRY_SIZE, PART_SIZE = 1000, 200


def public_picture_urls(pictures: Mapping[str, str]) -> dict[str, str]:
    """Return the URLs of pictures by their reference in the text, from the digests by reference."""
    return {reference: reverse("picture", args=[digest]) for reference, digest in pictures.items()}


def editor_picture_urls(pictures: Mapping[str, str]) -> dict[str, str]:
    """Return URLs for editors: the public URL of a picture answers 404 until a version contains it."""
    name = "admin:pages_page_picture_shown"
    return {reference: reverse(name, args=[digest]) for reference, digest in pictures.items()}


def render_body(
    body: str, picture_urls: Mapping[str, str], *, language: str, base_url: str = "", id_prefix: str = ""
) -> RenderedBody:
    """Render the Markdown of a body in a language. Raises BodyTooLong."""
    digest = source.digest(body.encode("utf-8", errors="surrogatepass"))
    options = {"base_url": base_url, "id_prefix": id_prefix, "language": language}
    key = (digest, *_options(picture_urls, **options))
    return _bodies.get(key, lambda: render(body, picture_urls=picture_urls, link_urls=None, anchors=None, **options))


def render_revision(
    revision: Revision,
    picture_urls: Mapping[str, str],
    *,
    link_urls: Mapping[str, str] | None = None,
    anchors: tuple[tuple[str, str], ...] = (),
    base_url: str = "",
    id_prefix: str = "",
) -> RenderedBody:
    """Render the body of a revision. It is parsed from the source only if it is not in the cache."""
    links = dict(link_urls or {})
    # A redacted text keeps its digest, but its body must not be shown any more.
    options = {"base_url": base_url, "id_prefix": id_prefix, "language": revision.language}
    links_key = (*sorted(links.items()), anchors)
    key = (revision.digest, revision.blob.is_redacted, *links_key, *_options(picture_urls, **options))

    def render_source() -> RenderedBody:
        body = source.extract_body(revision.source)
        return render(body, picture_urls=picture_urls, link_urls=links, anchors=dict(anchors), **options)

    return _bodies.get(key, render_source)


def render_draft_body(
    body: str, known: Mapping[str, str], *, language: str, base_url: str = "", id_prefix: str = ""
) -> RenderedBody:
    """Render a body for editors, with uploaded pictures and those known to the page. Raises BodyTooLong."""
    urls = editor_picture_urls(body_pictures(body, known))
    return render_body(body, urls, language=language, base_url=base_url, id_prefix=id_prefix)


def render_new_body(body: str, known: Mapping[str, str], *, language: str, base_url: str = "") -> RenderedBody:
    """Render a body that nobody has saved yet, as `render_draft_body` does. Raises BodyTooLong, TooMuchMarkup."""

    def find_urls(references: Sequence[str]) -> dict[str, str]:
        return editor_picture_urls(find_stored_pictures(references, known))

    return render_new(body, find_picture_urls=find_urls, base_url=base_url, language=language)


def _options(picture_urls: Mapping[str, str], *, base_url: str, id_prefix: str, language: str) -> tuple[Hashable, ...]:
    return tuple(sorted(picture_urls.items())), base_url, id_prefix, language, RENDERER_VERSION


def _size(body: RenderedBody) -> int:
    parts = [*(heading.text for heading in body.contents), *(markup.name for markup in body.dropped)]
    return getsizeof(body.html) + sum(getsizeof(part) + PART_SIZE for part in parts) + ENTRY_SIZE


_bodies = SizedCache(MAX_SIZE, _size)
