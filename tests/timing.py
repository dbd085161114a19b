"""How fast the machine is just now: a figure that is promised on a quiet one is no defect on one that is busy."""

import gc
import time
from collections.abc import Callable

# What the work below takes on the machine that the figures were measured on, with nothing else running: seconds of CPU.
QUIET = 0.13
MOST = 2
# A neighbour's burst is over after a few of these; what is really slow stays so.
TIMES = 4


def slowness() -> float:
    """Return how many times slower the machine is now; never below 1, and never above 2."""
    started = time.process_time()
    _ = {number: str(number) for number in range(400_000)}
    return min(max((time.process_time() - started) / QUIET, 1), MOST)


def is_within(seconds: float, act: Callable[[], object]) -> bool:
    """Tell whether an act takes less of the processor than so many seconds; a machine that was busy is asked again."""
    # What other tests left on the heap would be looked through again and again, at this one's expense.
    gc.collect()
    gc.freeze()
    try:
        return any(_seconds_of(act) < seconds * slowness() for _ in range(TIMES))
    finally:
        gc.unfreeze()


def _seconds_of(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started
