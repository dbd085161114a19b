"""Atom feeds (RFC 4287) of a page and of the site, in the language of the URL.

Earlier entries are in further documents (RFC 5005, section 3), in parts that are counted from the oldest one. They are
no archives, because a correction changes an entry, and so does another title of the page.
"""

from collections.abc import Iterable, Iterator

from django.http import Http404, HttpResponse
from django.template.loader import get_template
from django.urls import reverse
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
from pages.public.machine_readable.atom import EPOCH, AtomFeed, authority_of, tag_uri
from pages.public.machine_readable.feed_entries import MAX_ENTRIES, FeedEntry, newest_entries
from pages.public.machine_readable.responses import document_response, xml_text
from pages.public.responses import IS_BAKED, origin

# How many changed passages an entry shows at most.
MAX_PASSAGES = 20


def page_feed(request, state, path, part=0):
    """Return the feed of a page that has a version in force, or a part of its earlier entries: those of 20 versions."""
    page, _version = find_public(path, state)
    last = part_count(read_tree(state).statuses[page.pk].newest)
    if part > last:
        raise Http404
    entries = newest_entries(get_language(), state, page.pk, part=part or None)
    page_ids = _page_ids(request, [page.pk])
    title = read_tree(state).shown_titles([page.pk], get_language())[page.pk].full_title
    feed = {"title": title, "link": page.get_absolute_url(), "feed_guid": f"{page_ids[page.pk]}/{get_language()}"}
    return _feed_response(request, feed, entries, page_ids, state, part, last)


def site_feed(request, state, part=0):
    """Return the feed of all public pages, or a part of all entries: those of 20 records of the publication log."""
    # An imported version has an old date, so the last records have a part, too. A static copy has no parts: each
    # publication would change all of them.
    parts = part_count(state.record_count)
    last = parts + 1 if parts and IS_BAKED not in request.META else 0
    if part > last:
        raise Http404
    # RFC 4287 requires a title and an author, so the host stands in for a missing name.
    name = read_site(get_language(), state).name.text or authority_of(request)
    first = PublicationRecord.objects.filter(number=1).values_list("at", flat=True).first()
    feed_id = tag_uri(authority_of(request), first or EPOCH, f"site/{get_language()}")
    feed = {"title": name, "link": reverse("home"), "feed_guid": feed_id}
    entries = newest_entries(get_language(), state, part=part or None)
    page_ids = _page_ids(request, {entry.page.key for entry in entries})
    return _feed_response(request, feed, entries, page_ids, state, part, last)


def part_count(versions: int) -> int:
    """Return how many parts the entries of a page have that are not in its feed: that has the last versions."""
    return max(0, -(-(versions - MAX_ENTRIES) // MAX_ENTRIES))


def feed_name(part: int) -> str:
    return f"feed.{part}.atom" if part else "feed.atom"


def _related(part: int, last: int) -> dict[str, str]:
    """Return the names of the other documents of a feed by relation. The feed itself comes before the last part."""
    if not last:
        return {}
    parts = {"first": 0, "next": part - 1 if part else last, "last": 1}
    if part:
        parts["previous"] = part + 1 if part < last else 0
    # There is nothing before the first version.
    return {relation: feed_name(other) for relation, other in parts.items() if relation != "next" or other}


def entry_contents(entries: Iterable[FeedEntry], language: str, root: str) -> Iterator[SafeString]:
    """Yield the content of each entry as HTML: the change note and the passages that changed, with absolute links."""
    pairs = [NumberPair(entry.page, entry.previous, entry.number) for entry in entries if entry.previous is not None]
    comparisons = iter(read_text_pairs(pairs, language, root))
    template = get_template("includes/feed_entry.html")
    for entry in entries:
        context: dict = {"note": entry.note, "is_corrected": entry.is_corrected, "rows": ()}
        if entry.previous is not None:
            compared = next(comparisons)
            # What is left of one text would pass for a change of everything.
            rows = () if compared.redacted_sides else compared.comparison.rows
            changed = [row for row in rows if not row.is_quiet]
            context |= {"rows": changed[:MAX_PASSAGES], "compared": compared}
        yield SafeString(xml_text(template.render(context)))


def _feed_response(
    request, feed: dict, entries: list[FeedEntry], page_ids: dict[int, str], state: SiteState, part: int, last: int
) -> HttpResponse:
    root, site = origin(request), read_site(get_language(), state)
    title = _("Sample: %(title)s") % {"title": feed["title"]} if site.is_sample else feed["title"]
    atom = AtomFeed(
        title=xml_text(title),
        link=root + feed["link"],
        description=None,
        subtitle=_("The content of this site is a sample. It is nobody's policy.") if site.is_sample else None,
        language=get_language(),
        author_name=xml_text(site.name.text) or authority_of(request),
        feed_url=f"{root}{feed['link']}{feed_name(part)}",
        feed_guid=feed["feed_guid"],
        # RFC 4287 requires a date even for an empty feed.
        updated=entries[0].updated_at if entries else EPOCH,
        related={relation: f"{root}{feed['link']}{name}" for relation, name in _related(part, last).items()},
    )
    for entry, content in zip(entries, entry_contents(entries, get_language(), root), strict=True):
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
    return {page: tag_uri(authority_of(request), published_at, str(uuid)) for page, published_at, uuid in first}
