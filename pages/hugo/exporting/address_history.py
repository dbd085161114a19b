"""The address of every page at every record of the publication log."""

from pages.history.hash_chain import parse_record
from pages.models import Page, PublicationRecord
from pages.models.publication_record import RecordKind


class AddressHistory:
    """The paths of pages by uuid, at first those before the first record; `advance` applies the moves one by one."""

    def __init__(self) -> None:
        self._uuids: dict[int, str] = {}
        self.source_languages: dict[str, str] = {}
        self.paths: dict[str, str] = {}
        for key, uuid, path, language in Page.objects.values_list("pk", "uuid", "path", "source_language"):
            page = self._uuids[key] = str(uuid)
            self.paths[page], self.source_languages[page] = path, language
        # By record number: the page that was moved, its old and its new path.
        self._moves: dict[int, tuple[str, str, str]] = {}
        # By page: the paths it had before somebody moved it, or a page above it, on this site.
        self.former_paths: dict[str, dict[str, None]] = {}
        # The database has the paths of today: undo the moves from the last one to the first.
        records = PublicationRecord.objects.filter(kind=RecordKind.PLACE).order_by("-number")
        for number, key, commit, canonical in records.values_list("number", "page", "commit", "canonical"):
            self._undo_move(number, self.uuid_of(key), parse_record(canonical), commit)

    def uuid_of(self, key: int | None) -> str:
        """Return a page's uuid by its primary key; empty for None."""
        return "" if key is None else self._uuids[key]

    def _undo_move(self, number: int, page: str, payload: dict, commit: int | None) -> None:
        old, new = payload["before"]["path"], payload["after"]["path"]
        # Only the source language changed.
        if old == new:
            return
        # Files that were imported name the new paths themselves.
        if not commit:
            self.former_paths.setdefault(page, {})[old] = None
        self._moves[number] = page, old, new
        self.paths[page] = old

    def advance(self, number: int) -> tuple[str, str] | None:
        """Apply the move of a record, if it is one; return the old and the new path."""
        if number not in self._moves:
            return None
        page, old, new = self._moves[number]
        self.paths[page] = new
        return old, new
