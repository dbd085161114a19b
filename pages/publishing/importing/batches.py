"""Batches: what is taken in goes into the database many changes at a time, whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from pages.models import Page, Revision
from pages.publishing.actors import Actor
from pages.publishing.importing.batch_writer import BatchWriter
from pages.publishing.importing.importer import Importer
from pages.publishing.importing.page_updates import ImportedText, ImportOutcome
from pages.publishing.importing.site_tree import SiteTree
from pages.publishing.importing.stored_pages import StoredPage

# How many texts are remembered between batches at most, with their bodies: a page of thirty languages has thirty.
_MOST_TEXTS = 3_000


class Batches:
    """One import's batches. What was read of pages is remembered from one to the next while nobody else writes."""

    def __init__(self, *, by: Actor):
        self.by = by
        self._states: dict[int, StoredPage] = {}
        self._left: tuple[int, int] | None = None

    @contextmanager
    def batch(self, now: datetime) -> Iterator[Importer]:
        """Open a transaction that takes changes in; it is written when the block ends, and undone if that raises."""
        try:
            with transaction.atomic():
                tree = SiteTree()
                writer = BatchWriter(by=self.by, now=now)
                if self._found(writer) != self._left or self._remembered() > _MOST_TEXTS:
                    self._states.clear()
                yield Importer(writer, tree, self._states)
                writer.write()
                tree.write()
                self._left = self._found(writer)
        except BaseException:
            # What was remembered speaks of rows that are not there now.
            self._states.clear()
            raise

    def forget(self) -> None:
        """Let go of what was read of pages: those that are taken in once need not be remembered."""
        self._states.clear()

    def _remembered(self) -> int:
        return sum(len(state.base) for state in self._states.values())

    @staticmethod
    def _found(writer: BatchWriter) -> tuple[int, int]:
        """Return the last record and the last text: others have written in between if they are not what was left."""
        newest = Revision.objects.order_by("-pk").values_list("pk", flat=True).first()
        return writer.counter.last_record, newest or 0


def import_texts(
    page: Page, texts: dict[str, ImportedText], *, by: Actor, now: datetime, notes: dict[str, str] | None = None
) -> ImportOutcome:
    """Publish a page's texts where they changed since they were last taken in; texts with different moments become
    successive versions in that order.

    Where the page was edited here since, they become revisions beside the working copy instead, and nothing is
    published.
    """
    with Batches(by=by).batch(now) as intake:
        return intake.import_tree(page, texts, notes or {})
