"""Resuming a history import: the state after the last imported commit, from what is stored about the commits."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from uuid import UUID

from pages.hugo.commits.commit_changes import FilePage
from pages.hugo.commits.declarations import locate_page_text
from pages.hugo.commits.page_changes import PageChangesReader
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.commits.text_files import read_text
from pages.hugo.git.repository import Repository
from pages.hugo.importing.source_files import git_file_changes
from pages.hugo.site_structure.declared_locations import DeclaredLocation
from pages.hugo.site_structure.structure import SiteStructure
from pages.models import ImportedCommit, Page

_TEXTS_PER_BATCH = 200
# A text without any of these shows no picture, sets no address and links to no Markdown file.
_RELEVANT = re.compile(rb"!\[|slug|url|permalink|menu|\.md|\.markdown", re.IGNORECASE)


def resume(
    repository: Repository, ids: Sequence[str], tracker: PageTracker, reader: PageChangesReader
) -> tuple[int, list[FilePage]]:
    """Restore the state after the last imported commit. Return the number of commits up to it, and the stored pages.

    Several imports thus have the same result as a single one.
    """
    imported = set(ImportedCommit.objects.values_list("commit_id", flat=True))
    last = max((position for position, commit in enumerate(ids) if commit in imported), default=-1)
    if last < 0:
        return 0, []
    # Filtered here, not in the query: databases limit the number of parameters.
    of_repository = frozenset(ids)
    rows = ImportedCommit.objects.order_by("pk").values_list("commit_id", "files", "site_structure").iterator()
    stored = {page.uuid: page for page in Page.objects.only("uuid", "path", "source_language")}
    commits = ((files, structure) for commit, files, structure in rows if commit in of_repository)
    pages, structure = _restore_pages(commits, stored)
    tracker.restore(git_file_changes(repository.tree(ids[last])), structure, pages)
    _read_texts(tracker, reader)
    for page in pages:
        reader.record_blobs(page)
        _restore_address(page, stored, reader)
    return last + 1, [page for page in pages if page.identifier in stored]


def _restore_pages(
    commits: Iterable[tuple[dict, dict | None]], stored: Mapping[UUID, Page]
) -> tuple[list[FilePage], SiteStructure | None]:
    """Return the pages that the commits created, with their files after the last commit, and the last site structure.

    Each commit has an owner by path (the page's uuid and the language, or None), and its site structure if it changed.
    """
    pages: dict[UUID, FilePage] = {}
    owners: dict[str, tuple[FilePage, str]] = {}
    structure: SiteStructure | None = None
    for files, structure_json in commits:
        for page in {owners[path][0]: None for path in files if path in owners}:
            # Move the page to the end of the dict. If several pages had the same key, the last one gets it in
            # `restore`: the one that was deleted last, whose file may come back.
            pages[page.identifier] = pages.pop(page.identifier)
            _restore_key(page, structure)
        structure = SiteStructure.from_json(structure_json) if structure_json else structure
        for path in files:
            if owner := owners.pop(path, None):
                page, language = owner
                if page.files.get(language) == path:
                    del page.files[language]
        for path, stored_owner in files.items():
            if stored_owner:
                identifier, language = UUID(stored_owner[0]), stored_owner[1]
                page = pages.pop(identifier) if identifier in pages else _new_page(identifier, stored)
                pages[identifier] = page
                page.files[language] = path
                owners[path] = page, language
    return list(pages.values()), structure


def _restore_key(page: FilePage, structure: SiteStructure | None) -> None:
    """Set the key by the leading file; a page without files keeps the key of its last one."""
    if not (language := page.leading_language) or not structure:
        return
    page.last_file = page.files[language]
    # Its front matter is not stored, but the language that it may have named is.
    if location := locate_page_text(structure, page.last_file, DeclaredLocation(language)):
        page.key = location.key


def _read_texts(tracker: PageTracker, reader: PageChangesReader) -> None:
    """Pass the reader the texts that set an address, show a picture or link to another text."""
    paths = iter(sorted(tracker.owners))
    while batch := list(islice(paths, _TEXTS_PER_BATCH)):
        contents = tracker.read([tracker.blobs[path] for path in batch])
        for path in batch:
            content = contents.get(tracker.blobs[path], b"")
            if _RELEVANT.search(content):
                # A text with an error was skipped when its commit was imported.
                with suppress(ValueError):
                    text = read_text(path, tracker.locations[path], content, follows_jekyll=tracker.follows_jekyll)
                    reader.record_text(tracker.owners[path], text, text.location.language)


def _new_page(identifier: UUID, stored: Mapping[UUID, Page]) -> FilePage:
    source_language = stored[identifier].source_language if identifier in stored else ""
    return FilePage(identifier, "", source_language=source_language)


def _restore_address(page: FilePage, stored: Mapping[UUID, Page], reader: PageChangesReader) -> None:
    if page.identifier not in stored:
        return
    with suppress(ValueError):
        page.wanted_address = reader.wanted_address(page)
    address, wanted = stored[page.identifier].path, page.wanted_address
    # The import adds a suffix to an address that another page has. With any other path, an editor moved the page,
    # and its files still claim the address that they had.
    if wanted is not None and not re.fullmatch(re.escape(wanted) + r"(-former)?(-?\d+)?", address):
        address = wanted
    reader.assign_address(page, address)
