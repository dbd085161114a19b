"""Withholding: why a text is not published, and from when or until when."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pages.text.messages import Message, message_of

NO_REASON = message_of("")
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Withholding:
    """Why and when the generator does not publish a text. Without any value, it always publishes it.

    Each reason is the rest of a sentence about the file, such as “its front matter has draft: true.”
    """

    # Why the text is never published.
    reason: Message = NO_REASON
    # The text is not published before this time.
    until: datetime | None = None
    until_reason: Message = NO_REASON
    # The text is not published from this time on.
    since: datetime | None = None
    since_reason: Message = NO_REASON

    def reason_at(self, at: datetime) -> Message:
        """Return why the text is not published at a time; empty if it is published."""
        if self.reason:
            return self.reason
        if self.until is not None and at < self.until:
            return self.until_reason
        return self.since_reason if self.since is not None and self.since <= at else NO_REASON

    def changes_between(self, start: datetime, end: datetime) -> list[datetime]:
        """Return the times after `start` and up to `end` at which the text begins or stops being published."""
        times = {time for time in (self.until, self.since) if time is not None and start < time <= end}
        # A text that expires before it begins to be published is never published.
        return sorted(time for time in times if self._is_published(time) != self._is_published(time - _MOMENT))

    def _is_published(self, at: datetime) -> bool:
        return not self.reason_at(at)

    def combine(self, other: "Withholding") -> "Withholding":
        """Return the withholding of a text that both apply to. Of two reasons for one thing, this one's counts."""
        combined = self if self.reason or not other.reason else replace(self, reason=other.reason)
        if other.until is not None and (self.until is None or other.until > self.until):
            combined = replace(combined, until=other.until, until_reason=other.until_reason)
        if other.since is not None and (self.since is None or other.since < self.since):
            combined = replace(combined, since=other.since, since_reason=other.since_reason)
        return combined


NOT_WITHHELD = Withholding()
