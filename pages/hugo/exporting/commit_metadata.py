"""Author, committer and message of exported commits."""

from collections.abc import Mapping, Sequence

from pages.hugo.commits.own_commits import HEAD_TRAILER, RECORD_TRAILER
from pages.hugo.exporting.address_history import AddressHistory
from pages.hugo.exporting.exported_records import ExportedRecord
from pages.hugo.git.commits import Person
from pages.models import ImportedCommit
from pages.models.publication_record import RecordKind

# Author, committer and message.
CommitMetadata = tuple[Person, Person, bytes]


def imported_metadata(commit: ImportedCommit) -> CommitMetadata:
    """Return the metadata of an imported commit, byte for byte as it was imported."""
    people = list(commit.people.values())
    return Person(*people[:3]), Person(*people[3:]), commit.message


def record_metadata(records: Sequence[ExportedRecord], addresses: AddressHistory) -> CommitMetadata:
    """Return the metadata for records of this site. Trailers name the last one and its hash, the head of the log then.

    `addresses` are those after the records.
    """
    record, last = records[0], records[-1]
    page = addresses.uuid_of(record.page)
    path = addresses.paths[page]
    message = _message(record, addresses.source_languages[page], f"/{path}/" if path else "/")
    trailers = f"{RECORD_TRAILER}: {last.number}\n{HEAD_TRAILER}: {last.hash}\n"
    actor = Person(record.actor_name, "", f"{int(record.at.timestamp())} +0000")
    return actor, actor, f"{message}\n\n{trailers}".encode(errors="replace")


def _message(record: ExportedRecord, language: str, address: str) -> str:
    if record.kind == RecordKind.PUBLISH:
        notes = {code: text.note.strip() for code, text in sorted(record.texts.items()) if text.note.strip()}
        return _preferred(notes, language) or f"Version {record.version_number} of {address}"
    subjects: dict[str, str] = {
        RecordKind.WITHDRAW: f"Withdraw {address}",
        RecordKind.BRING_BACK: f"Bring back {address}",
    }
    subject = subjects.get(record.kind, f"Move a page to {address}")
    reason = _preferred(record.reasons, language)
    return f"{subject}\n\n{reason}" if reason else subject


def _preferred(by_language: Mapping[str, str], language: str) -> str:
    """Return the text in a language, else that of the first language code, else an empty string."""
    return by_language.get(language) or next((by_language[code] for code in sorted(by_language)), "")
