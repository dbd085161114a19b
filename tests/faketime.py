"""A clock for processes that a test sets, also while they run: libfaketime (Debian's package `faketime`)."""

from pathlib import Path

import pytest

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
needs_faketime = pytest.mark.skipif(not LIBRARIES, reason="libfaketime is missing: apt-get install faketime")


class Clock:
    """The clock of all processes that get its `settings` as environment variables."""

    def __init__(self, folder: Path):
        self._file = folder / "clock"
        self.set("+0")
        self.settings = {
            "LD_PRELOAD": str(LIBRARIES[-1]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            # Timeouts count on the monotonic clock.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset: str) -> None:
        """Set the clock to an offset from the real time, such as `+2d` or `-2d`."""
        new = self._file.with_suffix(".new")
        new.write_text(offset)
        # A running process never reads half a line.
        new.replace(self._file)
