"""What people get while the database does not answer, and what the log says about it."""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import time
from typing import BinaryIO

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

    # One for all logs: a process has a lock of a file once, whichever of its threads asked for it.
    _lock = Lock()

    def __init__(self) -> None:
        # Whether this process has met the outage. Another one may have seen its end, or have an outage of its own.
        self._is_away = False
        self.share(memoryview(bytearray(16)))

    def share(self, numbers: memoryview, lock_file: BinaryIO | None = None) -> None:
        """Use 16 bytes that other processes use too, each while it has the lock of a file."""
        self._numbers, self._lock_file = numbers.cast("d"), lock_file

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            if self._lock_file is None:
                yield
                return
            # A process that is killed leaves no lock of this kind behind.
            fcntl.lockf(self._lock_file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._lock_file, fcntl.LOCK_UN)

    def report(self, error: Exception | str) -> None:
        with self._locked():
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
        # Called after each look, so it takes no lock for nothing.
        if not self._is_away:
            return
        with self._locked():
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


def share_outage_logs(numbers: memoryview, lock_file: BinaryIO | None) -> None:
    """Use 32 bytes, so that the processes that use the same ones write one line about an outage and not one each.

    Processes that share the bytes give a file that they share too, open for writing; they lock it as they use them.
    """
    _outage_log.share(numbers[:16], lock_file)
    _failed_changes.share(numbers[16:], lock_file)


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
