"""From an address that a page once had to the one it has now; what lies below it goes along."""

from datetime import datetime

from django.conf import settings
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language

from pages.models import Redirect, Version


def lead_on(request, at: datetime) -> HttpResponse | None:
    """Lead from an old address to the same thing below the page's present one; None where there is none to see."""
    address = new_address(request.path_info.removeprefix(_prefix()), at) if request.method in ("GET", "HEAD") else None
    if address is None:
        return None
    query = iri_to_uri(request.META.get("QUERY_STRING", ""))
    response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    # A browser would keep it for ever: it has to see when a page moves back.
    response.headers["Cache-Control"] = "no-cache"
    return response


def new_address(old: str, at: datetime) -> str | None:
    """Return where an address of old leads in the language that is active, to a page that readers may know of.

    A page that moved twice, or a section that moved and a page below it, is followed up to where it is now.
    """
    followed: set[int] = set()
    while (redirect := _covering(old)) is not None and redirect.pk not in followed:
        followed.add(redirect.pk)
        old = f"{redirect.page.path}{old.removeprefix(redirect.old_path)}".lstrip("/")
        door = _door(old)
        if door and Version.objects.published(at).filter(page__path=door.kwargs.get("path", "")).exists():
            return reverse(door.view_name, kwargs=door.kwargs)
    return None


def _covering(address: str) -> Redirect | None:
    # The page's path alone, without the working copy of thirty languages.
    return Redirect.objects.covering(address).select_related("page").only("old_path", "page__path").first()


def _prefix() -> str:
    language = get_language()
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


def _door(address: str) -> ResolverMatch | None:
    """Return what the readers' addresses make of one below the language's prefix; a slash at its end may be missing."""
    for ending in ("", "/"):
        try:
            return resolve(f"{_prefix()}{address}{ending}")
        except Resolver404:
            continue
    return None
