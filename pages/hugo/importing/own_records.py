"""Records and imported commits of this site whose exported commits come back with an import."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from uuid import UUID

from pages.history.hash_chain import parse_record
from pages.hugo.commits.own_commits import read_record_trailers
from pages.hugo.commits.page_changes import PageChanges
from pages.hugo.git.commits import Commit
from pages.models import ImportedCommit, PublicationRecord, Revision, VersionText
from pages.models.imported_commit import build_metadata
from pages.models.publication_record import RecordKind
from pages.publishing.sample.changes import is_sample
from pages.text.source import digest


class ExportedCommits:
    """The commits of other repositories that were imported here: an export writes them again, with other ids.

    `ids` are those of the repository that is being imported.
    """

    def __init__(self, ids: Sequence[str]):
        self._ids = frozenset(ids)

    def find(self, commit: Commit) -> ImportedCommit | None:
        """Return the imported commit with the same author, committer, dates and message, or None."""
        if not self._by_metadata:
            return None
        content = build_metadata(people_of(commit), commit.message).content
        key = self._by_metadata.get(bytes(content or b""))
        return ImportedCommit.objects.get(pk=key) if key else None

    @cached_property
    def _by_metadata(self) -> dict[bytes, int]:
        stored = ImportedCommit.objects.values_list("commit_id", flat=True)
        if self._ids.issuperset(stored):
            return {}
        rows = ImportedCommit.objects.values_list("pk", "commit_id", "metadata__content").iterator()
        return {bytes(content): key for key, commit, content in rows if content and commit not in self._ids}


def people_of(commit: Commit) -> list[str]:
    """Return author and committer as an imported commit stores them."""
    author, committer = commit.author, commit.committer
    people = (author.name, author.email, author.date, committer.name, committer.email, committer.date)
    return [storable(value) for value in people]


def storable(value: str) -> str:
    """Return a text without NUL, which separates the values, and which PostgreSQL cannot store."""
    return value.replace("\0", "\ufffd")


class OwnRecords:
    """The records of this site that the commits of a history were exported for, each for one: others are copies of it.

    A sample has none: the import starts over without it.
    """

    def __init__(self) -> None:
        self._found: set[tuple[int, str]] = set()
        self._is_sample = is_sample()

    def skip(self, message: bytes) -> None:
        """Note a commit before those that are imported."""
        if trailers := read_record_trailers(message):
            self._found.add(trailers)

    def find(self, message: bytes) -> PublicationRecord | None:
        """Return the record that a commit was exported for, if it is one of this site."""
        trailers = read_record_trailers(message)
        if self._is_sample or trailers is None or trailers in self._found:
            return None
        self._found.add(trailers)
        records = PublicationRecord.objects.select_related("page", "version")
        return records.filter(number=trailers[0], hash=trailers[1]).first()


def find_own_page(
    changes: PageChanges, record: PublicationRecord | None, original: ImportedCommit | None
) -> UUID | None:
    """Return the uuid of the page that a commit of this site changed, or None if that is not certain.

    Commits can be squashed, and messages copied: the record must be about a page with this address or these texts.
    """
    if record:
        page = record.page
        has_address = parse_record(record.canonical).get("path") == changes.current_address
        return page.uuid if page and (has_address or has_own_texts(changes, page.uuid)) else None
    owners = original.files if original else {}
    names = (text.file_name for text in changes.texts.values())
    return next((UUID(owners[name][0]) for name in names if owners.get(name)), None)


def published_versions(record: PublicationRecord | None, original: ImportedCommit | None) -> Iterator[tuple[int, int]]:
    """Yield the primary key of the page, and the number, of each version that an exported commit stands for."""
    if record and record.page and record.version:
        yield record.page.pk, record.version.number
    if original:
        records = PublicationRecord.objects.filter(commit=original, kind=RecordKind.PUBLISH)
        yield from records.values_list("page", "version__number")


def has_own_texts(changes: PageChanges, page: UUID) -> bool:
    """Tell whether a page has all changed texts: a commit can be changed after it was exported."""
    digests = {language: digest(text.content) for language, text in changes.texts.items()}
    known = Revision.objects.filter(page__uuid=page, blob__in=digests.values())
    return set(digests.items()) <= set(known.values_list("language", "blob"))


def deletes_published_texts(changes: PageChanges, record: PublicationRecord | None) -> bool:
    """Tell whether a commit deletes texts that the version of its record has: the export would have kept them."""
    deleted = set(changes.before) - changes.languages
    return bool(record and deleted and VersionText.objects.filter(version=record.version, language__in=deleted))
