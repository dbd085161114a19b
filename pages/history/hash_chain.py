"""The chain of publication records: how a record is written down, and where a chain is broken.

A record's canonical form follows RFC 8785 (JSON Canonicalization Scheme); its hash is the SHA-256 of those bytes, and
each record contains the hash of the one before.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import rfc8785

FORMAT = 1


@dataclass(frozen=True)
class ChainLink:
    """A record as the chain sees it."""

    number: int
    canonical: str
    hash: str


@dataclass(frozen=True)
class ChainBreak:
    """The first place at which a chain does not hold, and why."""

    number: int
    why: str


@dataclass(frozen=True)
class BaseVersion:
    """The version that another one was measured against, with its texts by language."""

    number: int
    texts: Mapping


def format_timestamp(value: datetime | None) -> str | None:
    """Write a moment in UTC with microseconds (RFC 3339)."""
    return value and value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical_json(payload: dict) -> str:
    """Return the one way to write a payload down."""
    return rfc8785.dumps(payload).decode()


def text_digest(text: str) -> str | None:
    """Return the digest of a note or a reason; None where there is none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def mapping_digest(words: dict[str, str]) -> str | None:
    """Return the digest of a text's pictures by reference, or of reasons by language; None where there are none."""
    return _pairs_digest(tuple(sorted(words.items()))) if words else None


@lru_cache(maxsize=1024)
def _pairs_digest(words: tuple[tuple[str, str], ...]) -> str | None:
    return text_digest(canonical_json(dict(words)))


def text_payload(text) -> dict:
    """Return what a record says of one VersionText, whose revision is at hand."""
    return {
        "text": text.revision.digest,
        "pictures": mapping_digest(text.pictures),
        "note": text_digest(text.change_note),
        "significance": text.significance,
        "based_on": text.based_on,
        "modified_at": format_timestamp(text.modified_at),
    }


def version_payload(version, texts: Iterable, base: BaseVersion | None) -> dict:
    """Return what a record says of a published version and its texts.

    Those that say what they said in the version that this one was measured against are named alone.
    """
    texts = list(texts)
    carried = [text.language for text in texts if base and _is_carried(text, base.texts.get(text.language))]
    return {
        "number": version.number,
        "published_at": format_timestamp(version.published_at),
        "effective_at": format_timestamp(version.effective_at),
        "binding_language": version.binding_language,
        "carries": {"from": base.number, "texts": sorted(carried)} if carried else None,
        "texts": {text.language: text_payload(text) for text in texts if text.language not in carried},
    }


def _is_carried(text, before) -> bool:
    """Tell whether a text stands as it did, without a word of its own."""
    if before is None or text.significance != "unchanged" or text.change_note:
        return False
    names = ("pictures", "based_on", "modified_at")
    is_same = all(getattr(text, name) == getattr(before, name) for name in names)
    return is_same and text.revision.digest == before.revision.digest


def version_field(version, texts: Iterable, base: BaseVersion | None = None) -> dict | None:
    """Return what a record says of its version: all of it, or its number alone; None for an event of the page."""
    if version is None:
        return None
    return version_payload(version, texts, base) if texts else {"number": version.number}


def commit_digest(commit) -> str | None:
    """Return the digest of an imported commit's stored columns."""
    columns = ("commit_id", "author_name", "author_email", "author_date")
    columns += ("committer_name", "committer_email", "committer_date", "files")
    payload = {name: getattr(commit, name) for name in columns}
    # The column's first name: digests in existing records were made with it.
    payload["layout"] = commit.site_structure
    payload["message"] = hashlib.sha256(bytes(commit.message)).hexdigest()
    return text_digest(canonical_json(payload))


def confirmation_payload(language: str, digest: str) -> dict:
    """Return what a record says of the translation that reflects its version's source."""
    return {"language": language, "text": digest}


def parse_record(canonical_form: str) -> dict:
    """Return what a record says; nothing where it was overwritten with what is no record."""
    try:
        said = json.loads(canonical_form)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def record_hash(canonical_form: str) -> str:
    """Return the hash of a record."""
    return hashlib.sha256(canonical_form.encode()).hexdigest()


def first_broken_link(links: Iterable[ChainLink], *, head: str | None = None) -> ChainBreak | None:
    """Return where the chain first does not hold, or None. With a head, the last record must be the one it names."""
    previous, number = "", 0
    for number, link in enumerate(links, 1):
        if why := _trouble(link, number, previous):
            return ChainBreak(number, why)
        previous = link.hash
    if head is not None and head != previous:
        return ChainBreak(
            number, "the chain does not end at the head that the site has noted: records are missing at its end"
        )
    return None


def _trouble(link: ChainLink, number: int, previous: str) -> str | None:
    if link.number != number:
        return f"the record is missing: record {link.number} stands in its place"
    if record_hash(link.canonical) != link.hash:
        return "the record's hash is not that of its content"
    payload = parse_record(link.canonical)
    if payload.get("previous") != previous:
        return "the record does not name the hash of the record before"
    if payload.get("record") != number:
        return "the record's content has another number"
    return None
