"""The dates at which texts begin or stop being published, though no commit changes them then."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush

from pages.hugo.commits.commit_changes import CommitChanges, FilePage
from pages.hugo.commits.page_changes import PageChanges
from pages.hugo.withholding.withheld import Withholding


@dataclass(frozen=True, eq=False)
class _DueText:
    """A text with dates."""

    page: FilePage
    language: str
    withholding: Withholding


class DueTexts:
    """Keeps the dates of all texts, as far as they are not after `until`, the time of the import."""

    def __init__(self, until: datetime):
        self._until = until
        # The times of changes, in order. The number keeps texts from being compared.
        self._queue: list[tuple[datetime, int, _DueText]] = []
        self._texts: defaultdict[FilePage, dict[str, _DueText]] = defaultdict(dict)
        self._count = 0

    def note_changes(self, page_changes: Iterable[PageChanges], at: datetime) -> None:
        """Note the dates of the texts that a commit changed at a time; those of earlier texts do not count any more."""
        for changes in page_changes:
            for language in set(self._texts.get(changes.page, ())) - changes.languages:
                del self._texts[changes.page][language]
            for language, text in changes.texts.items():
                self.note_text(changes.page, language, text.withholding, at)

    def note_text(self, page: FilePage, language: str, withholding: Withholding, since: datetime) -> None:
        """Note the dates of a text after `since`."""
        text = _DueText(page, language, withholding)
        times = withholding.changes_between(since, self._until)
        if times:
            self._texts[page][language] = text
        elif page in self._texts:
            self._texts[page].pop(language, None)
        for time in times:
            self._count += 1
            heappush(self._queue, (time, self._count, text))

    def pop_until(self, end: datetime) -> Iterator[tuple[datetime, CommitChanges]]:
        """Yield the times until `end` at which texts begin or stop being published, with these texts."""
        while self._queue and self._queue[0][0] <= end:
            time = self._queue[0][0]
            changes = CommitChanges("")
            while self._queue and self._queue[0][0] == time:
                text = heappop(self._queue)[2]
                # The text can have been changed or deleted since.
                if self._texts[text.page].get(text.language) is text:
                    changes.mark_changed(text.page, text.language)
            if changes.pages:
                yield time, changes
