"""Redirects in a static copy: only those that lead to something in it, with a page for servers that cannot redirect."""

from dataclasses import replace

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from pages.baking.answers.groups import BakedGroup, GroupBaker
from pages.baking.answers.links import address_key, internal_address
from pages.baking.contents import CopyContents
from pages.languages import served_languages
from selfprivacy_site.wsgi_middleware.baked_manifest import Entry


def complete_redirects(contents: CopyContents, baker: GroupBaker) -> None:
    """Drop redirects that lead to nothing in the copy, and write the page of each address that ends with a slash."""
    # Each redirect that is dropped can be the target of another one.
    while dead := [(group, key) for group, key, entry in _redirects(contents) if not _leads_on(contents, key, entry)]:
        for group, key in dead:
            contents.discard(group, key)
    for group, key, entry in _redirects(contents):
        if key.endswith("/"):
            stored = baker.store(group, key, _moved_page(key, entry.location), "text/html")
            headers = group.entries[key][1]
            kept = replace(entry, file=stored.file, digest=stored.digest, codings=stored.codings)
            group.entries[key] = (kept, headers)


def _redirects(contents: CopyContents) -> list[tuple[BakedGroup, str, Entry]]:
    return [
        (group, key, entry)
        for group in contents.baked.values()
        for key, (entry, _headers) in group.entries.items()
        if entry.location
    ]


def _leads_on(contents: CopyContents, key: str, entry: Entry) -> bool:
    target = internal_address(key, entry.location, site_url=settings.SITE_URL)
    return target is not None and contents.holds(address_key(target))


def _moved_page(key: str, location: str) -> bytes:
    language = next((code for code in served_languages() if key.startswith(f"/{code}/")), settings.LANGUAGE_CODE)
    with override(language):
        context = {"url": location, "canonical": f"{settings.SITE_URL}{location}"}
        return render_to_string("baking/moved.html", context).encode()
