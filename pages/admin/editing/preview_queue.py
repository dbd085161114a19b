"""The queue of live previews: a process renders one at a time, and only the newest request waits.

Editors send a request for each pause in their typing, and see only the last answer. A few requests with long texts
would otherwise occupy all threads of the process, and readers would wait.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# In seconds: how long a rendering thread keeps other threads waiting each time. Python's own is 5 ms.
SWITCH_INTERVAL = 0.001


class Replaced(Exception):
    """A newer request came while this one waited."""


class PreviewQueue:
    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._is_busy = False
        self._newest: object = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the requests before this one, and keep the others waiting during the block. Raises Replaced."""
        request = object()
        with self._condition:
            self._newest = request
            # The request that waited before gives up.
            self._condition.notify_all()
            self._condition.wait_for(lambda: not self._is_busy or self._newest is not request)
            if self._newest is not request:
                raise Replaced
            self._is_busy = True
        interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL)
        try:
            yield
        finally:
            sys.setswitchinterval(interval)
            with self._condition:
                self._is_busy = False
                self._condition.notify_all()
