"""Is the whole history what it was when it was published? The chain is followed, and every row compared with it."""

import json
from collections.abc import Iterator

from pages.history import hash_chain
from pages.history.hash_chain import Link
from pages.models import Picture, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.models.publication_record import Kind
from pages.text import source


def findings() -> Iterator[str]:
    """Yield a sentence for each place where the history does not hold; none at all if it is whole."""
    head = SiteCounter.objects.values_list("head", flat=True).first() or ""
    rows = PublicationRecord.objects.order_by("number").values_list("number", "canonical", "hash")
    if broken := hash_chain.first_broken_link((Link(*row) for row in rows.iterator()), head=head):
        yield f"Record {broken.number}: {broken.why}."
    yield from _changed_bytes()
    yield from _changed_versions()


def _changed_bytes() -> Iterator[str]:
    for revision in Revision.objects.only("digest", "source").order_by("pk").iterator(chunk_size=100):
        if source.digest(bytes(revision.source)) != revision.digest:
            yield f"Revision {revision.pk}: its bytes do not have its digest."
    for picture in Picture.objects.iterator(chunk_size=10):
        if source.digest(bytes(picture.content)) != picture.digest:
            yield f"Picture {picture.digest}: its bytes do not have its digest."


def _changed_versions() -> Iterator[str]:
    recorded = set()
    records = PublicationRecord.objects.filter(version__isnull=False).order_by("number")
    for record in records.select_related("version", "version__page").iterator():
        said, version = json.loads(record.canonical), record.version
        name = f"Record {record.number}, page {version.page}, version {version.number}"
        if said["page"] != str(version.page.uuid) or said["kind"] != record.kind or said["at"] != _said_at(record):
            yield f"{name}: the row beside the record says something else than the record."
        if record.kind == Kind.PUBLISH:
            recorded.add(version.pk)
            if said["version"] != hash_chain.version_entry(version, _texts(version)):
                yield f"{name}: what is stored is not what was recorded."
        elif said["version"]["number"] != version.number:
            yield f"{name}: the record is of version {said['version']['number']}."
    for version in Version.objects.exclude(pk__in=recorded).select_related("page"):
        yield f"Page {version.page}, version {version.number}: it was never recorded."


def _said_at(record: PublicationRecord) -> str:
    return hash_chain.moment(record.at)


def _texts(version: Version):
    texts = VersionText.objects.filter(version=version).select_related("revision").defer("revision__source")
    return texts.order_by("language")
