"""What people get while the database does not answer, and what the log says about it."""

import logging
from threading import Lock
from time import monotonic

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError
from django.http import HttpResponse
from django.template import loader

RETRY_AFTER_SECONDS = 10
SECONDS_BETWEEN_LINES = 60

logger = logging.getLogger(__name__)


class _OutageLog:
    """Writes one line for an outage and each minute of it, not one for each request."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last_line: float | None = None

    def report(self, error: Exception | str) -> None:
        with self._lock:
            is_due = self._last_line is None or monotonic() - self._last_line >= SECONDS_BETWEEN_LINES
            if is_due:
                self._last_line = monotonic()
        if is_due:
            # The first line of a driver's message is the reason; the rest are hints.
            logger.warning("The database does not answer: %s", str(error).partition("\n")[0])

    def end(self) -> None:
        with self._lock:
            was_reported, self._last_line = self._last_line is not None, None
        if was_reported:
            logger.warning("The database answers again.")


_outage_log = _OutageLog()
report_outage = _outage_log.report
report_end_of_outage = _outage_log.end
# A log of its own: a database that is locked or full cannot be written, but answers the looks of the site watch.
report_failed_change = _OutageLog().report


def is_outage(error: BaseException | None) -> bool:
    """Tell whether an error comes from the state of the database: away, locked, full, read-only."""
    # In Django, as in PEP 249, an InterfaceError (a lost connection) is not a DatabaseError.
    return isinstance(error, DatabaseError | InterfaceError) and not isinstance(
        error, IntegrityError | ProgrammingError | DataError | NotSupportedError
    )


def unavailable() -> HttpResponse:
    """Answer 503 without a query and without a request context."""
    content = loader.get_template("503.html").render()
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(content, status=503, headers=headers)
