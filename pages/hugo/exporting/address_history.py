"""The address that each page had at each record of the log: the present ones, with what moved since taken back."""

from dataclasses import dataclass
from datetime import datetime

from pages.history import hash_chain
from pages.models import Page, PublicationRecord
from pages.models.publication_record import Kind


@dataclass(frozen=True)
class AddressChange:
    """A page's address before and after a move."""

    old: str
    new: str


class AddressHistory:
    """Pages, by their uuids, and where they stand at the record that the walk has come to."""

    def __init__(self, at: datetime):
        self.identifiers: dict[int, str] = {}
        self.source_languages: dict[str, str] = {}
        self.paths: dict[str, str] = {}
        for key, identifier, path, language in Page.objects.values_list("pk", "uuid", "path", "source_language"):
            name = self.identifiers[key] = str(identifier)
            self.paths[name], self.source_languages[name] = path, language
        # Of each move, the page itself first, and those that went along.
        self._moves: dict[int, dict[str, AddressChange]] = {}
        # The addresses that pages left because somebody moved them, or what they stand below, here.
        self.left_here: dict[str, dict[str, None]] = {}
        records = PublicationRecord.objects.known(at).filter(kind=Kind.MOVE).order_by("-number")
        for number, page, commit, canonical in records.values_list("number", "page", "commit", "canonical"):
            self._take_back(number, self.identifiers[page], hash_chain.content(canonical).get("path") or {}, commit)

    def _take_back(self, number: int, page: str, said: dict[str, str], commit: int | None) -> None:
        old, new = said.get("from", ""), said.get("to", "")
        moved = {page: AddressChange(old, new)}
        # A commit's moves are recorded page by page, and its files say where they went.
        if not commit:
            below = {one: path for one, path in self.paths.items() if path.startswith(f"{new}/")}
            moved |= {one: AddressChange(old + path.removeprefix(new), path) for one, path in below.items()}
            for one, move in moved.items():
                self.left_here.setdefault(one, {})[move.old] = None
        self._moves[number] = moved
        self.paths |= {one: move.old for one, move in moved.items()}

    def go_on(self, number: int) -> dict[str, AddressChange]:
        """Move the pages that a record moved, and return them."""
        moved = self._moves.get(number, {})
        self.paths |= {one: move.new for one, move in moved.items()}
        return moved
