"""The state of the site, read every half second in a thread of each process, off the path of requests."""

import fcntl
import logging
import mmap
import struct
from contextlib import ExitStack
from pathlib import Path
from threading import Condition, Event, Thread
from time import sleep, time
from typing import BinaryIO, Protocol

from django.db import connection
from django.utils import timezone

from pages.presentation.outages import report_end_of_outage, report_outage, share_outage_logs
from pages.presentation.site_state import read_site_state, read_snapshot
from pages.public.public_view import public_state
from pages.public.response_cache.open_connections import abort_connections
from selfprivacy_site.wsgi_middleware.public_state import PublicState

SECONDS_BETWEEN_LOOKS = 0.5
# A look that takes longer than this means that the database does not answer, and that no reader should wait for it.
HANGING_AFTER = 1.0
SECONDS_BETWEEN_GUARDS = 0.25
# Seconds before an effective time at which the pages for it are made.
PREPARED_BEFORE = 20.0
COUNTER = struct.Struct("<q")
OUTAGE_LOGS_SIZE = 32

logger = logging.getLogger(__name__)


class Cache(Protocol):
    """What the watch tells about states: `selfprivacy_site.wsgi_middleware.response_cache.ResponseCache`."""

    def use(self, state: PublicState, signal: bytes) -> None: ...

    def renew(self, state: PublicState, signal: bytes) -> None: ...

    def prepare(self) -> None: ...


