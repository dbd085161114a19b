"""What people get while the database does not answer, and what the log says about it."""

import logging
from threading import Lock
from time import time

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError
from django.http import HttpResponse
from django.template import loader

RETRY_AFTER_SECONDS = 10
SECONDS_BETWEEN_LINES = 60

logger = logging.getLogger(__name__)


class _OutageLog:
    """Writes one line for an outage and each minute of it, not one for each request.

    All processes of a machine write it together, once they share two numbers: the timestamp of the last line, and
    whether the outage has no line about its end yet.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        # Whether this process has met the outage. Another one may have seen its end, or have an outage of its own.
        self._is_away = False
        self.share(memoryview(bytearray(16)))

    def share(self, numbers: memoryview) -> None:
        """Use 16 bytes that other processes use too."""
        self._numbers = numbers.cast("d")

    def report(self, error: Exception | str) -> None:
        with self._lock:
            reported_at, is_reported = self._numbers
            is_new = not self._is_away and not is_reported
            # The clock may have been set back.
            is_due = is_new or not 0 <= time() - reported_at < SECONDS_BETWEEN_LINES
            self._is_away = True
            if is_due:
                self._numbers[0], self._numbers[1] = time(), True
        if is_due:
            # The first line of a driver's message is the reason; the rest are hints.
            logger.warning("The database does not answer: %s", str(error).partition("\n")[0])

    def end(self) -> None:
        with self._lock:
            is_end = self._is_away and bool(self._numbers[1])
            if self._is_away:
                self._is_away, self._numbers[1] = False, False
        if is_end:
            logger.warning("The database answers again.")


_outage_log = _OutageLog()
report_outage = _outage_log.report
report_end_of_outage = _outage_log.end
# A log of its own: a database that is locked or full cannot be written, but answers the looks of the site watch.
_failed_changes = _OutageLog()
report_failed_change = _failed_changes.report


def share_outage_logs(numbers: memoryview) -> None:
    """Use 32 bytes, so that the processes that use the same ones write one line about an outage and not one each."""
    _outage_log.share(numbers[:16])
    _failed_changes.share(numbers[16:])


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
