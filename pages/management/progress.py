"""How far long work has come: a bar on a terminal, and a line now and then elsewhere."""

import time

WIDTH = 40
SECONDS_BETWEEN_LINES = 10


class Progress:
    """Called with how much is done, and of how much."""

    def __init__(self, stream):
        self._stream, self._is_terminal = stream, stream.isatty()
        self._last, self._is_begun = time.monotonic(), False

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work has come."""
        if self._is_terminal:
            filled = WIDTH * done // max(total, 1)
            self._stream.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total}", ending="")
            self._stream.flush()
            self._is_begun = True
        elif (now := time.monotonic()) - self._last >= SECONDS_BETWEEN_LINES:
            self._stream.write(f"{done} of {total}")
            self._last = now

    def end(self) -> None:
        """Leave the bar's line."""
        if self._is_begun:
            self._stream.write("")
