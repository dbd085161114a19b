"""Atom feeds (RFC 4287) of a page and of the site, in the language of the URL."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from pages.models import Page, PublicationRecord, Version
from pages.presentation.comparison.version_comparison import read_comparison
from pages.presentation.page_lists import PublicPage
from pages.presentation.page_presentation import read_in_force
from pages.presentation.site_presentation import read_site
from pages.presentation.site_state import SiteState
from pages.public.machine_readable.feed_entries import EPOCH, MAX_ENTRIES, FeedEntry, entries_of, newest_entries
from pages.public.machine_readable.responses import document_response, xml_text
from pages.public.responses import origin

# How many changed passages an entry shows at most.
MAX_PASSAGES = 20


class AtomFeed(Atom1Feed):
    """Django's feed with full content, a language for each entry, and dates that do not come from the clock."""

    def latest_post_date(self):
        """Return when the feed last changed. Django would return the current time for an empty feed."""
        return self.feed["updated"]

    def add_item_elements(self, handler, item):
        """Add summary and content with their language, which can differ from that of the feed."""
        super().add_item_elements(handler, item)
        for name, kind in (("summary", "text"), ("content", "html")):
            attributes = {"type": kind, "xml:lang": item["language"]}
            handler.addQuickElement(name, xml_text(item[name]), attributes)


def page_feed(request, state, path):
    """Return the feed of a page that has a version in force."""
    presentation = read_in_force(path, get_language(), state)
    page = presentation.page
    entries = entries_of(PublicPage(page, presentation.version, presentation.text), state.at)
    feed_id = f"{_page_ids(request, [page])[page.pk]}/{get_language()}"
    feed = {"title": presentation.title, "link": page.get_absolute_url(), "feed_guid": feed_id}
    return _feed_response(request, feed, entries, state)


def site_feed(request, state):
    """Return the feed of all public pages."""
    # RFC 4287 requires a title and an author, so the host stands in for a missing name.
    name = read_site(get_language(), state).name.text or _authority(request)
    first = PublicationRecord.objects.filter(number=1).values_list("at", flat=True).first()
    feed_id = tag_uri(_authority(request), first or EPOCH, f"site/{get_language()}")
    feed = {"title": name, "link": reverse("home"), "feed_guid": feed_id}
    return _feed_response(request, feed, newest_entries(get_language(), state.at), state)


def entry_content(entry: FeedEntry, state: SiteState) -> SafeString:
    """Return the content of an entry as HTML: the change note and the passages that changed."""
    context = {"note": entry.note, "rows": ()}
    if entry.update.previous is not None:
        names = (str(entry.update.previous), str(entry.update.number))
        shown = read_comparison(entry.public_page.page.path, *names, get_language(), state)
        changed = [row for row in shown.comparison.rows if row.kind != "unchanged"]
        context |= {"rows": changed[:MAX_PASSAGES], "shown": shown}
    return SafeString(xml_text(render_to_string("includes/feed_entry.html", context)))


def tag_uri(authority: str, since: datetime, specific: str) -> str:
    """Return a tag URI (RFC 4151), a permanent id. `since` is a time at which the authority belonged to the site."""
    return f"tag:{authority},{since.astimezone(UTC):%Y-%m-%d}:{specific}"


def _feed_response(request, feed: dict, entries: Iterable[FeedEntry], state: SiteState) -> HttpResponse:
    root = origin(request)
    newest = sorted(entries, key=lambda entry: entry.updated_at, reverse=True)[:MAX_ENTRIES]
    atom = AtomFeed(
        title=xml_text(feed["title"]),
        link=root + feed["link"],
        description=None,
        language=get_language(),
        author_name=xml_text(read_site(get_language(), state).name.text) or _authority(request),
        feed_url=f"{root}{feed['link']}feed.atom",
        feed_guid=feed["feed_guid"],
        # RFC 4287 requires a date even for an empty feed.
        updated=newest[0].updated_at if newest else EPOCH,
    )
    page_ids = _page_ids(request, [entry.public_page.page for entry in newest])
    for entry in newest:
        entry_id = f"{page_ids[entry.public_page.page.pk]}/v{entry.version.number}/{get_language()}"
        link = f"{root}{entry.public_page.page.get_absolute_url()}v/{entry.version.number}/"
        atom.add_item(**_entry_fields(entry, state), unique_id=entry_id, link=link)
    return document_response(atom.writeString("utf-8"), "application/atom+xml", state)


def _entry_fields(entry: FeedEntry, state: SiteState) -> dict:
    return {
        "title": xml_text(entry.title),
        "description": None,
        "pubdate": entry.version.published_at,
        "updateddate": entry.updated_at,
        "language": entry.note.language,
        "summary": entry.note.text,
        "content": entry_content(entry, state),
    }


def _page_ids(request, pages: Iterable[Page]) -> dict[int, str]:
    """Return the start of the ids of each page's entries. It stays the same when a page moves or gets another title."""
    uuids = {page.pk: page.uuid for page in pages}
    first = Version.objects.filter(page__in=uuids, number=1).values_list("page", "published_at")
    return {page: tag_uri(_authority(request), published_at, str(uuids[page])) for page, published_at in first}


def _authority(request) -> str:
    """Return the host of the site as RFC 4151 allows it: a DNS name without a port, never an IPv6 address."""
    host = urlsplit(origin(request)).hostname or ""
    return host if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host) else "localhost"
