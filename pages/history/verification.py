"""Verifying the history: every stored row is compared with the publication log, and the log with its hashes."""

from collections.abc import Iterator, Set
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.db.models import Max, QuerySet

from pages.history import hash_chain
from pages.history.hash_chain import ChainLink
from pages.history.record_format import DETAILS, BaseVersion, build_payload, recorded_fields, report_digest
from pages.models import (
    Blob,
    ImportedCommit,
    ImportRun,
    Page,
    Picture,
    PublicationRecord,
    Revision,
    SiteCounter,
    Version,
    VersionText,
)
from pages.models.immutability import missing_triggers
from pages.models.page import draft_columns
from pages.models.publication_record import RecordKind
from pages.text import source
from pages.text.compression import DamagedContent, decompress
from pages.text.fields import FRONT_MATTER_KEYS

# The columns that only some kinds of records use, by their keys in the payload.
_COLUMNS = {
    "reasons": "reason_digests",
    "language": "language",
    "text": "text_digest",
    "significance": "significance",
    "note": "note_id",
}
# What reading or comparing a row raises if it holds values that the application never stores.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError, DatabaseError)


def find_problems(using: str = "default", noted_hash: str = "") -> Iterator[str]:
    """Yield a sentence for each problem in the history; nothing if it is intact.

    `noted_hash` is the latest hash that somebody noted earlier: the log must contain it.
    """
    yield from _readable("The chain of the log", _broken_chain(noted_hash))
    for trigger in missing_triggers(using):
        yield f"The trigger {trigger} is missing: rows of history could be changed."
    try:
        # Within a transaction on PostgreSQL, an error would otherwise end it.
        with transaction.atomic(using=using):
            connections[using].check_constraints()
    except IntegrityError as error:
        # PostgreSQL's message has two lines; a problem is one.
        yield f"A row refers to one that does not exist: {' '.join(str(error).split())}"
    damaged: set[str] = set()
    yield from _readable("The contents", _changed_contents(damaged))
    yield from _readable("The revisions", _changed_revisions(damaged))
    yield from _readable("The pages", _changed_pages(damaged))
    yield from _readable("The publication log", _Log().problems())


def _readable(subject: str, problems: Iterator[str]) -> Iterator[str]:
    """Yield the problems, and a last one if what is stored cannot be read: no value may crash the check."""
    try:
        yield from problems
    except _UNREADABLE as error:
        yield f"{subject}: a stored value cannot be read: {error}"


def _broken_chain(noted_hash: str) -> Iterator[str]:
    counter = SiteCounter.objects.first() or SiteCounter()
    rows = PublicationRecord.objects.order_by("number").values_list("number", "canonical", "hash")
    if broken := hash_chain.first_broken_link((ChainLink(*row) for row in rows.iterator()), head=counter.head):
        yield f"Record {broken.number}: {broken.reason}."
    last = PublicationRecord.objects.aggregate(last=Max("number"))["last"] or 0
    if counter.last_record != last:
        yield f"The site counter names record {counter.last_record} as the last one: that is record {last}."
    if noted_hash and not PublicationRecord.objects.filter(hash=noted_hash).exists():
        yield f"No record has the hash {noted_hash}: the log was cut or rewritten after it was noted."


def _changed_contents(damaged: set[str]) -> Iterator[str]:
    """Compare each content with its digest, and add the digests of those that cannot be decompressed to `damaged`."""
    # Small chunks: each row holds a whole text or picture.
    for blob in Blob.objects.with_stored_bytes().order_by("pk").iterator(chunk_size=100):
        try:
            blob.content = None if blob.stored is None else decompress(bytes(blob.stored))
        except DamagedContent:
            damaged.add(blob.pk)
            yield f"Content {blob.pk}: its compressed form is damaged."
        else:
            if not blob.is_intact:
                yield f"Content {blob.pk}: the bytes do not match the digest."


def _changed_revisions(damaged: Set[str]) -> Iterator[str]:
    stored: set[str] = set()
    revisions = Revision.objects.exclude(blob__in=damaged).order_by("pk")
    for revision in revisions.select_related("blob").iterator(chunk_size=100):
        # A field that was declared later is NULL in older rows, and has a value in every row from then on.
        stored |= {name for name in FRONT_MATTER_KEYS if getattr(revision, name) is not None}
        if not revision.blob.is_redacted and not _matches_its_bytes(revision, stored):
            yield f"Revision {revision.pk}: the fields do not match the bytes."


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


