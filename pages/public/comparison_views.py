"""Readers' views across time: comparisons, what changed since a day, what is announced, and the version of a day."""

from datetime import date

from django.http import Http404, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from pages.presentation.as_of import FutureDay, visible_version_as_of
from pages.presentation.comparison.version_comparison import read_changes, read_comparison, read_upcoming
from pages.presentation.page_presentation import page_at, read_in_force
from pages.presentation.withdrawals import withdrawal_at
from pages.public.responses import answer, links_to, now
from pages.public.views import found


@require_safe
def comparison(request, path, older, newer):
    """Show what changed from one version to another."""
    at = now()
    shown = found(read_comparison, path, older, newer, get_language(), at)
    context = {
        "shown": shown,
        "withdrawal": withdrawal_at(shown.page, get_language(), at),
        "language_links": links_to(shown.page, f"compare/{older}...{newer}/"),
    }
    return answer(request, "pages/comparison.html", context, at=at, noindex=True)


@require_safe
def upcoming(request, path):
    """Show what is announced, compared with what is in force until then."""
    at = now()
    announced = found(read_upcoming, path, get_language(), at)
    context = {"announced": announced, "language_links": links_to(announced[0].page, "upcoming/")}
    return answer(request, "pages/upcoming.html", context, at=at, noindex=True)


@require_safe
def changes(request, path):
    """Show what changed since a day, merged into one comparison; without a day, ask for it."""
    at, asked = now(), request.GET.get("since", "")
    presentation = found(read_in_force, path, get_language(), at)
    since = _day(asked)
    context = {"presentation": presentation, "asked": asked, "since": since, "today": at}
    if since is None:
        return answer(request, "pages/changes_since.html", context, at=at, noindex=True)
    try:
        shown = found(read_changes, path, since, get_language(), at)
    except FutureDay as future:
        return answer(request, "416.html", {"page": presentation.page, "day": future.day}, at=at, status=416)
    links = links_to(shown.page, f"changes/?since={since}")
    context |= {"shown": shown, "language_links": links}
    return answer(request, "pages/changes.html", context, at=at, noindex=True)


@require_safe
def as_of(request, path, day):
    """Lead to the version that was in force at the end of a day."""
    at = now()
    page = found(page_at, path)
    if not page.versions.published(at).exists():
        raise Http404
    try:
        version = found(visible_version_as_of, page, day, at)
    except FutureDay:
        return answer(request, "416.html", {"page": page, "day": day}, at=at, status=416)
    response = HttpResponseRedirect(f"{page.get_absolute_url()}v/{version.number}/")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
