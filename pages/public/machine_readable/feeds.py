"""Atom feeds (RFC 4287) of a page and of the site, in the language of the URL."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.template.loader import get_template
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages.models import PublicationRecord, Version
from pages.models.page import page_url
from pages.presentation.comparison.text_pairs import NumberPair, read_text_pairs
from pages.presentation.page_presentation import find_public
from pages.presentation.public_tree import read_tree
from pages.presentation.site_presentation import read_site
from pages.presentation.site_state import SiteState
from pages.public.machine_readable.feed_entries import EPOCH, FeedEntry, newest_entries
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
    page, _version = find_public(path, state)
    entries = newest_entries(get_language(), state, page.pk)
    page_ids = _page_ids(request, [page.pk])
    title = read_tree(state).shown_titles([page.pk], get_language())[page.pk].full_title
    feed = {"title": title, "link": page.get_absolute_url(), "feed_guid": f"{page_ids[page.pk]}/{get_language()}"}
    return _feed_response(request, feed, entries, page_ids, state)


def site_feed(request, state):
    """Return the feed of all public pages."""
    # RFC 4287 requires a title and an author, so the host stands in for a missing name.
    name = read_site(get_language(), state).name.text or _authority(request)
    first = PublicationRecord.objects.filter(number=1).values_list("at", flat=True).first()
    feed_id = tag_uri(_authority(request), first or EPOCH, f"site/{get_language()}")
    feed = {"title": name, "link": reverse("home"), "feed_guid": feed_id}
    entries = newest_entries(get_language(), state)
    page_ids = _page_ids(request, {entry.page.key for entry in entries})
    return _feed_response(request, feed, entries, page_ids, state)


def entry_contents(entries: Iterable[FeedEntry], language: str) -> Iterator[SafeString]:
    """Yield the content of each entry as HTML: the change note and the passages that changed."""
    pairs = [NumberPair(entry.page, entry.previous, entry.number) for entry in entries if entry.previous is not None]
    comparisons = iter(read_text_pairs(pairs, language))
    template = get_template("includes/feed_entry.html")
    for entry in entries:
        context: dict = {"note": entry.note, "is_corrected": entry.is_corrected, "rows": ()}
        if entry.previous is not None:
            compared = next(comparisons)
            changed = [row for row in compared.comparison.rows if not row.is_quiet]
            context |= {"rows": changed[:MAX_PASSAGES], "compared": compared}
        yield SafeString(xml_text(template.render(context)))


def tag_uri(authority: str, since: datetime, specific: str) -> str:
    """Return a tag URI (RFC 4151), a permanent id. `since` is a time at which the authority belonged to the site."""
    return f"tag:{authority},{since.astimezone(UTC):%Y-%m-%d}:{specific}"


def _feed_response(
    request, feed: dict, entries: list[FeedEntry], page_ids: dict[int, str], state: SiteState
) -> HttpResponse:
    root, site = origin(request), read_site(get_language(), state)
    title = _("Sample: %(title)s") % {"title": feed["title"]} if site.is_sample else feed["title"]
    atom = AtomFeed(
        title=xml_text(title),
        link=root + feed["link"],
        description=None,
        subtitle=_("The content of this site is a sample. It is nobody's policy.") if site.is_sample else None,
        language=get_language(),
        author_name=xml_text(site.name.text) or _authority(request),
        feed_url=f"{root}{feed['link']}feed.atom",
        feed_guid=feed["feed_guid"],
        # RFC 4287 requires a date even for an empty feed.
        updated=entries[0].updated_at if entries else EPOCH,
    )
    for entry, content in zip(entries, entry_contents(entries, get_language()), strict=True):
        entry_id = f"{page_ids[entry.page.key]}/v{entry.number}/{get_language()}"
        link = f"{root}{page_url(entry.page.path, get_language())}v/{entry.number}/"
        atom.add_item(**_entry_fields(entry), content=content, unique_id=entry_id, link=link)
    return document_response(atom.writeString("utf-8"), "application/atom+xml", state)


def _entry_fields(entry: FeedEntry) -> dict:
    return {
        "title": xml_text(entry.title),
        "description": None,
        "pubdate": entry.published_at,
        "updateddate": entry.updated_at,
        "language": entry.note.language,
        "summary": entry.note.text,
    }


def _page_ids(request, pages: Iterable[int]) -> dict[int, str]:
    """Return the start of the ids of each page's entries. It stays the same when a page moves or gets another title."""
    first = Version.objects.filter(page__in=pages, number=1).values_list("page", "published_at", "page__uuid")
    return {page: tag_uri(_authority(request), published_at, str(uuid)) for page, published_at, uuid in first}


def _authority(request) -> str:
    """Return the host of the site as RFC 4151 allows it: a DNS name without a port, never an IPv6 address."""
    host = urlsplit(origin(request)).hostname or ""
    return host if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host) else "localhost"
