"""A log with one record of each kind, made of fixed rows: the test vectors in `docs/verifying.md`."""

from datetime import UTC, datetime
from uuid import UUID

from pages.history.hash_chain import record_hash
from pages.history.record_format import BaseVersion, build_payload, canonical_json
from pages.models import Blob, ImportedCommit, Page, PublicationRecord, Revision, Version, VersionText

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
SALT = bytes(range(16))


def blob(text):
    return Blob.of(text.encode(), salt=SALT)


def version_text(language, content, **columns):
    source = Blob.of(content)
    revision = Revision(language=language, blob=source, title="Privacy", description="What we keep.", salt=SALT)
    return VersionText(language=language, revision=revision, **columns)


PAGE = Page(uuid=UUID("6a4e4dd2-7bb1-4a40-9a0c-7a3f4fb1c0de"), path="privacy", source_language="en")
FIRST = Version(page=PAGE, number=1, effective_at=AT)
SECOND = Version(page=PAGE, number=2, effective_at=datetime(2026, 2, 1, tzinfo=UTC), binding_language="en")
ENGLISH = b"---\ntitle: Privacy\ndescription: What we keep.\n---\n\nNothing.\n"
UNCHANGED = version_text("en", ENGLISH, significance="unchanged", pictures={})
RUSSIAN = version_text(
    "ru",
    "---\ntitle: Privacy\ndescription: What we keep.\n---\n\nНичего.\n".encode(),
    significance="major",
    based_on=1,
    note=blob("Translated."),
    pictures={"map.png": "a" * 64},
)
COMMIT = ImportedCommit(
    commit_id="c" * 40,
    metadata=Blob.of(b"Ann\0ann@example.org\0001 +0000\0Ann\0ann@example.org\0001 +0000\0Why\n", salt=SALT),
    files={"content/en/privacy.md": [str(PAGE.uuid), "en"]},
)
REASONS = {"en": blob("Wrong.").digest, "ru": blob("Ошибка.").digest}
PLACE = {"path": "privacy", "source_language": "en"}

# Kind, columns of the row, and the arguments of `build_payload`.
RECORDS = [
    ("start", {}, {"details": {"site": "0f8fad5b-d9cb-469f-a165-70867728950e", "sample": False}}),
    ("commit", {"commit": COMMIT}, {}),
    ("import", {}, {"details": {"run": 1, "report": "b" * 64}}),
    (
        "publish",
        {"page": PAGE, "version": SECOND},
        {"details": PLACE, "texts": [UNCHANGED, RUSSIAN], "base": BaseVersion(1, {"en": UNCHANGED})},
    ),
    ("place", {"page": PAGE}, {"details": {"before": PLACE, "after": {**PLACE, "path": "legal/privacy"}}}),
    ("cancel", {"page": PAGE, "version": SECOND, "reason_digests": REASONS}, {}),
    ("withdraw", {"page": PAGE, "reason_digests": REASONS}, {}),
    ("bring back", {"page": PAGE}, {}),
    ("confirm", {"page": PAGE, "version": FIRST, "language": "ru", "text_digest": RUSSIAN.revision.digest}, {}),
    (
        "correct",
        {"page": PAGE, "version": SECOND, "language": "ru", "significance": "minor", "note": blob("A typo.")},
        {},
    ),
    ("review", {"page": PAGE, "version": FIRST}, {}),
    ("redact", {"reason_digests": REASONS}, {"details": {"digests": [RUSSIAN.revision.digest]}}),
    ("clock", {}, {}),
]


def build_log():
    """Return kind, canonical form and hash of each record of the log."""
    log, previous = [], ""
    for number, (kind, columns, arguments) in enumerate(RECORDS, 1):
        record = PublicationRecord(number=number, kind=kind, at=AT, recorded_at=AT, actor=blob("Ann"), **columns)
        payload = build_payload(record, previous=previous, **{"details": {}, **arguments})
        canonical = canonical_json(payload)
        previous = record_hash(canonical)
        log.append((kind, canonical, previous))
    return log


def as_markdown():
    """Return the log as `docs/verifying.md` shows it."""
    parts = [f"`{kind}`, with the hash `{digest}`:\n\n    {canonical}\n" for kind, canonical, digest in build_log()]
    return "\n".join(parts)
