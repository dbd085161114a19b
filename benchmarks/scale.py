"""How much is measured: enough for figures that mean something, or only that each measurement works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """The sizes of all measurements. `seconds` is the length of one run under load."""

    runs: int = 5
    seconds: float = 3
    calls: int = 50
    reads: int = 100_000
    operations: int = 100
    kilobytes: int = 256
    versions: int = 1_000
    languages: int = 15
    pages: int = 10_000
    copies: int = 2_000


QUICK = Scale(
    runs=1,
    seconds=0.3,
    calls=2,
    reads=200,
    operations=3,
    kilobytes=4,
    versions=3,
    languages=3,
    pages=30,
    copies=3,
)
