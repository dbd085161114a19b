"""Redirects in a static copy: only those that lead to something in it, with a page for servers that cannot redirect."""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from pages.baking.groups import BakedGroup, GroupBaker
from pages.baking.links import address_key, internal_address
from pages.languages import served_languages


def complete_redirects(groups: Sequence[BakedGroup], baker: GroupBaker) -> None:
    """Drop redirects that lead to nothing in the copy, and write the page of each address that ends with a slash."""
    _drop_dead_ends(groups)
    for group in groups:
        for key, (entry, headers) in list(group.entries.items()):
            if entry.location and key.endswith("/"):
                page = _moved_page(key, entry.location)
                stored = baker.store(group, key, page, "text/html")
                kept = replace(entry, file=stored.file, digest=stored.digest, codings=stored.codings)
                group.entries[key] = (kept, headers)


def _drop_dead_ends(groups: Sequence[BakedGroup]) -> None:
    while dead := [
        (group, key)
        for known in [{key for group in groups for key in group.entries}]
        for group in groups
        for key, (entry, _headers) in group.entries.items()
        if entry.location and _target(key, entry.location) not in known
    ]:
        for group, key in dead:
            del group.entries[key], group.links[key]


def _target(key: str, location: str) -> str | None:
    target = internal_address(key, location, site_url=settings.SITE_URL)
    return target and address_key(target)


def _moved_page(key: str, location: str) -> bytes:
    language = next((code for code in served_languages() if key.startswith(f"/{code}/")), settings.LANGUAGE_CODE)
    with override(language):
        context = {"url": location, "canonical": f"{settings.SITE_URL}{location}"}
        return render_to_string("baking/moved.html", context).encode()
