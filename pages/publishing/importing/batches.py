"""Batches: many changes are imported in one transaction, completely or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from pages.models import Page, Revision
from pages.publishing.actors import Actor
from pages.publishing.importing.importer import Importer
from pages.publishing.importing.page_updates import ImportedText, ImportOutcome
from pages.publishing.importing.stored_pages import StoredPage
from pages.publishing.records import last_recorded_at, require_clock
from pages.publishing.site_tree import SiteTree
from pages.publishing.writer import Writer

# The most texts, with their bodies, that are kept in memory between batches. A page in 30 languages has 30.
_MAX_TEXTS = 3_000


class Batches:
    """The batches of one import. Stored pages stay in memory from one batch to the next, if nobody else has written."""

    def __init__(self, *, by: Actor):
        self.by = by
        self._stored_pages: dict[int, StoredPage] = {}
        self._last_rows: tuple[int, int] | None = None

    @contextmanager
    def batch(self, now: datetime) -> Iterator[Importer]:
        """Open a transaction and yield its importer; everything is written when the block ends without an exception.

        `now` is when the import began. Raises ClockBehind before its first batch.
        """
        try:
            with transaction.atomic():
                tree = SiteTree()
                writer = Writer(by=self.by, now=self._batch_time(now))
                if self._newest_rows(writer) != self._last_rows or self._text_count() > _MAX_TEXTS:
                    self._stored_pages.clear()
                yield Importer(writer, tree, self._stored_pages)
                writer.flush()
                tree.write()
                self._last_rows = self._newest_rows(writer)
        except BaseException:
            # The stored pages contain changes that were rolled back.
            self._stored_pages.clear()
            raise

    def _batch_time(self, now: datetime) -> datetime:
        if self._last_rows is None:
            require_clock(now)
        # Somebody can have published since the import began.
        return max(now, last_recorded_at() or now)

    def forget(self) -> None:
        """Release the memory of pages that will not be needed again."""
        self._stored_pages.clear()

    def _text_count(self) -> int:
        return sum(len(stored.base) for stored in self._stored_pages.values())

    @staticmethod
    def _newest_rows(writer: Writer) -> tuple[int, int]:
        """Return the last record's number and the newest revision's key. If both are unchanged, nobody has written."""
        newest = Revision.objects.order_by("-pk").values_list("pk", flat=True).first()
        return writer.counter.last_record, newest or 0


def import_texts(
    page: Page,
    texts: Mapping[str, ImportedText],
    *,
    by: Actor,
    now: datetime,
    notes: Mapping[str, str] | None = None,
) -> ImportOutcome:
    """Import the texts of one page in a batch of its own, as `Importer.import_tree` does."""
    with Batches(by=by).batch(now) as importer:
        return importer.import_tree(page, texts, notes or {})
