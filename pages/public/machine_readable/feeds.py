"""Atom feeds (RFC 4287) of a page and of the site, in the language of the address."""

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
from django.views.decorators.http import require_safe

from pages.models import Page, PublicationRecord, Version
from pages.presentation.comparison.version_comparison import read_comparison
from pages.presentation.page_lists import PublicPage
from pages.presentation.page_presentation import read_in_force
from pages.presentation.site_presentation import read_site
from pages.public.machine_readable.feed_entries import BEFORE_ALL, LONGEST, Entry, entries_of, newest_entries
from pages.public.machine_readable.responses import answer_program, xml_text
from pages.public.responses import now, origin
from pages.public.views import found


class AtomFeed(Atom1Feed):
    """Django's feed with contents, a language for each, and a date that does not come from the clock."""

    def latest_post_date(self):
        """Return when the feed last changed."""
        return self.feed["updated"]

    def add_item_elements(self, handler, item):
        """Add the words of an entry to what Django writes of it."""
        super().add_item_elements(handler, item)
        for name, kind in (("summary", "text"), ("content", "html")):
            attributes = {"type": kind, "xml:lang": item["language"]}
            handler.addQuickElement(name, xml_text(item[name]), attributes)


@require_safe
def page_feed(request, path):
    """Answer with the feed of a page that has a version in force."""
    at = now()
    presentation = found(read_in_force, path, get_language(), at)
    followed = PublicPage(presentation.page, presentation.version, presentation.text)
    identity = f"{_identities(request, [presentation.page])[presentation.page.pk]}/{get_language()}"
    feed = {"title": presentation.title, "link": presentation.page.get_absolute_url(), "feed_guid": identity}
    return _answer(request, feed, entries_of(followed, at), at)


@require_safe
def site_feed(request):
    """Answer with the feed of all public pages."""
    at = now()
    name = read_site(get_language(), at).name.text or _authority(request)
    first = PublicationRecord.objects.public(at).filter(number=1).values_list("at", flat=True).first()
    identity = tag_uri(_authority(request), first or BEFORE_ALL, f"site/{get_language()}")
    feed = {"title": name, "link": reverse("home"), "feed_guid": identity}
    return _answer(request, feed, newest_entries(get_language(), at), at)


def entry_content(entry: Entry, at: datetime) -> SafeString:
    """Return the HTML of an entry: the change note, and the passages that changed."""
    context = {"note": entry.note, "rows": ()}
    if entry.update.previous is not None:
        names = (str(entry.update.previous), str(entry.update.number))
        shown = read_comparison(entry.followed.page.path, *names, get_language(), at)
        changed = [row for row in shown.comparison.rows if row.kind != "unchanged"]
        context |= {"rows": changed[:LONGEST], "shown": shown}
    return SafeString(xml_text(render_to_string("includes/feed_entry.html", context)))


def tag_uri(authority: str, moment: datetime, specific: str) -> str:
    """Return an identity for ever (RFC 4151): who names it, the day from which it was theirs to name, and the name."""
    return f"tag:{authority},{moment.astimezone(UTC):%Y-%m-%d}:{specific}"


def _answer(request, feed: dict, entries: Iterable[Entry], at: datetime) -> HttpResponse:
    root, shown = origin(request), sorted(entries, key=lambda entry: entry.updated, reverse=True)[:LONGEST]
    atom = AtomFeed(
        title=xml_text(feed["title"]),
        link=root + feed["link"],
        description=None,
        language=get_language(),
        author_name=xml_text(read_site(get_language(), at).name.text) or _authority(request),
        feed_url=f"{root}{feed['link']}feed.atom",
        feed_guid=feed["feed_guid"],
        updated=shown[0].updated if shown else BEFORE_ALL,
    )
    identities = _identities(request, [entry.followed.page for entry in shown])
    for entry in shown:
        identity = f"{identities[entry.followed.page.pk]}/v{entry.version.number}/{get_language()}"
        link = f"{root}{entry.followed.page.get_absolute_url()}v/{entry.version.number}/"
        atom.add_item(**_words(entry, at), unique_id=identity, link=link)
    return answer_program(atom.writeString("utf-8"), "application/atom+xml", at=at)


def _words(entry: Entry, at: datetime) -> dict:
    return {
        "title": xml_text(entry.title),
        "description": None,
        "pubdate": entry.version.published_at,
        "updateddate": entry.updated,
        "language": entry.note.language,
        "summary": entry.note.text,
        "content": entry_content(entry, at),
    }


def _identities(request, pages: Iterable[Page]) -> dict[int, str]:
    """Return what the identities of each page's entries begin with; they outlive its place and its titles."""
    uuids = {page.pk: page.uuid for page in pages}
    first = Version.objects.filter(page__in=uuids, number=1).values_list("page", "published_at")
    return {page: tag_uri(_authority(request), moment, str(uuids[page])) for page, moment in first}


def _authority(request) -> str:
    """Return the site's host as RFC 4151 takes it: a DNS name, no port and no IPv6 address."""
    host = urlsplit(origin(request)).hostname or ""
    return host if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host) else "localhost"
