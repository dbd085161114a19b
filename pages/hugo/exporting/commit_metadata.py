"""What a commit says of itself: as it came in, or of what was done here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from pages.hugo.exporting.address_history import AddressHistory
from pages.hugo.exporting.exported_records import ExportedRecord
from pages.hugo.git.commits import Person
from pages.models import ImportedCommit, Version
from pages.models.publication_record import Kind

RECORD_TRAILER, HEAD_TRAILER = "Publication-Record", "Publication-Log-Head"


@dataclass(frozen=True)
class CommitMetadata:
    """Author, committer and message."""

    author: Person
    committer: Person
    message: bytes


def imported_metadata(commit: ImportedCommit) -> CommitMetadata:
    """Return what a commit said, byte for byte."""
    author = Person(commit.author_name, commit.author_email, commit.author_date)
    committer = Person(commit.committer_name, commit.committer_email, commit.committer_date)
    return CommitMetadata(author, committer, bytes(commit.message))


def record_metadata(event: ExportedRecord, addresses: AddressHistory, numbers: Mapping[int, int]) -> CommitMetadata:
    """Return what is said of an event; its trailers name the record, and the head of the publication log with it.

    `addresses` are those after the event; `numbers` are those of versions.
    """
    page = addresses.identifiers[event.page]
    language, address = addresses.source_languages[page], _shown(addresses.paths[page])
    who = Person(event.actor_name, "", _raw(event.at))
    said = _said(event, language, address, numbers)
    trailers = f"{RECORD_TRAILER}: {event.number}\n{HEAD_TRAILER}: {event.hash}\n"
    return CommitMetadata(who, who, f"{said}\n\n{trailers}".encode(errors="replace"))


def version_numbers(events: Collection[ExportedRecord]) -> dict[int, int]:
    """Return the numbers of the versions that were published here, by their keys."""
    keys = [event.version for event in events if event.kind == Kind.PUBLISH and event.commit is None]
    return dict(Version.objects.filter(pk__in=keys).values_list("pk", "number")) if keys else {}


def _said(event: ExportedRecord, language: str, address: str, numbers: Mapping[int, int]) -> str:
    if event.kind == Kind.PUBLISH:
        notes = {tag: text.note.strip() for tag, text in sorted(event.texts.items()) if text.note.strip()}
        return _first(notes, language) or f"Version {numbers[event.version]} of {address}"
    reason = _first(event.reasons, language)
    verb = {Kind.WITHDRAW: "Withdraw", Kind.BRING_BACK: "Bring back"}.get(event.kind, "Move a page to")
    return f"{verb} {address}" + (f"\n\n{reason}" if reason else "")


def _first(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next((words[tag] for tag in sorted(words)), "")


def _shown(address: str) -> str:
    return f"/{address}/" if address else "/"


def _raw(moment: datetime) -> str:
    return f"{int(moment.timestamp())} +0000"
