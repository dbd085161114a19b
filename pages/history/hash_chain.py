"""The hash chain of publication records, and where one is broken.

A record's hash is the SHA-256 of its canonical form in UTF-8, and each record contains the hash of the previous one.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pages.text.source import digest


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


def parse_record(canonical: str) -> dict[str, Any]:
    """Return the payload of a record, {} if it was overwritten with something that is not a JSON object."""
    try:
        payload = json.loads(canonical)
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def record_hash(canonical: str) -> str:
    return digest(canonical.encode())


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
