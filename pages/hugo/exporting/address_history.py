"""The address of every page at every record of the publication log."""

from dataclasses import dataclass
from datetime import datetime

from pages.history import hash_chain
from pages.models import Page, PublicationRecord
from pages.models.publication_record import RecordKind


@dataclass(frozen=True)
class AddressChange:
    """The path of a page before and after a move."""

    old: str
    new: str


class AddressHistory:
    """The paths of pages by uuid, at first those before the first record; `advance` applies the moves one by one."""

    def __init__(self, at: datetime):
        self._uuids: dict[int, str] = {}
        self.source_languages: dict[str, str] = {}
        self.paths: dict[str, str] = {}
        for key, uuid, path, language in Page.objects.values_list("pk", "uuid", "path", "source_language"):
            page = self._uuids[key] = str(uuid)
            self.paths[page], self.source_languages[page] = path, language
        # By record number: the page that was moved first, then the pages below it.
        self._moves: dict[int, dict[str, AddressChange]] = {}
        # By page: the paths it had before somebody moved it, or a page above it, on this site.
        self.former_paths: dict[str, dict[str, None]] = {}
        # The database has the paths of today: undo the moves from the last one to the first.
        records = PublicationRecord.objects.public(at).filter(kind=RecordKind.MOVE).order_by("-number")
        for number, key, commit, canonical in records.values_list("number", "page", "commit", "canonical"):
            self._undo_move(number, self.uuid_of(key), hash_chain.parse_record(canonical).get("path") or {}, commit)

    def uuid_of(self, key: int | None) -> str:
        """Return a page's uuid by its primary key; empty for None."""
        return "" if key is None else self._uuids[key]

    def _undo_move(self, number: int, page: str, recorded: dict[str, str], commit: int | None) -> None:
        old, new = recorded.get("from", ""), recorded.get("to", "")
        changes = {page: AddressChange(old, new)}
        # An import records the moves of pages below separately, and its files name the new paths.
        if not commit:
            below = {uuid: path for uuid, path in self.paths.items() if path.startswith(f"{new}/")}
            changes |= {uuid: AddressChange(old + path.removeprefix(new), path) for uuid, path in below.items()}
            for moved_page, change in changes.items():
                self.former_paths.setdefault(moved_page, {})[change.old] = None
        self._moves[number] = changes
        self.paths |= {uuid: change.old for uuid, change in changes.items()}

    def advance(self, number: int) -> dict[str, AddressChange]:
        """Apply the moves of a record and return them by page."""
        changes = self._moves.get(number, {})
        self.paths |= {uuid: change.new for uuid, change in changes.items()}
        return changes
