"""Time limits for tests, in CPU seconds, adjusted for how slow the machine is while the test runs."""

import gc
import time
from collections.abc import Callable
from functools import cache

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
    _freeze_heap()
    return any(_is_within_limit(_measure_seconds(function), seconds) for _ in range(ATTEMPTS))


@cache
def _freeze_heap() -> None:
    """Keep the collected tests, and what earlier tests left, out of each garbage collection during a measurement."""
    gc.collect()
    gc.freeze()


def _is_within_limit(measured: float, seconds: float) -> bool:
    # The slowness is measured only where it decides.
    return measured < seconds or measured < seconds * measure_slowness()


def _measure_seconds(function: Callable[[], object]) -> float:
    started = time.process_time()
    function()
    return time.process_time() - started
