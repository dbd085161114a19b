"""Redirects from an old address of a page to its current one, and from everything below it.

They lead only to what the application answers: not to an address that would be a 404, and not to an unpublished page.
"""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language, override

from pages.languages import served_languages
from pages.models import Redirect, VersionText
from pages.presentation.page_lists import VERSIONS_PER_PAGE
from pages.presentation.public_tree import PublicStatus, TreeRow, read_tree
from pages.presentation.site_presentation import VERIFY_PATH, read_site
from pages.presentation.site_state import SiteState
from pages.public.machine_readable.feeds import part_count
from pages.public.original_addresses import original_forms
from pages.public.unserved_languages import texts_in_unserved_language

# The arguments of URLs that are, or can be, numbers of versions.
NUMBER_ARGUMENTS = ("number", "older", "newer")
# The URLs of the site that a language or a file name can precede or follow.
_HOME_NAMES = frozenset({"home", "site-feed"})
# What readers can open of a version that is announced and not in force yet.
_NAMES_BEFORE_FORCE = frozenset({"history", "history-json", "comparison", "changes", "upcoming", "as-of"})


def redirect_old_address(request, state: SiteState) -> HttpResponse | None:
    """Redirect a GET or HEAD request for an old address; return None if no redirect applies."""
    if request.method not in ("GET", "HEAD"):
        return None
    path = request.path_info
    url = (
        _url_with_slash(path, state)
        or current_url(path.removeprefix(_language_prefix()), state)
        or _current_url_in_unserved_language(path.removeprefix(_language_prefix()), state)
        or _url_of_original(path, state)
    )
    if url is None:
        return None
    query = iri_to_uri(request.META.get("QUERY_STRING", ""))
    response = HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)
    # Browsers keep a permanent redirect for ever by default, and would miss that the page moved back.
    response.headers["Cache-Control"] = "no-cache"
    return response


def current_url(path: str, state: SiteState) -> str | None:
    """Return the URL that an old path leads to, or None.

    It is in the active language, or in that of the redirect, if the request names none.
    """
    target = _current_target(path, state)
    return target and target.url


def _url_of_original(path: str, state: SiteState) -> str | None:
    """Return the URL that an address in a form of the original site leads to, or None."""
    for form in original_forms(path, read_site(settings.LANGUAGE_CODE, state).settings.original_path):
        with override(language_of_path(form)):
            match = match_url(form)
            # Not the admin and files of the site: they have always had one address.
            if match and (match.view_name in _HOME_NAMES or _is_answered(match, state)):
                return reverse(match.view_name, kwargs=match.kwargs)
            if url := current_url(form.removeprefix(_language_prefix()), state):
                return url
    return None


def _url_with_slash(path: str, state: SiteState) -> str | None:
    """Return the URL that only lacks the slash at its end, or None."""
    match = None if path.endswith("/") or _match_exactly(path) else _match_exactly(f"{path}/")
    if match is None:
        return None
    # There is an answer at the address that says how to check the site, whether or not a page has it.
    is_of_site = "path" not in match.kwargs or match.view_name == VERIFY_PATH
    is_answered = is_of_site or match.kwargs["path"] in read_tree(state).by_path
    return reverse(match.view_name, kwargs=match.kwargs) if is_answered else None


def _current_url_in_unserved_language(path: str, state: SiteState) -> str | None:
    """Return the URL that an old path leads to in a language that is no longer served, if the page had a text in it."""
    language, _slash, path = path.partition("/")
    target = _current_target(path, state)
    if target and texts_in_unserved_language(language).filter(version__page__path=target.path).exists():
        return f"/{language}{target.url}"
    return None


class _Target(NamedTuple):
    """Where an old path leads: a path of a page, and a URL of that page or below it."""

    path: str
    url: str


def _current_target(path: str, state: SiteState) -> _Target | None:
    """Return where an old path leads.

    Redirects are followed in a chain, because a page may have moved twice, or a section and then a page below it. The
    chain ends at the first URL of a page that readers can open.
    """
    # A page that moved away and back makes a loop.
    followed: set[int] = set()
    language = get_language() or settings.LANGUAGE_CODE
    while (redirect := _redirect_covering(path)) is not None and redirect.pk not in followed:
        followed.add(redirect.pk)
        below = path.removeprefix(redirect.old_path) if redirect.old_path else f"/{path}"
        path = f"{redirect.page.path}{below}".lstrip("/")
        if language == settings.LANGUAGE_CODE and redirect.language in served_languages():
            language = redirect.language
        with override(language):
            match = match_url(f"{_language_prefix()}{path}")
            # What is below the old address of a home page is only what every page has there, such as its history.
            is_covered = redirect.old_path or (match and match.kwargs.get("path") == redirect.page.path)
            if match and is_covered and _is_answered(match, state):
                return _Target(match.kwargs.get("path", ""), reverse(match.view_name, kwargs=match.kwargs))
    return None


def _is_answered(match: ResolverMatch, state: SiteState) -> bool:
    """Tell whether a URL is that of a page, or below it, that readers can open."""
    tree = read_tree(state)
    key = tree.by_path.get(match.kwargs.get("path", ""))
    if key is None or not ("path" in match.kwargs or match.view_name in _HOME_NAMES):
        return False
    status = tree.statuses[key]
    # A withdrawn page says so at all of its addresses.
    is_open = status.is_public or status.is_withdrawn or match.view_name in _NAMES_BEFORE_FORCE
    return is_open and _has_numbers(match, status) and _has_source(match, tree.rows[key])


def _has_numbers(match: ResolverMatch, status: PublicStatus) -> bool:
    numbers = [match.kwargs.get(name) for name in NUMBER_ARGUMENTS]
    has_versions = all(int(number) <= status.newest for number in numbers if str(number).isdigit())
    results_page, part = match.kwargs.get("results_page"), match.kwargs.get("part")
    if part is not None and part > part_count(status.newest):
        return False
    return has_versions and (results_page is None or 1 < results_page <= -(-status.newest // VERSIONS_PER_PAGE))


def _has_source(match: ResolverMatch, row: TreeRow) -> bool:
    """Tell whether a page has a text in the active language, if a URL is that of its bytes."""
    language = get_language()
    is_certain = match.view_name not in ("source", "version-source", "fragment") or language == row.source_language
    return is_certain or VersionText.objects.filter(version__page=row.key, language=language).exists()


def _redirect_covering(path: str) -> Redirect | None:
    # `only` leaves out the drafts of the page in all languages.
    return Redirect.objects.covering(path).select_related("page").only("old_path", "language", "page__path").first()


def language_of_path(path: str) -> str:
    """Return the served language that the path of a request begins with, else the default language."""
    prefix = path[1:].partition("/")[0]
    return prefix if prefix in served_languages() else settings.LANGUAGE_CODE


def _language_prefix() -> str:
    language = get_language()
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


def match_url(path: str) -> ResolverMatch | None:
    """Return the URL pattern of a path, which may lack the slash at its end."""
    return _match_exactly(path) or _match_exactly(f"{path}/")


def _match_exactly(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None
