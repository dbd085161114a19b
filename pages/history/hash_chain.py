"""The hash chain of publication records: what a record contains, its canonical form, and where a chain is broken.

The canonical form follows RFC 8785 (JSON Canonicalization Scheme). A record's hash is the SHA-256 of that form in
UTF-8, and each record contains the hash of the previous one.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, overload

import rfc8785

from pages.models import ImportedCommit, Version, VersionText
from pages.models.significance import Significance

FORMAT = 1


@dataclass(frozen=True)
class ChainLink:
    """The parts of a record that form the chain."""

    number: int
    canonical: str
    hash: str


@dataclass(frozen=True)
class ChainBreak:
    """The first record at which a chain is broken."""

    number: int
    reason: str


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


def canonical_json(payload: dict[str, Any]) -> str:
    return rfc8785.dumps(payload).decode()


def text_digest(text: str) -> str | None:
    """Return the digest of a note or a reason, None for an empty one."""
    return _sha256(text.encode()) if text else None


def mapping_digest(mapping: Mapping[str, str]) -> str | None:
    """Return the digest of pictures by reference, or of reasons by language; None for an empty mapping."""
    return _pairs_digest(tuple(sorted(mapping.items()))) if mapping else None


# Versions of a page mostly show the same pictures.
@lru_cache(maxsize=1024)
def _pairs_digest(pairs: tuple[tuple[str, str], ...]) -> str:
    return _sha256(canonical_json(dict(pairs)).encode())


def text_payload(text: VersionText) -> dict[str, Any]:
    """Return what a record contains of one text of a version."""
    return {
        "text": text.revision.digest,
        "pictures": mapping_digest(text.pictures),
        "note": text_digest(text.change_note),
        "significance": text.significance,
        "based_on": text.based_on,
    }


def version_payload(version: Version, texts: Iterable[VersionText], base: BaseVersion | None) -> dict[str, Any]:
    """Return what a record contains of a published version and its texts.

    Of texts carried over from the base without any change only the languages are listed, which keeps records small.
    """
    texts = list(texts)
    carried = {text.language for text in texts if base and _is_carried_over(text, base.texts.get(text.language))}
    return {
        "number": version.number,
        "published_at": format_timestamp(version.published_at),
        "effective_at": format_timestamp(version.effective_at),
        "binding_language": version.binding_language,
        "carries": {"from": base.number, "texts": sorted(carried)} if base and carried else None,
        "texts": {text.language: text_payload(text) for text in texts if text.language not in carried},
    }


def _is_carried_over(text: VersionText, before: VersionText | None) -> bool:
    if before is None or text.significance != Significance.UNCHANGED or text.change_note:
        return False
    is_same = (text.pictures, text.based_on) == (before.pictures, before.based_on)
    return is_same and text.revision.digest == before.revision.digest


def version_field(
    version: Version | None, texts: Collection[VersionText], base: BaseVersion | None = None
) -> dict[str, Any] | None:
    """Return the `version` of a record: everything about a new version, else only the number, or None without one."""
    if version is None:
        return None
    return version_payload(version, texts, base) if texts else {"number": version.number}


def commit_digest(commit: ImportedCommit) -> str:
    """Return the digest of all stored columns of an imported commit."""
    author = ("author_name", "author_email", "author_date")
    committer = ("committer_name", "committer_email", "committer_date")
    payload = {name: getattr(commit, name) for name in ("commit_id", *author, *committer, "files")}
    # The key is the column's former name: digests in existing records contain it.
    payload["layout"] = commit.site_structure
    payload["message"] = _sha256(bytes(commit.message))
    return _sha256(canonical_json(payload).encode())


def confirmation_payload(language: str, digest: str) -> dict[str, str]:
    """Return what a record contains of a translation that was confirmed to match its source."""
    return {"language": language, "text": digest}


def parse_record(canonical: str) -> dict[str, Any]:
    """Return the payload of a record, {} if it was overwritten with something that is not a JSON object."""
    try:
        payload = json.loads(canonical)
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def record_hash(canonical: str) -> str:
    return _sha256(canonical.encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def first_broken_link(links: Iterable[ChainLink], *, head: str | None = None) -> ChainBreak | None:
    """Return the first break of the chain, or None. If a head is given, the last record must have that hash."""
    previous, number = "", 0
    for number, link in enumerate(links, 1):
        if reason := _break_reason(link, number, previous):
            return ChainBreak(number, reason)
        previous = link.hash
    # Without the stored head, removing the last records would go unnoticed.
    if head is not None and head != previous:
        return ChainBreak(number, "the chain does not end at the stored head: records are missing at its end")
    return None


def _break_reason(link: ChainLink, number: int, previous: str) -> str | None:
    if link.number != number:
        return f"the record is missing: record {link.number} is in its place"
    if record_hash(link.canonical) != link.hash:
        return "the record's hash does not match its content"
    payload = parse_record(link.canonical)
    if payload.get("previous") != previous:
        return "the record does not contain the hash of the previous record"
    if payload.get("record") != number:
        return "the record's content has another number"
    return None
