"""Readers' views that compare versions or find one by date."""

from datetime import date

from django.http import Http404, HttpResponseRedirect
from django.utils.translation import get_language

from pages.presentation.as_of import FutureDay, visible_version_as_of
from pages.presentation.comparison.version_comparison import read_changes, read_comparison, read_upcoming
from pages.presentation.page_presentation import page_with_path, read_in_force
from pages.presentation.withdrawals import withdrawal_at
from pages.public.responses import language_links, render_page


def comparison(request, state, path, older, newer):
    """Show what changed from one version to another."""
    at = state.at
    shown = read_comparison(path, older, newer, get_language(), at)
    context = {
        "shown": shown,
        "withdrawal": withdrawal_at(shown.page, get_language(), at),
        "language_links": language_links(shown.page, f"compare/{older}...{newer}/"),
    }
    return render_page(request, "pages/comparison.html", context, state, noindex=True)


def upcoming(request, state, path):
    """Compare each upcoming version with the one before it."""
    at = state.at
    comparisons = read_upcoming(path, get_language(), at)
    links = language_links(comparisons[0].page, "upcoming/")
    context = {"comparisons": comparisons, "language_links": links}
    return render_page(request, "pages/upcoming.html", context, state, noindex=True)


def changes(request, state, path):
    """Compare the version of a day with the one in force, or ask for the day."""
    at, query = state.at, request.GET.get("since", "")
    # First, so that a missing page answers 404 and a withdrawn one 410, whatever the query string is.
    presentation = read_in_force(path, get_language(), at)
    since = _parse_day(query)
    context = {"presentation": presentation, "query": query, "since": since, "today": at}
    if since is None:
        return render_page(request, "pages/changes_since.html", context, state, noindex=True)
    try:
        shown = read_changes(path, since, get_language(), at)
    except FutureDay as error:
        return render_page(request, "416.html", {"page": presentation.page, "day": error.day}, state, status=416)
    context |= {"shown": shown, "language_links": language_links(shown.page, f"changes/?since={since}")}
    return render_page(request, "pages/changes.html", context, state, noindex=True)


def as_of(request, state, path, day):
    """Redirect to the version that was in force at the end of a day."""
    at = state.at
    page = page_with_path(path)
    # An unpublished page must answer 404 for every day, or a 416 would reveal it.
    if not page.versions.exists():
        raise Http404
    try:
        version = visible_version_as_of(page, day, at)
    except FutureDay:
        return render_page(request, "416.html", {"page": page, "day": day}, state, status=416)
    response = HttpResponseRedirect(f"{page.get_absolute_url()}v/{version.number}/")
    # The answer for a day can change: an imported version can have an earlier date.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
