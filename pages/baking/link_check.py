"""Checking that every link within a static copy leads to something in it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.encoding import iri_to_uri

from pages.baking.answers.application import BakedAnswer
from pages.baking.answers.links import address_key, internal_links
from pages.baking.contents import CopyContents
from selfprivacy_site.wsgi_middleware.baked_manifest import Entry, Manifest

# Larger sets of removed addresses are looked for in parts.
ADDRESSES_PER_PATTERN = 500

BrokenLink = tuple[str, str, str]


def find_broken_links(contents: CopyContents, former: Manifest | None, folder: Path) -> Iterator[BrokenLink]:
    """Yield the group, the address and the link; `folder` holds the files of the former copy."""
    yield from sorted(set(_in_baked(contents)))
    if former is None:
        return
    # Pages that were taken over are not read again, unless an address is gone.
    for name, address, link in former.broken_links:
        if name in contents.carried and not contents.holds(address_key(link)):
            yield name, address, link
    gone = [address for address in contents.stale if not contents.holds(address)]
    yield from _to_gone_addresses(contents, former, gone, folder)


def _in_baked(contents: CopyContents) -> Iterator[BrokenLink]:
    held: dict[str, bool] = {}
    for name, group in contents.baked.items():
        for address, links in group.links.items():
            for link in links:
                if link not in held:
                    held[link] = contents.holds(address_key(link))
                if not held[link]:
                    yield name, address, link


def _to_gone_addresses(
    contents: CopyContents, former: Manifest, gone: Sequence[str], folder: Path
) -> Iterator[BrokenLink]:
    for start in range(0, len(gone), ADDRESSES_PER_PATTERN):
        part = {iri_to_uri(address) for address in gone[start : start + ADDRESSES_PER_PATTERN]}
        pattern = re.compile("|".join(map(re.escape, sorted(part))).encode())
        for name, group in contents.carried.items():
            for address, entry in group.entries.items():
                # A quick search first: few files link to what is gone.
                if entry.file and pattern.search((folder / entry.file).read_bytes()):
                    links = _links_of(address, entry, former, folder)
                    yield from ((name, address, link) for link in sorted(links & part))


def _links_of(address: str, entry: Entry, former: Manifest, folder: Path) -> set[str]:
    headers, body = former.headers[entry.headers], (folder / entry.file).read_bytes()
    answer = BakedAnswer(status=entry.status, headers=headers, location=entry.location, link=entry.link, body=body)
    return internal_links(iri_to_uri(address), answer, site_url=settings.SITE_URL)
