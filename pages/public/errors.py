"""Pages for what is not there, was taken away or went wrong, in the reader's language."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.template import loader
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages.presentation.page_presentation import Withdrawn
from pages.presentation.withdrawals import read_withdrawal, title_of_withdrawn
from pages.public.redirects import lead_on
from pages.public.responses import answer, links_to, now


def not_found(request, exception=None):
    """Lead on from an old address, or answer 404 with a way on."""
    at = now()
    return lead_on(request, at) or answer(request, "404.html", {}, at=at, status=404)


def gone_if_withdrawn(view: Callable) -> Callable:
    """Return the view, which answers 410 with the reason where the page was taken away from readers."""

    @wraps(view)
    def answered(request, *arguments, **named):
        try:
            return view(request, *arguments, **named)
        except Withdrawn as withdrawn:
            return gone(request, withdrawn)

    return answered


def gone(request, withdrawn: Withdrawn) -> HttpResponse:
    """Answer 410 and say since when, why, and what can still be read."""
    at, language = now(), get_language()
    context = {
        "page": withdrawn.page,
        "title": title_of_withdrawn(withdrawn.page, withdrawn.record, language),
        "withdrawal": read_withdrawal(withdrawn.page, withdrawn.record, language, at),
        "language_links": links_to(withdrawn.page),
    }
    return answer(request, "410.html", context, at=at, status=410, noindex=True)


def server_error(request):
    """Answer 500 without asking the database: it may be what failed."""
    return HttpResponse(loader.get_template("500.html").render({"title": _("Something went wrong")}), status=500)
