"""Is the whole history what it was when it was published? The chain is followed, and every row compared with it."""

from collections.abc import Iterator

from pages.history import hash_chain
from pages.history.hash_chain import ChainLink
from pages.models import Picture, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.models.publication_record import RecordKind
from pages.text import source


def find_problems() -> Iterator[str]:
    """Yield a sentence for each place where the history does not hold; none at all if it is whole."""
    head = SiteCounter.objects.values_list("head", flat=True).first() or ""
    rows = PublicationRecord.objects.order_by("number").values_list("number", "canonical", "hash")
    if broken := hash_chain.first_broken_link((ChainLink(*row) for row in rows.iterator()), head=head):
        yield f"Record {broken.number}: {broken.why}."
    yield from _changed_bytes()
    yield from _changed_versions()


def _changed_bytes() -> Iterator[str]:
    for revision in Revision.objects.order_by("pk").iterator(chunk_size=100):
        if source.digest(bytes(revision.source)) != revision.digest:
            yield f"Revision {revision.pk}: its bytes do not have its digest."
        elif not _has_titles_of_its_bytes(revision):
            yield f"Revision {revision.pk}: its titles or its description are not those of its bytes."
    for picture in Picture.objects.iterator(chunk_size=10):
        if source.digest(bytes(picture.content)) != picture.digest:
            yield f"Picture {picture.digest}: its bytes do not have its digest."


def _has_titles_of_its_bytes(revision: Revision) -> bool:
    """Tell whether lists show what the text says of itself; a title that it lacks may have come from elsewhere."""
    try:
        parsed = source.parse(bytes(revision.source))
    except source.InvalidFrontMatter:
        return False
    said = {name: getattr(parsed.fields, name) for name in source.FRONT_MATTER_KEYS}
    if not parsed.front_matter.get(parsed.resolve_key("title"), "").strip():
        said["title"] = revision.title
    return said == {name: getattr(revision, name) for name in source.FRONT_MATTER_KEYS}


def _changed_versions() -> Iterator[str]:
    recorded = set()
    records = PublicationRecord.objects.order_by("number").select_related("page", "version", "version__page", "commit")
    # Each record brings its commit along, which names every file that it changed: there may be thousands.
    for record in records.iterator(chunk_size=50):
        if record.kind == RecordKind.PUBLISH and record.version:
            recorded.add(record.version.pk)
        yield from (f"{_name(record)}: {why}" for why in _troubles(record))
    for version in Version.objects.exclude(pk__in=recorded).select_related("page"):
        yield f"Page {version.page}, version {version.number}: it was never recorded."


def _name(record: PublicationRecord) -> str:
    page = f", page {record.page}" if record.page else ""
    return f"Record {record.number}{page}{f', version {record.version.number}' if record.version else ''}"


def _troubles(record: PublicationRecord) -> Iterator[str]:
    said, version = hash_chain.parse_record(record.canonical), record.version
    if version is None and said.get("version") is not None:
        yield "the version that it is of is missing."
        return
    if _beside(record) != {name: said.get(name) for name in _beside(record)}:
        yield "the row beside the record says something else than the record."
    if record.commit and said.get("commit") != record.commit.commit_id:
        yield "the commit that brought it is another one."
    if record.kind == RecordKind.IMPORT and (
        not record.commit or said.get("imported") != hash_chain.commit_digest(record.commit)
    ):
        yield "what is kept of the commit is not what was recorded."
    if record.kind != RecordKind.PUBLISH:
        if said.get("version") != hash_chain.version_field(version, ()):
            yield "the record is of another version."
        return
    if version is None:
        yield "the version that it is of is missing."
        return
    texts = list(_texts(version))
    if said.get("version") != hash_chain.version_payload(version, texts, _base(version, said)):
        yield "what is stored is not what was recorded."
    shown = {digest for text in texts for digest in text.pictures.values()}
    for digest in sorted(shown - set(Picture.objects.filter(pk__in=shown).values_list("pk", flat=True))):
        yield f"the picture {digest} is missing."


def _base(version: Version, said: dict) -> hash_chain.BaseVersion | None:
    """Return the version that the record says some of the texts stood in before; it has a record of its own."""
    carries = (said.get("version") or {}).get("carries")
    number = carries.get("from") if isinstance(carries, dict) else None
    if not isinstance(number, int) or number >= version.number:
        return None
    texts = _texts(Version(page_id=version.page_id, number=number))
    return hash_chain.BaseVersion(number, {text.language: text for text in texts})


def _beside(record: PublicationRecord) -> dict:
    # The version leads to a page as well: both have to be the one recorded.
    is_of_one_page = record.version is None or record.version.page == record.page
    page = str(record.page.uuid) if record.page and is_of_one_page else None
    beside = {"page": page, "kind": record.kind, "at": hash_chain.format_timestamp(record.at)}
    # A reason that was erased leaves its digest in the record.
    beside |= {"reason": hash_chain.mapping_digest(record.reasons)} if record.reasons else {}
    if record.kind == RecordKind.CONFIRM:
        beside["confirmed"] = hash_chain.confirmation_payload(record.language, record.text_digest)
    return beside


def _texts(version: Version):
    texts = VersionText.objects.filter(version__page=version.page_id, version__number=version.number)
    return texts.select_related("revision").defer("revision__source").order_by("language")
