"""Redirects from an old address of a page to its current one, and from everything below it."""

from django.conf import settings
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language

from pages.models import Redirect
from pages.presentation.public_tree import read_tree
from pages.presentation.site_state import SiteState
from pages.public.unserved_languages import texts_in_unserved_language


def redirect_old_address(request, state: SiteState) -> HttpResponse | None:
    """Redirect a GET or HEAD request for an old address; return None if no redirect applies."""
    if request.method not in ("GET", "HEAD"):
        return None
    path = request.path_info.removeprefix(_language_prefix())
    url = (
        _url_with_slash(request.path_info, state)
        or current_url(path, state)
        or _current_url_in_unserved_language(path, state)
    )
    if url is None:
        return None
    query = iri_to_uri(request.META.get("QUERY_STRING", ""))
    response = HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)
    # Browsers keep a permanent redirect for ever by default, and would miss that the page moved back.
    response.headers["Cache-Control"] = "no-cache"
    return response


def current_url(path: str, state: SiteState) -> str | None:
    """Return the URL that an old path leads to in the active language, or None."""
    match = _current_match(path, state)
    return match and reverse(match.view_name, kwargs=match.kwargs)


def _url_with_slash(path: str, state: SiteState) -> str | None:
    """Return the URL that only lacks the slash at its end, or None.

    Django's CommonMiddleware would redirect every other address too, and the response cache does not know its answers.
    """
    match = None if path.endswith("/") or _match_exactly(path) else _match_exactly(f"{path}/")
    if match is None or ("path" in match.kwargs and match.kwargs["path"] not in read_tree(state).by_path):
        return None
    return reverse(match.view_name, kwargs=match.kwargs)


def _current_url_in_unserved_language(path: str, state: SiteState) -> str | None:
    """Return the URL that an old path leads to in a language that is no longer served, if the page had a text in it."""
    language, _slash, path = path.partition("/")
    match = _current_match(path, state)
    if match and texts_in_unserved_language(language).filter(version__page__path=match.kwargs.get("path", "")).exists():
        return f"/{language}{reverse(match.view_name, kwargs=match.kwargs)}"
    return None


def _current_match(path: str, state: SiteState) -> ResolverMatch | None:
    """Return the match of the current URL of a page, in the active language, that an old path leads to.

    Redirects are followed in a chain, because a page may have moved twice, or a section and then a page below it. The
    chain ends at the first URL of a page that has a published version.
    """
    # A page that moved away and back makes a loop.
    followed: set[int] = set()
    while (redirect := _redirect_covering(path)) is not None and redirect.pk not in followed:
        followed.add(redirect.pk)
        path = f"{redirect.page.path}{path.removeprefix(redirect.old_path)}".lstrip("/")
        match = match_url(f"{_language_prefix()}{path}")
        if match and match.kwargs.get("path", "") in read_tree(state).by_path:
            return match
    return None


def _redirect_covering(path: str) -> Redirect | None:
    # `only` leaves out the drafts of the page in all languages.
    return Redirect.objects.covering(path).select_related("page").only("old_path", "page__path").first()


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
