"""How fast the machine is just now: a figure that is promised on a quiet one is no defect on one that is busy."""

import time
from collections.abc import Callable

# What the work below takes on the machine that the figures were measured on, with nothing else running: seconds of CPU.
QUIET = 0.13
MOST = 2


def slowness() -> float:
    """Return how many times slower the machine is now; never below 1, and never above 2."""
    started = time.process_time()
    _ = {number: str(number) for number in range(400_000)}
    return min(max((time.process_time() - started) / QUIET, 1), MOST)


def is_within(seconds: float, act: Callable[[], object]) -> bool:
    """Tell whether an act takes less of the processor than so many seconds; a machine that was busy is asked again."""
    for _ in range(2):
        started = time.process_time()
        act()
        if time.process_time() - started < seconds * slowness():
            return True
    return False
