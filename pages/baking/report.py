"""What a run of `bake` did."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone


@dataclass(frozen=True, kw_only=True)
class BakeReport:
    """What a run did; `broken_links` are pairs of an address and what it links to, which the copy does not hold."""

    pages: int
    written: int
    unchanged: int
    removed: int
    next_change_at: datetime | None
    broken_links: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_complete(self) -> bool:
        return not self.broken_links

    def lines(self) -> list[str]:
        files = f"{self.written} files written, {self.unchanged} unchanged, {self.removed} removed."
        return [
            *(f"Broken link: {address} links to {link}" for address, link in self.broken_links),
            f"{self.pages} HTML pages. {files}",
            self._next_run(),
        ]

    def _next_run(self) -> str:
        if self.next_change_at is None:
            return "Run it again after the next change."
        time = timezone.localtime(self.next_change_at).isoformat(timespec="seconds")
        return f"Run it again after the next change, and at {time}, when the site changes by itself."
