"""Values that depend on the state of the site only: each process reads them once and keeps them until it changes."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar, Generic, TypeVar

from pages.languages import served_languages
from pages.presentation.site_state import SiteState

Value = TypeVar("Value")

# A reader whose snapshot of the database is older than the newest one may still be on its way.
STATES = 2
# Seconds that a thread waits for another one that reads the same value. Then it reads the value itself, so that a
# database that hangs does not make a queue.
WAIT = 0.3


@dataclass(frozen=True)
class Memorised(Generic[Value]):
    """A value and the state that it was read in."""

    state: SiteState
    value: Value


class StateMemo(Generic[Value]):
    """Reads a value in a state of the site, and keeps that of the newest states.

    `read` takes the state and what was read last, or None; it must be called in the snapshot that the state is from.
    """

    memos: ClassVar[list["StateMemo"]] = []

    def __init__(self, read: Callable[[SiteState, Memorised[Value] | None], Value]):
        self._read, self._lock = read, Lock()
        self._memorised: dict[tuple, Memorised[Value]] = {}
        self.memos.append(self)

    def get(self, state: SiteState) -> Value:
        key = _key(state)
        if memorised := self._memorised.get(key):
            return memorised.value
        is_locked = self._lock.acquire(timeout=WAIT)
        try:
            # Another thread may have read it in the meantime.
            memorised = self._memorised.get(key) or self._memorise(key, state)
            return memorised.value
        finally:
            if is_locked:
                self._lock.release()

    def clear(self) -> None:
        self._memorised = {}

    def _memorise(self, key: tuple, state: SiteState) -> Memorised[Value]:
        known = list(self._memorised.items())
        memorised = Memorised(state, self._read(state, known[-1][1] if known else None))
        # Replaced as a whole, because other threads read it without the lock.
        self._memorised = {**dict(known[1 - STATES :]), key: memorised}
        return memorised


def clear_memos() -> None:
    """Forget everything that was read. Only tests need this: they roll the database back to an earlier state."""
    for memo in StateMemo.memos:
        memo.clear()


def _key(state: SiteState) -> tuple:
    # With the hash and the time, so that a database restored from a backup never passes for the one before. The served
    # languages decide what is shown instead of a missing text.
    return *state.key, state.latest_hash, state.changed_at, *served_languages()
