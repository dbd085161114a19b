"""Tampering with the publication log and its counter."""

import json

from benchmarks.tampering.attacker import Attacker
from benchmarks.tampering.registry import Kinds, adding_to

KINDS: Kinds = {}
tampering = adding_to(KINDS)
NUMBERS = "SELECT number FROM pages_publicationrecord"
BROKEN = ("", "Other.", "[", "[" * 100_000, '{"a":' * 900, "null", "7", '"a"', "[]", "{}", '{"format": 1}')


def changed_canonical(attacker: Attacker, number: int) -> str:
    """Return a record's content with another value for one of its names."""
    payload = attacker.payload(number)
    # Recomputing the chain sets the other two.
    name = attacker.random.choice(sorted(set(payload) - {"record", "previous"}))
    value = attacker.other(payload[name], None, "0" * 64, 99, "minor", "2020-01-01T00:00:00.000000Z", ["a"], {"a": 1})
    return json.dumps(payload | {name: value}, sort_keys=True, separators=(",", ":"))


@tampering("a record")
def change_record(attacker: Attacker) -> None:
    number = attacker.pick(NUMBERS)
    attacker.update("publicationrecord", number, canonical=changed_canonical(attacker, number))


@tampering("a record, with its hash")
def change_record_and_hash(attacker: Attacker) -> None:
    number = attacker.pick(NUMBERS)
    attacker.write_record(number, changed_canonical(attacker, number))


@tampering("a record, with the whole chain recomputed")
def change_record_and_chain(attacker: Attacker) -> None:
    number = attacker.pick(NUMBERS)
    attacker.write_record(number, changed_canonical(attacker, number))
    attacker.rewrite_log()


@tampering("a record that is not a JSON object")
def break_record(attacker: Attacker) -> None:
    number, canonical = attacker.pick(NUMBERS), attacker.random.choice(BROKEN)
    if attacker.random.random() < 0.5:
        attacker.update("publicationrecord", number, canonical=canonical)
    else:
        attacker.write_record(number, canonical)


@tampering("a column of a record")
def change_column(attacker: Attacker) -> None:
    number, at = attacker.pick("SELECT number, at FROM pages_publicationrecord WHERE page_id IS NOT NULL")
    columns = attacker.random.choice(
        [
            {"at": attacker.other_time(at)},
            {"recorded_at": "2020-01-01 12:00:00"},
            {"kind": "clock"},
            {"page_id": None},
            {"page_id": attacker.pick("SELECT id FROM pages_page WHERE path = 'plans'")},
            {"version_id": None, "page_id": None},
            {"hash": "0" * 64},
            {"significance": "unchanged"},
            {"note": attacker.store(b"Note", b"salt")},
            {"commit_id": None, "language": "fr"},
        ]
    )
    attacker.update("publicationrecord", number, **columns)


@tampering("a value of another type")
def change_type(attacker: Attacker) -> None:
    table, column = attacker.random.choice(
        [
            ("publicationrecord", "at"),
            ("publicationrecord", "canonical"),
            ("publicationrecord", "reason_digests"),
            ("versiontext", "pictures"),
            ("version", "effective_at"),
            ("importedcommit", "files"),
            ("page", "uuid"),
            ("sitecounter", "head"),
        ]
    )
    value = attacker.random.choice(["nothing", "[" * 900, "[1]", '{"a": [[1]]}', "2024-99-99", b"\xff\xfe"])
    key = attacker.pick(f"SELECT {'number' if table == 'publicationrecord' else 'id'} FROM pages_{table}")
    attacker.update(table, key, **{column: value})


@tampering("a record deleted from the middle")
def delete_record(attacker: Attacker) -> None:
    number = attacker.pick(f"{NUMBERS} WHERE number < ?", attacker.last_record())
    attacker.run("DELETE FROM pages_publicationrecord WHERE number = ?", number)
    if attacker.random.random() < 0.5:
        renumber(attacker, number)


def renumber(attacker: Attacker, after: int) -> None:
    """Close the gap in the column, and in the counter; the chain stays as it is."""
    for (number,) in attacker.rows(f"{NUMBERS} WHERE number > ? ORDER BY number", after):
        attacker.update("publicationrecord", number, number=number - 1)
    attacker.run("UPDATE pages_sitecounter SET last_record = last_record - 1")


def truncate(attacker: Attacker, last: int) -> None:
    """Let the log end with a record, and set the counter back."""
    attacker.run("DELETE FROM pages_publicationrecord WHERE number > ?", last)
    (head,) = attacker.rows("SELECT hash FROM pages_publicationrecord WHERE number = ?", last)[0]
    attacker.run("UPDATE pages_sitecounter SET last_record = ?, head = ?", last, head)


@tampering("the log cut, with the counter set back")
def cut(attacker: Attacker) -> None:
    truncate(attacker, attacker.pick(f"{NUMBERS} WHERE number < ?", attacker.last_record()))


@tampering("the log cut, with the counter and all rows set back")
def cut_with_rows(attacker: Attacker) -> None:
    # Behind the records of redactions and moves: these would need more than deleting rows.
    first = attacker.rows("SELECT MAX(number) FROM pages_publicationrecord WHERE kind IN ('redact', 'place')")[0][0]
    last = attacker.pick(f"{NUMBERS} WHERE number >= ? AND number < ?", first, attacker.last_record())
    added = "SELECT version_id FROM pages_publicationrecord WHERE kind = 'publish' AND number > ?"
    versions = [version for (version,) in attacker.rows(added, last)]
    truncate(attacker, last)
    for version in versions:
        attacker.run("DELETE FROM pages_versiontext WHERE version_id = ?", version)
        attacker.run("DELETE FROM pages_version WHERE id = ?", version)


@tampering("the counter's last record or hash")
def change_head(attacker: Attacker) -> None:
    columns = attacker.random.choice(
        [{"head": "0" * 64}, {"head": ""}, {"last_record": attacker.random.randint(0, 9)}, {"last_record": 999}]
    )
    attacker.update("sitecounter", 1, **columns)


@tampering("the counter of public changes")
def change_counter(attacker: Attacker) -> None:
    columns = attacker.random.choice([{"value": 1}, {"value": 10**6}, {"changed_at": "2020-01-01 12:00:00"}])
    attacker.update("sitecounter", 1, **columns)
