"""A second process that computes what an import needs later, while the first one goes on.

It has the modules of the functions that it calls, and neither Django's applications nor the database: it reads and
writes nothing. It ends when the first one ends, however that happens.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import IO, Any, Generic, TypeVar

_Item = TypeVar("_Item")
_Value = TypeVar("_Value")
_ROOT = Path(__file__).resolve().parents[3]
# Pickle's errors for an answer that breaks off, and those of a pipe whose other end is closed.
_ENDED = (EOFError, BrokenPipeError, pickle.UnpicklingError)
# Less text is checked here before another process has started.
MIN_BYTES = 2 * 1024 * 1024
# So much text is handled in one call: the other process needs some milliseconds between two calls.
BYTES_OF_CALL = 512 * 1024
# How many calls `values_in_turns` looks ahead.
_MAX_PENDING = 4
# The second process has its next call while it makes one: this process needs some milliseconds between two of them,
# because its own work goes on.
_CALLS_IN_PROCESS = 2
# A call or an answer of this size goes through a pipe at once, not in many small pieces.
_BUFFER_BYTES = 1024 * 1024


class Call(Generic[_Value]):
    """A call of a function whose value is needed later."""

    def __init__(self, call: Callable[[], _Value], future: Future[_Value] | None):
        self._call: Callable[[], _Value] | None = call
        self._future = future
        if future is not None:
            future.add_done_callback(self._release)

    def _release(self, future: Future[_Value]) -> None:
        """Forget the arguments, which can be long, when the second process has answered."""
        if not future.cancelled() and future.exception() is None:
            self._call = None

    @property
    def has_value(self) -> bool:
        return "value" in self.__dict__ or (self._future is not None and self._future.done())

    @cached_property
    def value(self) -> _Value:
        """The value: that of the second process if it has begun with the call, otherwise the call is made here."""
        future, self._future = self._future, None
        if future is not None and not future.cancel():
            # The second process can be killed, for example because there is too little memory.
            with suppress(*_ENDED):
                return future.result()
        call, self._call = self._call, None
        if call is None:
            raise RuntimeError("The call has failed before.")
        return call()

    def make_here(self) -> bool:
        """Make the call now, unless the second process has begun with it. Return whether it was made."""
        is_free = not self.has_value and (self._future is None or self._future.cancel())
        if is_free:
            _ = self.value
        return is_free


class SecondProcess(AbstractContextManager["SecondProcess"]):
    """Makes calls, about in the order in which they were asked for.

    Functions, arguments and values must be such that they can be pickled, and the functions must not raise anything.
    The process starts if much is expected. Otherwise, and without a second processor, calls are made in this process
    when their values are needed.
    """

    def __init__(self, *, is_allowed: bool = True) -> None:
        self._is_possible = is_allowed and _count_processors() > 1
        self._expected = 0
        self._threads = ThreadPoolExecutor(max_workers=_CALLS_IN_PROCESS)
        self._process: subprocess.Popen[bytes] | None = None
        # Whoever sends a call waits with both locks until the one before is answered: answers come in this order.
        self._sending, self._receiving = Lock(), Lock()
        # Held while the process starts: it must be killed also if the block ends meanwhile.
        self._starting = Lock()

    def __exit__(self, *_exception: object) -> None:
        with self._starting:
            self._is_possible = False
            if self._process is not None:
                self._process.kill()
        self._threads.shutdown(cancel_futures=True)
        if self._process is not None:
            self._process.communicate()

    @property
    def is_used(self) -> bool:
        """Whether the process makes the calls that are asked for now."""
        return self._is_possible and self._expected > MIN_BYTES

    def expect(self, text_bytes: int) -> None:
        """Expect calls that have to do with so many bytes of text."""
        self._expected += text_bytes

    def call(self, function: Callable[..., _Value], *arguments: object) -> Call[_Value]:
        future = self._threads.submit(self._call, function, arguments) if self.is_used else None
        return Call(partial(function, *arguments), future)

    def _call(self, function: Callable[..., _Value], arguments: tuple[object, ...]) -> _Value:
        """Make a call in the other process; this is done in a thread. Raises one of `_ENDED` if it has ended."""
        try:
            with self._sending:
                process = self._start()
                pickle.dump((function, arguments), _pipe(process.stdin), pickle.HIGHEST_PROTOCOL)
                _pipe(process.stdin).flush()
                self._receiving.acquire()
            return self._receive(_pipe(process.stdout))
        except _ENDED:
            self._is_possible = False
            raise

    def _start(self) -> subprocess.Popen[bytes]:
        """Return the process, which is started for the first call. Raises EOFError if it will not answer any more."""
        with self._starting:
            if not self._is_possible:
                raise EOFError
            self._process = self._process or _start()
            return self._process

    def _receive(self, answers: IO[bytes]) -> Any:
        try:
            return pickle.load(answers)  # noqa: S301 - what our own process wrote.
        finally:
            self._receiving.release()


def value_at(call: Call[list[_Value]], place: int) -> _Value:
    """Return one of the values of a call about several things."""
    return call.value[place]


def group_by_size(items: Iterable[_Item], size_of: Callable[[_Item], int]) -> Iterator[list[_Item]]:
    """Yield the items in groups for one call each."""
    group: list[_Item] = []
    size = 0
    for item in items:
        group.append(item)
        size += size_of(item)
        if size >= BYTES_OF_CALL:
            yield group
            group, size = [], 0
    if group:
        yield group


def values_in_turns(calls: Iterable[tuple[_Item, Call[_Value]]]) -> Iterator[tuple[_Item, _Value]]:
    """Yield items with the values of their calls, in order.

    While the second process makes a call, this one makes those that follow.
    """
    pending: deque[tuple[_Item, Call[_Value]]] = deque()
    for item_and_call in calls:
        pending.append(item_and_call)
        if len(pending) == _MAX_PENDING:
            yield _take_first(pending)
    while pending:
        yield _take_first(pending)


def _take_first(pending: deque[tuple[_Item, Call[_Value]]]) -> tuple[_Item, _Value]:
    while not pending[0][1].has_value and any(call.make_here() for _, call in pending):
        pass
    item, call = pending.popleft()
    return item, call.value


def _count_processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start() -> subprocess.Popen[bytes]:
    program = f"import {__name__} as process; process.serve()"
    # Ctrl+C is for the first process, hence a group of its own. S603: the program is a constant.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", program],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=_BUFFER_BYTES,
        process_group=0,
    )


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("The process has no pipe.")
    return pipe


def serve() -> None:
    """Answer calls from standard input until it ends."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError):
        while True:
            function, arguments = pickle.load(requests)  # noqa: S301 - what our own process wrote.
            pickle.dump(function(*arguments), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
