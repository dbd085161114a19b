"""Room for the frames of calls: a loop takes no more memory blocks at one depth of calls than at another."""

from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage

from selfprivacy_site.call_stack import reserve_stack

LOOPS = 500


def call_at(depth: int, function: Callable[[], int]) -> int:
    return call_at(depth - 1, function) if depth else function()


def count_page_faults() -> int:
    """Return how often a loop of calls got memory that it had not used before."""
    before = getrusage(RUSAGE_SELF).ru_minflt
    for _ in range(LOOPS):
        call_at(3, int)
    return getrusage(RUSAGE_SELF).ru_minflt - before


def test_calls_at_no_depth_get_new_memory_each_time():
    # More than 16 KB of frames.
    assert max(call_at(depth, reserve_stack(count_page_faults)) for depth in range(250)) < LOOPS // 2


def test_reserved_room_is_not_shared_with_calls_that_reserve_some_too():
    twice = reserve_stack(lambda: call_at(100, reserve_stack(count_page_faults)))
    assert max(call_at(depth, twice) for depth in range(250)) < LOOPS // 2


def test_arguments_and_result_stay_the_same():
    def join(*parts: str, end: str) -> str:
        return "".join(parts) + end

    assert reserve_stack(join)("a", "b", end="c") == "abc"
    assert reserve_stack(join).__name__ == "join"
