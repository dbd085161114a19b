"""The content of publication records: what each kind contains, as `docs/verifying.md` documents it.

The content is built from the stored rows, when a record is written and again when it is verified. A change of any shape
needs a new `FORMAT`, and a fixture of it in `tests/record_format/`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, overload

import rfc8785

from pages.models import ImportedCommit, ImportRun, PublicationRecord, Revision, Version, VersionText
from pages.models.publication_record import RecordKind
from pages.models.significance import Significance
from pages.text.fields import front_matter_values
from pages.text.source import digest

FORMAT = 1

# What only the record itself holds, by kind: no column repeats it.
DETAILS: Mapping[str, tuple[str, ...]] = {
    RecordKind.START: ("site", "sample"),
    RecordKind.PUBLISH: ("path", "source_language"),
    RecordKind.PLACE: ("before", "after"),
    RecordKind.REDACT: ("digests",),
    RecordKind.IMPORT: ("run", "report"),
}


@dataclass(frozen=True)
class BaseVersion:
    """The version that a new one is compared with."""

    number: int
    texts: Mapping[str, VersionText]


@overload
def format_timestamp(value: datetime) -> str: ...
@overload
def format_timestamp(value: None) -> None: ...
@overload
def format_timestamp(value: datetime | None) -> str | None: ...
def format_timestamp(value: datetime | None) -> str | None:
    """Return a time in UTC with microseconds (RFC 3339)."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value else None


def canonical_json(payload: Mapping[str, Any]) -> str:
    """Return the canonical form of RFC 8785 (JSON Canonicalization Scheme)."""
    return rfc8785.dumps(payload).decode()


def build_payload(
    record: PublicationRecord,
    *,
    previous: str,
    details: Mapping[str, Any],
    texts: Collection[VersionText] = (),
    base: BaseVersion | None = None,
) -> dict[str, Any]:
    """Return the content of a record. `details` has the values of `DETAILS`, `texts` those of a published version."""
    payload: dict[str, Any] = {
        "format": FORMAT,
        "record": record.number,
        "previous": previous,
        "kind": record.kind,
        "at": format_timestamp(record.at),
        "recorded_at": format_timestamp(record.recorded_at),
        "actor": record.actor_id,
        **{name: details.get(name) for name in DETAILS.get(record.kind, ())},
    }
    if record.page:
        payload["page"] = str(record.page.uuid)
    if record.version:
        is_new = record.kind == RecordKind.PUBLISH
        payload["version"] = version_payload(record.version, texts, base) if is_new else record.version.number
    if record.commit:
        payload["commit"] = record.commit.commit_id
    if build := _COLUMNS.get(record.kind):
        payload |= build(record)
    return payload


def _reasons(record: PublicationRecord) -> dict[str, Any]:
    return {"reasons": record.reason_digests}


def _confirmation(record: PublicationRecord) -> dict[str, Any]:
    return {"language": record.language, "text": record.text_digest}


def _correction(record: PublicationRecord) -> dict[str, Any]:
    return {"language": record.language, "significance": record.significance or None, "note": record.note_id}


def _commit(record: PublicationRecord) -> dict[str, Any]:
    commit = record.commit
    return {"metadata": commit.metadata_id, "files": files_digest(commit)} if commit else {}


# The keys of the columns that only some kinds use.
_COLUMNS: Mapping[str, Callable[[PublicationRecord], dict[str, Any]]] = {
    RecordKind.CANCEL: _reasons,
    RecordKind.WITHDRAW: _reasons,
    RecordKind.REDACT: _reasons,
    RecordKind.CONFIRM: _confirmation,
    RecordKind.CORRECT: _correction,
    RecordKind.COMMIT: _commit,
}


def version_payload(version: Version, texts: Iterable[VersionText], base: BaseVersion | None) -> dict[str, Any]:
    """Return what a record contains of a published version and its texts.

    Of texts carried over from the base without any change only the languages are listed, which keeps records small.
    """
    texts = list(texts)
    carried = {text.language for text in texts if base and _is_carried_over(text, base.texts.get(text.language))}
    return {
        "number": version.number,
        "effective_at": format_timestamp(version.effective_at),
        "binding_language": version.binding_language,
        "carries": {"from": base.number, "texts": sorted(carried)} if base and carried else None,
        "texts": {text.language: text_payload(text) for text in texts if text.language not in carried},
    }


def _is_carried_over(text: VersionText, before: VersionText | None) -> bool:
    if before is None or text.significance != Significance.UNCHANGED or text.note_id:
        return False
    is_same = (text.pictures, text.based_on) == (before.pictures, before.based_on)
    # Every revision has a salt of its own.
    return is_same and (text.revision.digest, text.revision.salt) == (before.revision.digest, before.revision.salt)


def text_payload(text: VersionText) -> dict[str, Any]:
    """Return what a record contains of one text of a version."""
    return {
        "text": text.revision.digest,
        "fields": fields_digest(text.revision),
        "pictures": mapping_digest(text.pictures),
        "note": text.note_id,
        "significance": text.significance,
        "based_on": text.based_on,
    }


def fields_digest(revision: Revision) -> str:
    return digest(bytes(revision.salt) + canonical_json(recorded_fields(revision)).encode())


def recorded_fields(revision: Any) -> dict[str, str]:
    """Return the fields in the front matter of a revision, or of a row that has its columns, without empty ones.

    A field that is declared later is empty.
    """
    return {name: value for name, value in front_matter_values(revision).items() if value}


def files_digest(commit: ImportedCommit) -> str:
    """Return the digest of the files of a commit, with the salt of its metadata: their names may be of drafts."""
    files = {"files": commit.files, "structure": commit.site_structure}
    return digest(bytes(commit.metadata.salt) + canonical_json(files).encode())


def report_digest(run: ImportRun) -> str:
    """Return the digest of an import and of its report, with the salt of the run: a report can name drafts."""
    lines = run.lines.order_by("pk").values_list(
        "kind", "subject", "stored_message", "count", "first_commit", "last_commit", "ended_by"
    )
    report = {
        **{name: getattr(run, name) for name in ("source", "options", "plan", "counts", "by")},
        "started_at": format_timestamp(run.started_at),
        "ended_at": format_timestamp(run.ended_at),
        "lines": [list(line) for line in lines.iterator()],
    }
    return digest(bytes(run.salt) + canonical_json(report).encode())


def mapping_digest(mapping: Mapping[str, str]) -> str | None:
    """Return the digest of pictures by reference; None for an empty mapping."""
    return _pairs_digest(tuple(sorted(mapping.items()))) if mapping else None


# Versions of a page mostly show the same pictures.
@lru_cache(maxsize=1024)
def _pairs_digest(pairs: tuple[tuple[str, str], ...]) -> str:
    return digest(canonical_json(dict(pairs)).encode())
