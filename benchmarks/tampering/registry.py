"""Naming the kinds of tampering. A kind is a function that makes one random change."""

from collections.abc import Callable

from benchmarks.tampering.attacker import Attacker

Tampering = Callable[[Attacker], object]
Kinds = dict[str, Tampering]


def adding_to(kinds: Kinds) -> Callable[[str], Callable[[Tampering], Tampering]]:
    """Return a decorator that adds a function to the kinds by a name."""

    def named(name: str) -> Callable[[Tampering], Tampering]:
        def add(function: Tampering) -> Tampering:
            kinds[name] = function
            return function

        return add

    return named
