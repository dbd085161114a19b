"""Room for the frames of Python's calls."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# In pointers. A frame of this size gets a block of 256 KB, of which it leaves 115 KB to the calls below it, some 500.
# The frame of another such function does not fit into that, so it gets a block of its own.
FRAME_SIZE = 18_000


def reserve_stack(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Return the function with memory for the frames of all its calls. Used as Django middleware, too.

    CPython 3.11 and 3.12 keep frames in blocks of 16 KB. When a loop happens to run where a block ends, each call in it
    gets a new block from the system and gives it back, so the same code takes up to ten times as long at that depth of
    calls (CPython issue 142183, fixed in 3.13 and later in 2026). Within Django, the first block usually ends.
    """

    @wraps(function)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return function(*args, **kwargs)

    call.__code__ = call.__code__.replace(co_stacksize=FRAME_SIZE)
    return call
