"""An attacker with write access to the database file, who knows how the site stores its history."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from pages.history.record_format import canonical_json, format_timestamp
from pages.text.compression import decompress

Payload = dict[str, Any]


class Attacker:
    """Changes rows with SQL: without triggers, and without any check of references and values."""

    def __init__(self, database: Path, random: Random):
        self.random = random
        self._database = sqlite3.connect(database, isolation_level=None)
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            self._database.execute(f"PRAGMA {pragma}")
        # Contents as the site reads them: long ones are stored compressed.
        self._database.create_function("content_of", 1, decompress)
        self.triggers = dict(self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"))
        for name in self.triggers:
            self.run(f"DROP TRIGGER {name}")

    def close(self) -> None:
        """Restore the triggers, so that nothing but the changed rows tells of the attack."""
        for sql in self.triggers.values():
            self.run(sql)
        self._database.close()

    def run(self, sql: str, *values: Any) -> None:
        self._database.execute(sql, values)

    def rows(self, sql: str, *values: Any) -> list[tuple]:
        return self._database.execute(sql, values).fetchall()

    def pick(self, sql: str, *values: Any) -> Any:
        """Return one of the rows, or its value if it has only one."""
        row = self.random.choice(self.rows(sql, *values))
        return row[0] if len(row) == 1 else row

    def update(self, table: str, key: Any, **columns: Any) -> None:
        """Update the row with a key, which for records is the number and for contents the digest."""
        key_column = {"blob": "digest", "picture": "digest", "publicationrecord": "number"}.get(table, "id")
        assignments = ", ".join(f'"{name}" = ?' for name in columns)
        self.run(f"UPDATE pages_{table} SET {assignments} WHERE {key_column} = ?", *columns.values(), key)

    def insert(self, table: str, **columns: Any) -> int:
        """Insert a row, and return its key."""
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        sql = f"INSERT INTO pages_{table} ({names}) VALUES ({marks})"
        return self._database.execute(sql, tuple(columns.values())).lastrowid or 0

    def copy(self, table: str, key: Any, **columns: Any) -> int:
        """Insert a copy of a row with other values, and return its key."""
        cursor = self._database.execute(f"SELECT * FROM pages_{table} WHERE id = ?", (key,))
        names = [description[0] for description in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True)) | columns
        del row["id"]
        return self.insert(table, **row)

    def store(self, content: bytes, salt: bytes = b"") -> str:
        """Store bytes, and return their digest."""
        digest = hashlib.sha256(salt + content).hexdigest()
        self.run("INSERT OR IGNORE INTO pages_blob (digest, salt, content) VALUES (?, ?, ?)", digest, salt, content)
        return digest

    def changed(self, content: bytes) -> bytes:
        """Return bytes that differ in one byte, which is still ASCII if it was."""
        index = self.random.randrange(len(content))
        return content[:index] + bytes([content[index] ^ self.random.randint(1, 15)]) + content[index + 1 :]

    def other_time(self, value: str) -> str:
        days = self.random.choice([-300, -30, -1, 1, 30, 300])
        return str(datetime.fromisoformat(value) + timedelta(days=days))

    def other(self, value: Any, *values: Any) -> Any:
        """Return one of the values that is not the current one."""
        return self.random.choice([candidate for candidate in values if candidate != value])

    def payload(self, number: int) -> Payload:
        return json.loads(self.pick("SELECT canonical FROM pages_publicationrecord WHERE number = ?", number))

    def write_record(self, number: int, canonical: str) -> str:
        """Write a record's content with its hash, and the counter if it is the last one; return the hash."""
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        self.update("publicationrecord", number, canonical=canonical, hash=digest)
        self.run("UPDATE pages_sitecounter SET head = ? WHERE last_record = ?", digest, number)
        return digest

    def last_record(self) -> int:
        return self.pick("SELECT MAX(number) FROM pages_publicationrecord")

    @staticmethod
    def recorded_time(value: str) -> str:
        """Return a time of a column as records contain it."""
        return format_timestamp(datetime.fromisoformat(value).replace(tzinfo=UTC))

    def append(self, kind: str, *, columns: Payload | None = None, **details: Any) -> None:
        """Append a record as the application would, by the actor of the last record and at its time."""
        last = self.last_record()
        key, at, actor, head = self.pick(
            "SELECT id, at, actor_id, hash FROM pages_publicationrecord WHERE number = ?", last
        )
        columns = {"at": at, "page_id": None, "version_id": None, "commit_id": None} | (columns or {})
        empty = {"reason_digests": "{}", "language": "", "text_digest": "", "significance": "", "note": None}
        payload = {
            "format": 1,
            "record": last + 1,
            "previous": head,
            "kind": kind,
            "at": self.recorded_time(columns["at"]),
            "recorded_at": self.recorded_time(at),
            "actor": actor,
            **({"reasons": {}} if kind == "redact" else {}),
            **details,
        }
        new = {"number": last + 1, "kind": kind, "recorded_at": at} | columns | empty
        self.copy("publicationrecord", key, **new)
        self.run("UPDATE pages_sitecounter SET last_record = ?", last + 1)
        self.write_record(last + 1, canonical_json(payload))

    def rewrite_log(self, change: Callable[[Payload], Payload] = lambda payload: payload) -> None:
        """Number all records anew, change their contents, and compute the whole chain and the counter."""
        numbers = [number for (number,) in self.rows("SELECT number FROM pages_publicationrecord ORDER BY number")]
        self.run("UPDATE pages_sitecounter SET last_record = ?", len(numbers))
        previous = ""
        for number, old_number in enumerate(numbers, 1):
            payload = change(self.payload(old_number)) | {"record": number, "previous": previous}
            self.update("publicationrecord", old_number, number=number)
            previous = self.write_record(number, canonical_json(payload))