def _changed_pages(damaged: Set[str]) -> Iterator[str]:
    """Compare each page's path with its parent's, and its draft with the revisions that are the draft.

    Drafts of which the content is among the digests in `damaged` are not compared.
    """
    pages = {page.pk: page for page in Page.objects.order_by("pk")}
    for page in pages.values():
        parent = pages.get(page.parent_id or 0)
        if page.path != (f"{parent.path}/{page.slug}" if parent else page.slug):
            yield f"Page {page}: its path does not consist of its parent's path and its slug."
    drafts: dict[int, set[str]] = {key: set() for key in pages}
    heads = Revision.objects.drafts()
    for key, language in heads.filter(blob__in=damaged).values_list("page", "language"):
        drafts[key].add(language)
    readable = heads.exclude(blob__in=damaged).select_related("blob").order_by("pk")
    for revision in readable.iterator(chunk_size=100):
        page, language = pages[revision.page_id], revision.language
        drafts[page.pk].add(language)
        columns = {} if revision.blob.is_redacted else draft_columns(revision.fields, language)
        if any((getattr(page, column, value) or "") != value for column, value in columns.items()):
            yield f"Page {page}: the draft in {language} does not match revision {revision.pk}."
    for key, languages in drafts.items():
        for language in set(settings.MODELTRANSLATION_LANGUAGES) - languages:
            if any(pages[key].draft_text(language).values()):
                yield f"Page {pages[key]}: the draft in {language} has no revision."


