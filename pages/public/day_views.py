"""Readers' views of the version that was in force on a day."""

import re
from datetime import date

from django.http import HttpResponse
from django.utils.translation import get_language

from pages.models import Page
from pages.presentation.as_of import BeforeFirstVersion, FutureDay, parse_day, visible_version_as_of
from pages.presentation.page_lists import read_title
from pages.presentation.page_presentation import find_published
from pages.presentation.public_tree import read_tree
from pages.presentation.site_state import SiteState
from pages.presentation.withdrawals import read_withdrawal_in_effect
from pages.public.converters import DayConverter
from pages.public.public_view import end_with_the_day
from pages.public.responses import language_links, redirect_for_now, render_page


def as_of(request, state, path, day):
    """Redirect to the version that was in force at the end of a day, or say why there is none."""
    # An unpublished page must answer 404 for every day, or the other answers would reveal it.
    page, _status = find_published(path, state)
    asked = parse_day(day)
    if asked is None:
        return _question(request, page, state, status=404, asked=day)
    try:
        version = visible_version_as_of(page, asked, state.at)
    except FutureDay:
        return answer_future_day(request, page, asked, state, suffix="as-of/")
    except BeforeFirstVersion as error:
        return _question(request, page, state, status=404, day=asked, first=error.first)
    # The answer for a day can change: an imported version can have an earlier date.
    return redirect_for_now(f"{page.get_absolute_url()}v/{version.number}/")


def as_of_question(request, state, path):
    """Ask for a day, and redirect to its address."""
    page, _status = find_published(path, state)
    asked = request.GET.get("on", "")
    if re.fullmatch(DayConverter.regex, asked):
        return redirect_for_now(f"{page.get_absolute_url()}as-of/{asked}/")
    return _question(request, page, state, status=404 if asked else 200, asked=asked)


def answer_future_day(request, page: Page, day: date, state: SiteState, *, suffix: str) -> HttpResponse:
    """Answer 416 about a day in the future, with the form that is below the URL of the page at `suffix`."""
    context = {
        "page": page,
        "page_status": read_tree(state).statuses[page.pk],
        "title": read_title(page, get_language(), state),
        "withdrawal": read_withdrawal_in_effect(page, get_language(), state),
        "day": day,
        "today": state.at,
        "asks_changes": suffix == "changes/",
        "language_links": language_links(page, suffix),
    }
    return render_page(request, "416.html", context, state, status=416)


def _question(request, page: Page, state: SiteState, *, status: int, **context) -> HttpResponse:
    """Show the form; `context` says what is wrong with the day that was asked for."""
    shown = {
        "page": page,
        "page_status": read_tree(state).statuses[page.pk],
        "title": read_title(page, get_language(), state),
        "withdrawal": read_withdrawal_in_effect(page, get_language(), state),
        "today": state.at,
    }
    links = language_links(page, "as-of/")
    response = render_page(
        request, "pages/as_of.html", {**shown, "language_links": links, **context}, state, status=status, noindex=True
    )
    return end_with_the_day(response, state)
