"""Progress output of commands: a bar on a terminal, else a line every few seconds."""

import time

BAR_WIDTH = 40
SECONDS_BETWEEN_LINES = 10


class Progress:
    """A callable that prints how much is done."""

    def __init__(self, stream):
        self._stream, self._is_terminal = stream, stream.isatty()
        self._last_line_at, self._has_bar = time.monotonic(), False

    def __call__(self, done: int, total: int) -> None:
        if self._is_terminal:
            filled = BAR_WIDTH * done // max(total, 1)
            self._stream.write(f"\r[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done}/{total}", ending="")
            self._stream.flush()
            self._has_bar = True
        elif (now := time.monotonic()) - self._last_line_at >= SECONDS_BETWEEN_LINES:
            self._stream.write(f"{done} of {total}")
            self._last_line_at = now

    def end(self) -> None:
        """End the line of the bar, so that other output begins on a new line."""
        if self._has_bar:
            # Django's OutputWrapper adds the newline.
            self._stream.write("")