class _Log:
    """The comparison of all records with the rows that they are about, in the order of the log."""

    def __init__(self) -> None:
        self._published: set[int] = set()
        # By page: path and source language as recorded so far.
        self._places: dict[int, dict[str, Any]] = {}
        # The digests of contents that do not exist any more, and those that records name as redacted.
        self._redacted = set(Blob.objects.filter(content=None).values_list("pk", flat=True))
        self._redacted_by_records: set[str] = set()
        self._recorded_runs: set[int] = set()

    def problems(self) -> Iterator[str]:
        related = ("page", "version", "version__page", "commit", "commit__metadata")
        # What commits say is among the contents, which are checked on their own.
        records = PublicationRecord.objects.order_by("number").select_related(*related)
        records = records.defer("commit__metadata__content")
        # Small chunks: the commit of a record can name thousands of files.
        for record in records.iterator(chunk_size=50):
            name = _name(record)
            yield from _readable(name, (f"{name}: {problem}" for problem in self._record_problems(record)))
        for version in Version.objects.exclude(pk__in=self._published).select_related("page"):
            yield f"Page {version.page}, version {version.number}: it has no record."
        for commit in ImportedCommit.objects.exclude(records__kind=RecordKind.COMMIT).only("commit_id"):
            yield f"Commit {commit.commit_id}: it has no record."
        for run in ImportRun.objects.ended().exclude(pk__in=self._recorded_runs).only("source"):
            yield f"Import {run}: it has no record."
        for page in Page.objects.filter(pk__in=self._places).only("path", "source_language"):
            if self._places[page.pk] != {"path": page.path, "source_language": page.source_language}:
                yield f"Page {page}: its address or source language is not the recorded one."
        for digest in sorted(self._redacted - self._redacted_by_records):
            yield f"Content {digest}: it is missing, and no record says that it was redacted."

    def _record_problems(self, record: PublicationRecord) -> Iterator[str]:
        payload = hash_chain.parse_record(record.canonical)
        version = record.version
        if version is None and "version" in payload:
            yield "its version is missing."
            return
        texts = list(_texts(version)) if version and record.kind == RecordKind.PUBLISH else []
        details = {name: payload.get(name) for name in DETAILS.get(record.kind, ())}
        previous = payload.get("previous")
        expected = build_payload(
            record, previous=str(previous), details=details, texts=texts, base=_base(record, payload)
        )
        self._accept_redactions(record, texts, expected, payload)
        if changed := [name for name in sorted({*expected, *payload}) if expected.get(name) != payload.get(name)]:
            yield f"the stored rows do not match the record: {', '.join(changed)}."
        if unrecorded := [name for key, name in _COLUMNS.items() if key not in expected and getattr(record, name)]:
            yield f"the record does not contain: {', '.join(unrecorded)}."
        reasons = record.reason_digests.values() if record.reason_digests else ()
        if Blob.objects.filter(pk__in=reasons).count() < len(record.reason_digests):
            yield "a reason is missing."
        if version and version.page != record.page:
            yield "the version belongs to another page."
        if version and record.kind == RecordKind.PUBLISH:
            yield from self._publication_problems(record, version, texts)
        yield from self._place_problems(record, payload)
        if record.kind == RecordKind.IMPORT:
            yield from self._report_problems(payload)

    def _accept_redactions(
        self, record: PublicationRecord, texts: list[VersionText], expected: dict[str, Any], payload: dict[str, Any]
    ) -> None:
        """Take the digests of fields and files that were erased with a text or a commit from the record."""
        if record.kind == RecordKind.REDACT:
            self._redacted_by_records |= set(payload.get("digests") or ())
        if record.kind == RecordKind.COMMIT and record.commit and record.commit.metadata_id in self._redacted:
            expected["files"] = payload.get("files")
        version = payload.get("version")
        recorded = version.get("texts") if isinstance(version, dict) else None
        for text in texts:
            own = recorded.get(text.language) if isinstance(recorded, dict) else None
            is_erased = not text.revision.salt and not recorded_fields(text.revision)
            if is_erased and text.revision.digest in self._redacted and isinstance(own, dict):
                expected["version"]["texts"].get(text.language, {})["fields"] = own.get("fields")

    def _publication_problems(
        self, record: PublicationRecord, version: Version, texts: list[VersionText]
    ) -> Iterator[str]:
        self._published.add(version.pk)
        if version.published_at != record.at:
            yield "the version has another time of publication."
        for text in texts:
            if (text.revision.page_id, text.revision.language) != (version.page_id, text.language):
                yield f"the text in {text.language} belongs to another page or language."
        digests = {digest for text in texts for digest in text.pictures.values()}
        for digest in sorted(digests - set(Picture.objects.filter(pk__in=digests).values_list("pk", flat=True))):
            yield f"the picture {digest} is missing."

    def _report_problems(self, payload: dict[str, Any]) -> Iterator[str]:
        # Early databases have records of imports of which the reports were not kept.
        number = payload.get("run")
        for run in ImportRun.objects.filter(pk=number) if isinstance(number, int) else ():
            self._recorded_runs.add(run.pk)
            if report_digest(run) != payload.get("report"):
                yield "the report of the import is not the recorded one."

    def _place_problems(self, record: PublicationRecord, payload: dict[str, Any]) -> Iterator[str]:
        """Follow the page's address and source language: they change by records of their own."""
        published = {name: payload.get(name) for name in ("path", "source_language")}
        places = {
            RecordKind.PUBLISH: (published, published),
            RecordKind.PLACE: (payload.get("before"), payload.get("after")),
        }
        before, after = places.get(payload.get("kind", ""), (None, None))
        if record.page is None or not isinstance(after, dict):
            return
        if self._places.get(record.page.pk, before) != before:
            yield "the page had another address or source language before."
        self._places[record.page.pk] = after


def _name(record: PublicationRecord) -> str:
    page = f", page {record.page}" if record.page else ""
    return f"Record {record.number}{page}{f', version {record.version.number}' if record.version else ''}"


def _base(record: PublicationRecord, payload: dict[str, Any]) -> BaseVersion | None:
    """Return the earlier version that texts were carried over from, according to the record."""
    version = payload.get("version")
    carries = version.get("carries") if isinstance(version, dict) else None
    number = carries.get("from") if isinstance(carries, dict) else None
    if record.version is None or not isinstance(number, int) or number >= record.version.number:
        return None
    texts = _texts(Version(page_id=record.version.page_id, number=number))
    return BaseVersion(number, {text.language: text for text in texts})


def _texts(version: Version) -> QuerySet[VersionText]:
    texts = VersionText.objects.filter(version__page=version.page_id, version__number=version.number)
    return texts.select_related("revision").order_by("language")
