"""How a public page is read: at one time, from one state of the database, or answered by 503 if it cannot be read."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pages.presentation.site_state import SiteState, read_site_state, read_snapshot
from pages.public.outages import unavailable

# Names the state of the site that a response was made from. The response cache reads and removes it.
STATE_HEADER = "X-Site-State"
# A key of the WSGI environ, which no request can set: the time to read at, in ISO 8601.
READ_AT = "selfprivacy_site.read_at"


def public_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view of a function that takes a request, the state of the site, and the arguments of the URL."""

    @require_safe
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        return answer(request, lambda state: view(request, state, *args, **kwargs))

    return wrapper


def answer(request, read: Callable[[SiteState], HttpResponse]) -> HttpResponse:
    """Return what a function makes of the state of the site, or 503 if the database does not answer.

    Nothing else in this package reads the clock.
    """
    try:
        with read_snapshot():
            state = read_site_state(_time_of(request))
            response = read(state)
    # In Django, as in PEP 249, an InterfaceError (a lost connection) is not a DatabaseError.
    except (DatabaseError, InterfaceError) as error:
        return unavailable(error)
    response.headers[STATE_HEADER] = format_state(state)
    return response


def format_state(state: SiteState) -> str:
    """Return the counter, the last time that changed the site and the next one, as timestamps or "-"."""
    times = (state.changed_by_time_at, state.changes_at)
    return " ".join([str(state.counter), *(str(time.timestamp()) if time else "-" for time in times)])


def _time_of(request) -> datetime:
    read_at = request.META.get(READ_AT)
    return datetime.fromisoformat(read_at) if read_at else timezone.now()
