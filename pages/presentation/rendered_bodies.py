"""Rendered bodies, remembered by their content: an entry can never be stale."""

from functools import lru_cache

from django.urls import reverse

from pages.text.rendering import RENDERER_VERSION, RenderedBody, render


def picture_urls(pictures: dict[str, str]) -> dict[str, str]:
    """Return the address of each picture by the reference that the text has for it."""
    return {reference: reverse("picture", args=[digest]) for reference, digest in pictures.items()}


def render_body(body: str, pictures: dict[str, str], *, base_url: str = "", id_prefix: str = "") -> RenderedBody:
    """Return the HTML, the contents list and the number of words of a body. Raises BodyTooLong."""
    return _rendered(body, tuple(sorted(picture_urls(pictures).items())), base_url, id_prefix, RENDERER_VERSION)


@lru_cache(maxsize=256)
def _rendered(body: str, urls: tuple, base_url: str, id_prefix: str, _renderer_version: int) -> RenderedBody:
    return render(body, picture_urls=dict(urls), base_url=base_url, id_prefix=id_prefix)
