"""What the application and the WSGI middleware in front of it tell each other about the state of the public site."""

import math
from dataclasses import dataclass

# The header of a response that names the state of the site that it was made from. It is removed before sending.
STATE_HEADER = "X-Site-State"
# Keys of the environ that no request can set: the time to read at (ISO 8601), and that the database must not be asked.
READ_AT = "selfprivacy_site.read_at"
DATABASE_HANGS = "selfprivacy_site.database_hangs"


@dataclass(frozen=True)
class PublicState:
    """The state of the public site: the site counter, and the timestamps of its last and its next change by time."""

    counter: int
    since: float = -math.inf
    until: float = math.inf

    @classmethod
    def parse(cls, header: str) -> "PublicState":
        """Parse a header such as "12 1700000000.0 inf"."""
        counter, since, until = header.split(" ")
        return cls(int(counter), float(since), float(until))

    def __str__(self) -> str:
        return f"{self.counter} {self.since} {self.until}"

    @property
    def key(self) -> tuple[int, float]:
        """Return what decides which state it is. `until` only says how long an answer made from it is right."""
        return self.counter, self.since

    def holds_at(self, timestamp: float) -> bool:
        """Tell whether no change by time separates the state from a time. A clock can be set back."""
        return self.since <= timestamp < self.until
