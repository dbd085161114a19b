"""Verification of the whole history: checks the hash chain, and compares every stored row with its record."""

from collections.abc import Iterator, Set
from typing import Any

from django.db.models import QuerySet

from pages.history import hash_chain
from pages.history.hash_chain import BaseVersion, ChainLink
from pages.models import Picture, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.models.publication_record import RecordKind
from pages.text import source
from pages.text.fields import FRONT_MATTER_KEYS


def find_problems() -> Iterator[str]:
    """Yield a sentence for each problem in the history; nothing if it is intact."""
    head = SiteCounter.objects.values_list("head", flat=True).first() or ""
    rows = PublicationRecord.objects.order_by("number").values_list("number", "canonical", "hash")
    if broken := hash_chain.first_broken_link((ChainLink(*row) for row in rows.iterator()), head=head):
        yield f"Record {broken.number}: {broken.reason}."
    yield from _changed_bytes()
    yield from _changed_versions()


def _changed_bytes() -> Iterator[str]:
    stored: set[str] = set()
    # Small chunks: each row holds a whole text or picture.
    for revision in Revision.objects.order_by("pk").select_related("blob").iterator(chunk_size=100):
        # A field that was declared later is NULL in older rows, and has a value in every row from then on.
        stored |= {name for name in FRONT_MATTER_KEYS if getattr(revision, name) is not None}
        if source.digest(revision.source) != revision.digest:
            yield f"Revision {revision.pk}: the bytes do not match the digest."
        elif not _matches_its_bytes(revision, stored):
            yield f"Revision {revision.pk}: the fields do not match the bytes."
    for picture in Picture.objects.select_related("blob").iterator(chunk_size=10):
        if source.digest(picture.content) != picture.pk:
            yield f"Picture {picture.pk}: the bytes do not match the digest."


def _matches_its_bytes(revision: Revision, names: Set[str]) -> bool:
    """Tell whether these columns have the values of the front matter, except for a title that it does not contain."""
    try:
        parsed = source.parse(revision.source)
    except source.InvalidFrontMatter:
        return False
    fields = {name: getattr(parsed.fields, name) for name in names}
    # An import derives a missing title from something else, such as the file name.
    if not parsed.front_matter.get(parsed.resolve_key("title"), "").strip():
        fields["title"] = revision.title
    return fields == {name: getattr(revision, name) for name in names}


def _changed_versions() -> Iterator[str]:
    recorded = set()
    records = PublicationRecord.objects.order_by("number").select_related("page", "version", "version__page", "commit")
    # Small chunks: the commit of a record can name thousands of files.
    for record in records.iterator(chunk_size=50):
        if record.kind == RecordKind.PUBLISH and record.version:
            recorded.add(record.version.pk)
        yield from (f"{_name(record)}: {problem}" for problem in _record_problems(record))
    for version in Version.objects.exclude(pk__in=recorded).select_related("page"):
        yield f"Page {version.page}, version {version.number}: it has no record."


def _name(record: PublicationRecord) -> str:
    page = f", page {record.page}" if record.page else ""
    return f"Record {record.number}{page}{f', version {record.version.number}' if record.version else ''}"


def _record_problems(record: PublicationRecord) -> Iterator[str]:
    payload = hash_chain.parse_record(record.canonical)
    if record.version is None and payload.get("version") is not None:
        yield "its version is missing."
        return
    columns = _recorded_columns(record)
    if columns != {name: payload.get(name) for name in columns}:
        yield "the columns of the row do not match the record."
    yield from _commit_problems(record, payload)
    if record.kind == RecordKind.PUBLISH:
        yield from _version_problems(record.version, payload)
    elif payload.get("version") != hash_chain.version_field(record.version, ()):
        yield "the record belongs to another version."


def _commit_problems(record: PublicationRecord, payload: dict[str, Any]) -> Iterator[str]:
    if record.commit and payload.get("commit") != record.commit.commit_id:
        yield "the record belongs to another commit."
    if record.kind == RecordKind.IMPORT and (
        not record.commit or payload.get("imported") != hash_chain.commit_digest(record.commit)
    ):
        yield "the stored commit does not match the record."


def _version_problems(version: Version | None, payload: dict[str, Any]) -> Iterator[str]:
    if version is None:
        yield "its version is missing."
        return
    texts = list(_texts(version))
    if payload.get("version") != hash_chain.version_payload(version, texts, _base(version, payload)):
        yield "the stored version does not match the record."
    digests = {digest for text in texts for digest in text.pictures.values()}
    for digest in sorted(digests - set(Picture.objects.filter(pk__in=digests).values_list("pk", flat=True))):
        yield f"the picture {digest} is missing."


def _base(version: Version, payload: dict[str, Any]) -> BaseVersion | None:
    """Return the earlier version that texts were carried over from, according to the record."""
    carries = (payload.get("version") or {}).get("carries")
    number = carries.get("from") if isinstance(carries, dict) else None
    if not isinstance(number, int) or number >= version.number:
        return None
    texts = _texts(Version(page_id=version.page_id, number=number))
    return BaseVersion(number, {text.language: text for text in texts})


def _recorded_columns(record: PublicationRecord) -> dict[str, Any]:
    """Return the keys of the payload that the row repeats in columns, with the values of the columns."""
    # The version refers to a page as well: both must be the recorded one.
    is_of_one_page = record.version is None or record.version.page == record.page
    columns: dict[str, Any] = {
        "page": str(record.page.uuid) if record.page and is_of_one_page else None,
        "kind": record.kind,
        "at": hash_chain.format_timestamp(record.at),
        "recorded_at": hash_chain.format_timestamp(record.recorded_at),
    }
    # A redacted reason is empty, but the record keeps its digest.
    if record.reasons:
        columns["reason"] = hash_chain.mapping_digest(record.reasons)
    if record.kind == RecordKind.CONFIRM:
        columns["confirmed"] = hash_chain.confirmation_payload(record.language, record.text_digest)
    return columns


def _texts(version: Version) -> QuerySet[VersionText]:
    texts = VersionText.objects.filter(version__page=version.page_id, version__number=version.number)
    return texts.select_related("revision").order_by("language")
