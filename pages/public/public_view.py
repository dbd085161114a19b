"""How a public page is read: at one time, from one state of the database, or answered by 503 if it cannot be read."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import wraps

from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from pages.presentation.outages import report_outage, unavailable
from pages.presentation.site_state import SiteState, read_site_state, read_snapshot
from selfprivacy_site.wsgi_middleware.public_state import DATABASE_HANGS, READ_AT, STATE_HEADER, PublicState

# A key of the WSGI environ, which no request can set: the state that was read for many requests, in a snapshot that is
# still open.
KNOWN_STATE = "selfprivacy_site.known_state"


def public_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view of a function that takes a request, the state of the site, and the arguments of the URL.

    It answers 405 to all other methods than GET and HEAD, so the CSRF check, which would answer 403, protects nothing.
    """

    @csrf_exempt
    @require_safe
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        return answer(request, lambda state: view(request, state, *args, **kwargs))

    return wrapper


def answer(request, read: Callable[[SiteState], HttpResponse]) -> HttpResponse:
    """Return what a function makes of the state of the site, or 503 if the database does not answer.

    Nothing else in this package reads the clock.
    """
    if request.META.get(DATABASE_HANGS):
        return unavailable()
    try:
        with _state_of(request) as state:
            response = read(state)
    # In Django, as in PEP 249, an InterfaceError (a lost connection) is not a DatabaseError.
    except (DatabaseError, InterfaceError) as error:
        report_outage(error)
        return unavailable()
    # A view that also depends on the day has set it already.
    response.headers.setdefault(STATE_HEADER, str(public_state(state)))
    return response


def end_with_the_day(response: HttpResponse, state: SiteState) -> HttpResponse:
    """Let the response cache use a response at most until midnight, because it says what day it is."""
    midnight = datetime.combine(
        timezone.localdate(state.at) + timedelta(days=1), time.min, timezone.get_current_timezone()
    )
    present = public_state(state)
    response.headers[STATE_HEADER] = str(replace(present, until=min(present.until, midnight.timestamp())))
    return response


def public_state(state: SiteState) -> PublicState:
    """Return the state for the response cache, which knows no models."""
    since, until = state.changed_by_time_at, state.changes_at
    return PublicState(
        state.counter,
        since=since.timestamp() if since else -math.inf,
        until=until.timestamp() if until else math.inf,
    )


@contextmanager
def _state_of(request) -> Iterator[SiteState]:
    if KNOWN_STATE in request.META:
        yield request.META[KNOWN_STATE]
        return
    with read_snapshot():
        yield read_site_state(_time_of(request))


def _time_of(request) -> datetime:
    read_at = request.META.get(READ_AT)
    return datetime.fromisoformat(read_at) if read_at else timezone.now()
