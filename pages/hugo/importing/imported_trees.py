"""Texts that were imported without their history, before which no version can be inserted any more."""

from collections.abc import Iterable

from pages.models import PublicationRecord
from pages.models.publication_record import RecordKind
from pages.publishing.sample.changes import is_sample
from pages.text.messages import Message


class ImportedWithoutHistory(Exception):
    """Files of a history were published by an import that did not read it."""


def require_no_imported_tree(file_names: Iterable[str]) -> None:
    """Raise ImportedWithoutHistory if one of the files was published by an import of a tree.

    A sample is no obstacle: the import starts over without it.
    """
    if is_sample():
        return
    records = PublicationRecord.objects.filter(kind=RecordKind.PUBLISH, commit=None)
    published = records.exclude(version__texts__revision__file_name="").order_by()
    names = set(published.values_list("version__texts__revision__file_name", flat=True).distinct())
    if common := sorted(names & set(file_names)):
        raise ImportedWithoutHistory(
            Message(
                "%(file)s was imported without its history. Versions cannot be inserted before those that are here: "
                "import the history into an empty DATA_DIR, or go on without --history.",
                file=common[0],
            )
        )
