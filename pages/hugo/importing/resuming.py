"""Going on where the last import of a repository ended: the files as they were then, and whose texts they are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from uuid import UUID

from pages.hugo.commits.commit_changes import FilePage
from pages.hugo.commits.page_changes import PageChangesReader
from pages.hugo.commits.page_tracker import PageTracker, locate_page_text
from pages.hugo.commits.text_files import read_text
from pages.hugo.git.repository import Repository
from pages.hugo.importing.git_files import blob_reader, file_changes
from pages.hugo.importing.page_importer import PageImporter
from pages.hugo.site_structure.structure import SiteStructure
from pages.models import ImportedCommit, Page

_AT_ONCE = 200
# A text without any of these shows no picture and names no address.
_TELLS_MORE = re.compile(rb"!\[|slug|url", re.IGNORECASE)


def resume(
    repository: Repository, ids: Sequence[str], tracker: PageTracker, reader: PageChangesReader, arrivals: PageImporter
) -> int:
    """Bring a tracker to the state after the last of the commits that was taken in; return how many those are.

    What is stored of the commits tells it, so that the rest comes in as if it had all come in at once.
    """
    known = set(ImportedCommit.objects.values_list("commit_id", flat=True))
    last = max((position for position, name in enumerate(ids) if name in known), default=-1)
    if last < 0:
        return 0
    # Other repositories may have been taken in as well; no database takes so many ids in one question.
    here = frozenset(ids)
    rows = ImportedCommit.objects.order_by("pk").values_list("commit_id", "files", "site_structure").iterator()
    stored = {page.uuid: page for page in Page.objects.only("uuid", "path", "source_language")}
    pages, structure = _pages_of(((files, structure) for name, files, structure in rows if name in here), stored)
    tracker.restore(file_changes(repository.tree(ids[last])), structure, pages)
    tracker.restore_keys(pages)
    _read_what_texts_tell(tracker, reader, blob_reader(repository))
    for page in pages:
        _restore_address(page, stored, reader)
    arrivals.know(page for page in pages if page.identifier in stored)
    return last + 1


def _pages_of(
    rows: Iterable[tuple[Mapping, Mapping | None]], stored: Mapping[UUID, Page]
) -> tuple[list[FilePage], SiteStructure | None]:
    """Return the pages that commits made, with their files after the last of them, and the last structure."""
    pages: dict[UUID, FilePage] = {}
    owners: dict[str, tuple[FilePage, str]] = {}
    read_by: SiteStructure | None = None
    for files, structure in rows:
        for page in {owners[path][0]: None for path in files if path in owners}:
            # Of those that are gone from one place, the last one is the one that comes back.
            pages[page.identifier] = pages.pop(page.identifier)
            # It is the leading file that says where a page stands, and where one stood that is gone.
            page.last_file = page.files.get(page.leading_language(), page.last_file)
            if read_by and (place := locate_page_text(read_by, page.last_file)):
                page.key = place.key
        read_by = SiteStructure.from_json(structure) if structure else read_by
        for path in files:
            if before := owners.pop(path, None):
                page, language = before
                if page.files.get(language) == path:
                    del page.files[language]
        for path, owned in files.items():
            if owned:
                identifier, language = UUID(owned[0]), owned[1]
                page = pages[identifier] = pages.pop(identifier, None) or _page(identifier, stored)
                page.files[language] = path
                owners[path] = page, language
    return list(pages.values()), read_by


def _read_what_texts_tell(tracker: PageTracker, reader: PageChangesReader, read) -> None:
    """Let the reader know the addresses that texts name and the pictures that they show."""
    paths = iter(sorted(tracker.owners))
    while some := list(islice(paths, _AT_ONCE)):
        contents = read([tracker.blobs[path] for path in some])
        for path in some:
            content = contents.get(tracker.blobs[path], b"")
            if _TELLS_MORE.search(content):
                # What could not be taken then is not taken now.
                with suppress(ValueError):
                    text = read_text(path, tracker.locations[path], content)
                    reader.record_text(tracker.owners[path], text, text.location.language)


def _page(identifier: UUID, stored: Mapping[UUID, Page]) -> FilePage:
    source = stored[identifier].source_language if identifier in stored else ""
    return FilePage(identifier, "", source_language=source)


def _restore_address(page: FilePage, stored: Mapping[UUID, Page], reader: PageChangesReader) -> None:
    there = stored.get(page.identifier)
    with suppress(ValueError):
        page.wanted_address = reader.wanted_address(page)
    if there is None:
        page.wanted_address = None
        return
    wanted = page.wanted_address
    is_own = wanted is None or re.fullmatch(re.escape(wanted) + r"(-former)?(-?\d+)?", there.path)
    # Where an editor has moved the page, its files go on asking for the address that they asked for.
    reader.assign_address(page, there.path if is_own else wanted)
