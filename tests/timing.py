"""Time limits for tests, in CPU seconds, adjusted for how slow the machine is while the test runs."""

import gc
import time
from collections.abc import Callable

# CPU seconds that the loop in `measure_slowness` takes on the idle machine on which the limits were measured.
BASELINE_SECONDS = 0.13
MAX_SLOWNESS = 2
# Load from other processes comes in bursts and passes within a few attempts; code that is slow fails every attempt.
ATTEMPTS = 4


def measure_slowness() -> float:
    """Return how many times slower the machine is than the baseline, from 1 to MAX_SLOWNESS."""
    started = time.process_time()
    _ = {number: str(number) for number in range(400_000)}
    return min(max((time.process_time() - started) / BASELINE_SECONDS, 1), MAX_SLOWNESS)


def is_faster_than(seconds: float, function: Callable[[], object]) -> bool:
    """Tell whether a function takes fewer CPU seconds than the limit in at least one of a few attempts."""
    # Objects that other tests left on the heap would be scanned by each collection during the measurement.
    gc.collect()
    gc.freeze()
    try:
        return any(_measure_seconds(function) < seconds * measure_slowness() for _ in range(ATTEMPTS))
    finally:
        gc.unfreeze()


def _measure_seconds(function: Callable[[], object]) -> float:
    started = time.process_time()
    function()
    return time.process_time() - started
