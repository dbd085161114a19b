"""Error pages in the reader's language, the page that replaces a withdrawn one, and the exceptions they answer."""

import sys
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse
from django.template import loader
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages.presentation.outages import is_outage, report_failed_change, unavailable
from pages.presentation.page_presentation import NothingToShow, Redacted, Withdrawn
from pages.presentation.site_state import SiteState
from pages.presentation.withdrawals import read_withdrawal, title_of_withdrawn
from pages.public.public_view import answer
from pages.public.redirects import redirect_old_address
from pages.public.responses import language_links, redacted_response, render_page
from pages.public.unserved_languages import answer_unserved


def page_not_found(request, exception=None):
    """Redirect an old address of a page, or answer 404."""
    # Only here, so that a redirect never hides an existing page.
    return answer(
        request,
        lambda state: redirect_old_address(request, state) or render_page(request, "404.html", {}, state, status=404),
    )


def handle_nothing_to_show(view: Callable) -> Callable:
    """Make a view answer 404 if there is nothing to show, 410 if the page is withdrawn or the text was redacted.

    Addresses in languages that are no longer served are answered as `unserved_languages` says.
    """

    @wraps(view)
    def wrapper(request, state, *args, **kwargs):
        try:
            return view(request, state, *args, **kwargs)
        except Withdrawn as withdrawn:
            return withdrawn_response(request, state, withdrawn)
        except Redacted:
            return redacted_response()
        except NothingToShow as error:
            # Only here, so that it costs no query where there is a page.
            if response := answer_unserved(request, state, **kwargs):
                return response
            raise Http404 from error

    return wrapper


def withdrawn_response(request, state: SiteState, withdrawn: Withdrawn) -> HttpResponse:
    """Answer 410 with the time and the reason of the withdrawal, and links to what can still be read."""
    language = get_language()
    context = {
        "page": withdrawn.page,
        "title": title_of_withdrawn(withdrawn.page, withdrawn.record, language),
        "withdrawal": read_withdrawal(withdrawn.page, withdrawn.record, language, state.at),
        "language_links": language_links(withdrawn.page),
    }
    return render_page(request, "410.html", context, state, status=410, noindex=True)


def server_error(request):
    """Answer 500, or 503 if the database is what failed, without a query and without a request context."""
    error = sys.exc_info()[1]
    if is_outage(error):
        report_failed_change(error)
        return unavailable()
    return HttpResponse(loader.get_template("500.html").render({"title": _("Something went wrong")}), status=500)
