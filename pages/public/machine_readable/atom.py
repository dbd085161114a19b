"""Atom feeds (RFC 4287) in several documents (RFC 5005), with permanent ids (RFC 4151)."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed

from pages.public.machine_readable.responses import xml_text
from pages.public.responses import origin

# For feeds without an entry: it sorts before every update, and is a valid date.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HISTORY_NAMESPACE = "http://purl.org/syndication/history/1.0"


class AtomFeed(Atom1Feed):
    """Django's feed with full content, a language for each entry, and dates that do not come from the clock.

    `related` are the addresses of other documents of the feed by relation; `is_archive` says that this one stays.
    """

    def latest_post_date(self):
        """Return when the feed last changed. Django would return the current time for an empty feed."""
        return self.feed["updated"]

    def root_attributes(self):
        attributes = super().root_attributes()
        return {**attributes, "xmlns:fh": HISTORY_NAMESPACE} if self.feed.get("is_archive") else attributes

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for relation, address in self.feed.get("related", {}).items():
            handler.addQuickElement("link", "", {"rel": relation, "href": address})
        if self.feed.get("is_archive"):
            handler.addQuickElement("fh:archive")

    def add_item_elements(self, handler, item):
        """Add summary and content with their language, which can differ from that of the feed.

        Links to a section of the text are to that of the entry's page.
        """
        super().add_item_elements(handler, item)
        language = {"xml:lang": item["language"]}
        handler.addQuickElement("summary", xml_text(item["summary"]), {"type": "text", **language})
        attributes = {"type": item.get("content_type", "html"), **language, "xml:base": item["link"]}
        handler.addQuickElement("content", xml_text(item["content"]), attributes)


def tag_uri(authority: str, since: datetime, specific: str) -> str:
    """Return a tag URI (RFC 4151), a permanent id. `since` is a time at which the authority belonged to the site."""
    return f"tag:{authority},{since.astimezone(UTC):%Y-%m-%d}:{specific}"


def authority_of(request) -> str:
    """Return the host of the site as RFC 4151 allows it: a DNS name without a port, never an IPv6 address."""
    host = urlsplit(origin(request)).hostname or ""
    return host if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host) else "localhost"
