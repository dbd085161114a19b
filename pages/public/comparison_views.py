"""Readers' views that compare versions."""

from django.utils.translation import get_language

from pages.presentation.as_of import BeforeFirstVersion, FutureDay, end_of_day, parse_day
from pages.presentation.comparison.version_comparison import read_changes, read_comparison, read_upcoming
from pages.presentation.page_presentation import find_public, read_in_force
from pages.presentation.public_tree import read_tree
from pages.presentation.section_dates import read_section_dates
from pages.presentation.withdrawals import find_withdrawal, read_withdrawal_in_effect
from pages.public.day_views import answer_future_day
from pages.public.public_view import end_with_the_day
from pages.public.responses import language_links, render_page


def comparison(request, state, path, older, newer):
    """Show what changed from one version to another."""
    shown = read_comparison(path, older, newer, get_language(), state)
    context = {
        "shown": shown,
        "page_status": read_tree(state).statuses[shown.page.pk],
        "withdrawal": read_withdrawal_in_effect(shown.page, get_language(), state),
        "language_links": language_links(shown.page, f"compare/{older}...{newer}/"),
    }
    return render_page(request, "pages/comparison.html", context, state, noindex=True)


def sections(request, state, path):
    """Show the version in force with the date of the last change of each section."""
    shown = read_section_dates(path, get_language(), state)
    page, languages = shown.presentation.page, shown.presentation.languages
    links = language_links(page, "sections/", languages)
    context = {"shown": shown, "presentation": shown.presentation, "language_links": links}
    return render_page(request, "pages/sections.html", context, state, noindex=True)


def upcoming(request, state, path):
    """Compare each upcoming version with the one before it."""
    comparisons = read_upcoming(path, get_language(), state)
    page = comparisons[0].page
    context = {
        "comparisons": comparisons,
        "page_status": read_tree(state).statuses[page.pk],
        "language_links": language_links(page, "upcoming/"),
    }
    return render_page(request, "pages/upcoming.html", context, state, noindex=True)


def changes(request, state, path):
    """Compare the version of a day with the one in force, or ask for the day."""
    query = request.GET.get("since", "")
    since = parse_day(query)
    context: dict = {"query": query, "since": since, "today": state.at}
    if since is None:
        context["presentation"] = read_in_force(path, get_language(), state)
        return end_with_the_day(render_page(request, "pages/changes_since.html", context, state, noindex=True), state)
    # First, so that a missing page answers 404 and a withdrawn one 410, also for a day in the future.
    page, _version = find_public(path, state)
    try:
        shown = read_changes(path, since, get_language(), state)
    except FutureDay as error:
        return answer_future_day(request, page, error.day, state, suffix="changes/")
    except BeforeFirstVersion as error:
        context |= {"presentation": read_in_force(path, get_language(), state), "first": error.first}
        return end_with_the_day(render_page(request, "pages/changes_since.html", context, state, noindex=True), state)
    if shown.events.was_withdrawn:
        moment = end_of_day(since, state.at)
        context["withdrawal_then"] = find_withdrawal(shown.page, moment, get_language(), state.at)
    context |= {"shown": shown, "language_links": language_links(shown.page, f"changes/?since={since}")}
    return end_with_the_day(render_page(request, "pages/changes.html", context, state, noindex=True), state)
