"""Memento (RFC 7089): the past states of a page by time.

The page is the original resource, its versions are the mementos. The TimeMap lists them; the TimeGate redirects to the
one that was in force at the time in the header Accept-Datetime (pattern 2.1). URLs are absolute, because clients follow
them without resolving them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import http_date, parse_http_date

from pages.presentation.mementos import Memento, find_memento, read_mementos
from pages.presentation.page_presentation import NothingToShow, PagePresentation, find_published
from pages.presentation.site_state import SiteState
from pages.public.machine_readable.link_headers import add_links, format_link
from pages.public.responses import IS_BAKED, origin, with_last_modified

LINK_FORMAT = "application/link-format"


def timemap(request, state, path):
    """Return the list of the versions that are or were in force (RFC 6690)."""
    page, mementos = _find(path, state)
    url = f"{origin(request)}{page.get_absolute_url()}"
    first, last = (http_date(memento.since.timestamp()) for memento in (mementos[0], mementos[-1]))
    links = [
        format_link(url, "original"),
        format_link(f"{url}timemap/", "self", type=LINK_FORMAT, **{"from": first, "until": last}),
        format_link(f"{url}timegate/", "timegate"),
        *_memento_links(url, mementos, mementos),
    ]
    response = HttpResponse(",\n".join(links) + "\n", content_type=LINK_FORMAT)
    return with_last_modified(_not_indexed(response), state)


def timegate(request, state, path):
    """Redirect to the version that was in force at the time asked for, or answer 400 if that is no time."""
    page, mementos = _find(path, state)
    url = f"{origin(request)}{page.get_absolute_url()}"
    try:
        asked = find_memento(mementos, _asked_time(request))
    except ValueError:
        text = "Accept-Datetime has to be a time as HTTP writes it: Fri, 01 Mar 2024 12:00:00 GMT\n"
        response, shown = HttpResponse(text, status=400, content_type="text/plain; charset=utf-8"), []
    else:
        response, shown = HttpResponseRedirect(f"{url}v/{asked.number}/"), [mementos[0], asked, mementos[-1]]
    response.headers["Vary"] = "accept-datetime"
    links = [format_link(url, "original"), format_link(f"{url}timemap/", "timemap", type=LINK_FORMAT)]
    add_links(response, [*links, *_memento_links(url, mementos, shown)])
    return _not_indexed(response)


def add_memento_links(request, response: HttpResponse, presentation: PagePresentation) -> None:
    """Add the links of a page to its TimeGate and TimeMap. A static copy has neither."""
    if IS_BAKED not in request.META:
        url = f"{origin(request)}{presentation.page.get_absolute_url()}"
        add_links(response, _gate_links(url))


def add_memento_headers(request, response: HttpResponse, presentation: PagePresentation, state: SiteState) -> None:
    """Say since when a version was in force, and where the others are that were.

    A static copy does not, because each publication would change the headers of all former versions. Nor does a text
    in a language that is no longer served: there is no page in that language.
    """
    if IS_BAKED in request.META or presentation.is_unserved:
        return
    mementos = read_mementos(presentation.page, state)
    numbers = [memento.number for memento in mementos]
    # It is upcoming, or never came into force.
    if presentation.version.number not in numbers:
        return
    position = numbers.index(presentation.version.number)
    url = f"{origin(request)}{presentation.page.get_absolute_url()}"
    shown = [mementos[0], *mementos[max(position - 1, 0) : position + 2], mementos[-1]]
    response.headers["Memento-Datetime"] = http_date(mementos[position].since.timestamp())
    links = _memento_links(url, mementos, shown, position)
    add_links(response, [format_link(url, "original"), *_gate_links(url), *links])


def _find(path: str, state: SiteState):
    """Return the page with a path and its mementos. Raises NothingToShow if there are none."""
    page, _status = find_published(path, state)
    mementos = read_mementos(page, state)
    if not mementos:
        raise NothingToShow
    return page, mementos


def _asked_time(request) -> datetime | None:
    """Return the time in the request, None without one. Raises ValueError if it is not one."""
    value = request.headers.get("Accept-Datetime")
    return None if value is None else datetime.fromtimestamp(parse_http_date(value.strip()), UTC)


def _gate_links(url: str) -> list[str]:
    return [
        format_link(f"{url}timegate/", "timegate"),
        format_link(f"{url}timemap/", "timemap", type=LINK_FORMAT),
    ]


def _memento_links(
    url: str, mementos: Sequence[Memento], shown: Sequence[Memento], position: int | None = None
) -> Iterator[str]:
    """Yield the links to some mementos; `position` is that of the one at whose URL the links are."""
    names: dict[Memento, list[str]] = {memento: [] for memento in shown}
    for name, memento in (("first", mementos[0]), ("last", mementos[-1])):
        if memento in names:
            names[memento].append(name)
    if position is not None and position > 0:
        names[mementos[position - 1]].append("prev")
    if position is not None and position + 1 < len(mementos):
        names[mementos[position + 1]].append("next")
    for memento, relations in sorted(names.items()):
        time = http_date(memento.since.timestamp())
        yield format_link(f"{url}v/{memento.number}/", " ".join([*relations, "memento"]), datetime=time)


def _not_indexed(response: HttpResponse) -> HttpResponse:
    # The answer for a time can change: an imported version can have an earlier date.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
