"""Rendered bodies, cached by everything they depend on, so that no entry can be stale."""

from collections.abc import Mapping
from functools import lru_cache

from django.urls import reverse

from pages.publishing.pictures.storage import body_pictures
from pages.text.rendering import RENDERER_VERSION, RenderedBody, render


def public_picture_urls(pictures: Mapping[str, str]) -> dict[str, str]:
    """Return the URLs of pictures by their reference in the text, from the digests by reference."""
    return {reference: reverse("picture", args=[digest]) for reference, digest in pictures.items()}


def editor_picture_urls(pictures: Mapping[str, str]) -> dict[str, str]:
    """Return URLs for editors: the public URL of a picture answers 404 until a version contains it."""
    name = "admin:pages_page_picture_shown"
    return {reference: reverse(name, args=[digest]) for reference, digest in pictures.items()}


def render_body(body: str, picture_urls: Mapping[str, str], *, base_url: str = "", id_prefix: str = "") -> RenderedBody:
    """Render the Markdown of a body. Raises BodyTooLong."""
    return _render(body, tuple(sorted(picture_urls.items())), base_url, id_prefix, RENDERER_VERSION)


def render_draft_body(body: str, known: Mapping[str, str], *, base_url: str = "", id_prefix: str = "") -> RenderedBody:
    """Render a body for editors, with uploaded pictures and those known to the page. Raises BodyTooLong."""
    urls = editor_picture_urls(body_pictures(body, known))
    return render_body(body, urls, base_url=base_url, id_prefix=id_prefix)


@lru_cache(maxsize=256)
def _render(
    body: str, urls: tuple[tuple[str, str], ...], base_url: str, id_prefix: str, _renderer_version: int
) -> RenderedBody:
    # The arguments are the cache key, so they are hashable, and the version is one of them.
    return render(body, picture_urls=dict(urls), base_url=base_url, id_prefix=id_prefix)
