"""The kinds of tampering, by name. Each function makes one random change."""

from collections.abc import Callable

from benchmarks.tampering.attacker import Attacker

Tampering = Callable[[Attacker], object]

KINDS: dict[str, Tampering] = {}


def tampering(name: str) -> Callable[[Tampering], Tampering]:
    """Add a function to the kinds."""

    def add(function: Tampering) -> Tampering:
        KINDS[name] = function
        return function

    return add


# The modules below add their kinds in this order.
from benchmarks.tampering import text_kinds, version_kinds, page_kinds, log_kinds  # noqa: F401, I001