class SiteWatch:
    """Reads the state of the site in a thread, with a connection of its own; a request waits for a look only briefly.

    `signal_file` is shared by the processes of this machine. It holds a value of the site counter that one of them has
    seen for a reader or publisher, so that all ask for the new state at once, and not half a second later. After it
    comes what their logs of outages have in common.
    """

    def __init__(self, signal_file: Path) -> None:
        shared, file = _map_shared(signal_file, COUNTER.size + OUTAGE_LOGS_SIZE)
        self.signal = shared[: COUNTER.size]
        share_outage_logs(shared[COUNTER.size :], file)
        self._cache: Cache | None = None
        self._is_started = False
        self._requested = Event()
        # Guards the numbers of the looks that were begun and ended, and whether the last one succeeded.
        self._looks = Condition()
        self._begun = self._ended = self._awaited = 0
        # The number of the look that the database has not answered yet.
        self._unanswered: int | None = None
        self._is_answering = self._is_hanging = False
        self._inode: int | None = None
        self._last: tuple[int, float] | None = None
        self._prepared_for: PublicState | None = None

    def subscribe(self, cache: Cache) -> None:
        """Set the cache to tell about each state, with the signal from before it was read, and the next change."""
        self._cache = cache

    def look(self, timeout: float) -> bool:
        """Look at the present state now; return False if the database does not answer within so many seconds."""
        with self._looks:
            self.start()
            # A look that has begun already may have read the state before the change that the caller asks about.
            awaited = self._awaited = self._begun + 1
            self._requested.set()
            self._looks.wait_for(lambda: self._ended >= awaited, timeout)
            return self._ended >= awaited and self._is_answering

    def announce(self, counter: int) -> None:
        """Change the signal, if it is not this value of the site counter yet."""
        self.signal[:] = COUNTER.pack(counter)

    @property
    def is_hanging(self) -> bool:
        return self._is_hanging

    @property
    def is_answering(self) -> bool:
        """Tell whether the database answered the last look, which is at most a second ago."""
        return (self._is_started or self.look(HANGING_AFTER)) and self._is_answering and not self.is_hanging

    def start(self) -> None:
        """Start to look, unless that has been done. The first request does it: threads do not survive a fork."""
        if self._is_started:
            return
        with self._looks:
            if not self._is_started:
                self._is_started = True
                Thread(target=self._run, name="site-watch", daemon=True).start()
                Thread(target=self._guard, name="site-watch-guard", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self._look_once()
            # Whatever fails, the thread goes on, or the site would never see another change.
            except Exception:
                logger.exception("The present state of the site could not be used")
            self._requested.wait(SECONDS_BETWEEN_LOOKS)
            self._requested.clear()

    def _guard(self) -> None:
        unanswered, turns = None, 0
        while True:
            sleep(SECONDS_BETWEEN_GUARDS)
            last, unanswered = unanswered, self._unanswered
            # Counted in turns of this thread: a process that stood still for a second is no database that hangs.
            turns = turns + 1 if unanswered is not None and unanswered == last else 0
            if turns * SECONDS_BETWEEN_GUARDS >= HANGING_AFTER and self._is_hanging_in(unanswered):
                report_outage("no answer within a second")
                abort_connections()

    def _is_hanging_in(self, number: int | None) -> bool:
        """Tell whether a look is still unanswered; from then on the database counts as hanging."""
        with self._looks:
            if self._unanswered != number:
                return False
            self._is_hanging = True
            return True

    def _look_once(self) -> None:
        with self._looks:
            self._begun += 1
            number = self._unanswered = self._begun
        signal = bytes(self.signal)
        state = self._read_state()
        # It has answered: what follows is this process's own work.
        with self._looks:
            self._unanswered, self._is_answering = None, state is not None
            self._is_hanging = self._is_hanging and state is None
        if state is not None:
            self._tell(state, signal, is_awaited=self._awaited >= number)
        with self._looks:
            self._ended = number
            self._looks.notify_all()

    def _tell(self, state: PublicState, signal: bytes, *, is_awaited: bool) -> None:
        """Tell the cache, and if somebody waits for the new state, the other processes too."""
        if self._cache is None:
            return
        is_new, self._last = state.key != self._last, state.key
        if is_awaited and COUNTER.unpack(signal)[0] != state.counter:
            self.announce(state.counter)
            signal = COUNTER.pack(state.counter)
        if is_new and not is_awaited:
            self._cache.renew(state, signal)
        else:
            self._cache.use(state, signal)
        if self._prepared_for != state and 0 < state.until - time() < PREPARED_BEFORE:
            self._prepared_for = state
            Thread(target=self._prepare, name="site-watch-prepare", daemon=True).start()

    def _prepare(self) -> None:
        # In a thread of its own, because it takes longer than the time between two looks.
        try:
            if self._cache is not None:
                self._cache.prepare()
        finally:
            connection.close()

    def _read_state(self) -> PublicState | None:
        try:
            # A file that was moved: this connection would go on reading it, and no other connection could.
            if (inode := _opened_inode()) != self._inode:
                connection.close()
                self._inode = inode
            with read_snapshot():
                state = public_state(read_site_state(timezone.now()))
        # Also a file that is missing, and whatever else a driver raises.
        except Exception as error:
            report_outage(error)
            # A new connection may succeed where this one fails for ever.
            connection.close()
            return None
        report_end_of_outage()
        return state


def _opened_inode() -> int | None:
    """Return the inode at the path of the SQLite database that this thread has open, None for PostgreSQL."""
    if connection.vendor != "sqlite":
        return None
    connection.ensure_connection()
    return Path(connection.connection.execute("PRAGMA database_list").fetchone()[2]).stat().st_ino


def _map_shared(path: Path, size: int) -> tuple[memoryview, BinaryIO | None]:
    """Map the file that all processes of this machine share, and return it open.

    Without it, each process looks every half second and writes its own lines about an outage.
    """
    with ExitStack() as opened:
        try:
            file = opened.enter_context(path.open("a+b"))
            file.truncate(size)
            memory = mmap.mmap(file.fileno(), size)
            # Some network file systems have no locks.
            fcntl.lockf(file, fcntl.LOCK_EX)
            fcntl.lockf(file, fcntl.LOCK_UN)
        except OSError:
            return memoryview(mmap.mmap(-1, size)), None
        opened.pop_all()
        return memoryview(memory), file
