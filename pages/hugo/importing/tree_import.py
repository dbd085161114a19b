"""Import of a Hugo tree without history: missing pages are created, and new and changed texts are published."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from pages.hugo.commits.commit_changes import FileChange, SkippedFile
from pages.hugo.commits.page_changes import PageChanges, PageChangesReader
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.git.repository import Repository
from pages.hugo.importing.folder_files import FolderFiles
from pages.hugo.importing.git_files import blob_reader, file_changes
from pages.hugo.importing.page_importer import PageImporter, ReadBlobs
from pages.hugo.importing.report import ImportReport
from pages.hugo.site_structure.detection import NoContentFound
from pages.publishing.actors import Actor
from pages.publishing.importing.batches import Batches
from pages.publishing.importing.importer import Importer

# A transaction imports about this many texts: other writers wait until it ends.
BATCH_TEXTS = 300


def import_tree(
    root: Path, *, by: Actor, now: datetime, notes: Mapping[str, str] | None = None, **options
) -> ImportReport:
    """Import a folder; see `import_files`."""
    files = FolderFiles(root)
    return import_files(files.changes(), files.read, by=by, now=now, notes=notes, **options)


def import_commit_tree(path: Path, *, ref: str | None = None, **options) -> ImportReport:
    """Import the files of one commit of a repository, by default HEAD; see `import_files`."""
    with Repository(path) as repository:
        return import_files(file_changes(repository.tree(ref)), blob_reader(repository), **options)


@transaction.atomic
def dry_run_import(import_function: Callable[..., ImportReport], source: Path, **arguments) -> ImportReport:
    """Return the report that an import would return, and change nothing."""
    report = import_function(source, **arguments)
    transaction.set_rollback(True)
    return report


def import_files(
    files: Iterable[FileChange],
    read: ReadBlobs,
    *,
    by: Actor,
    now: datetime,
    notes: Mapping[str, str] | None = None,
    languages: Collection[str] = (),
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ImportReport:
    """Publish the new and changed texts of a tree. Each is dated by its lastmod or date. Raises NoContentFound.

    `notes` are the change notes by language; `languages` limits the import. Files with errors are skipped and
    reported; the others are imported.
    """
    zone, report = ZoneInfo(settings.TIME_ZONE), ImportReport()
    known, fallback = settings.MODELTRANSLATION_LANGUAGES, settings.LANGUAGE_CODE
    tracker = PageTracker(read, known, fallback, frozenset(languages))
    commit_changes = tracker.apply(files, "tree")
    if tracker.structure is None:
        raise NoContentFound(tracker.structure_error)
    reader = PageChangesReader(tracker, read, languages=known, fallback_language=fallback)
    page_importer, batches, done = PageImporter(read, report, zone), Batches(by=by), 0
    for part in commit_changes.split(BATCH_TEXTS):
        page_changes = reader.read_changes(part)
        report.skipped += reader.skipped
        report.renamed += reader.renamed
        _skip_invalid_dates(page_changes, zone, report)
        with batches.batch(now) as importer:
            _import_pages(importer, page_importer, page_changes, notes or {}, now)
            report.redirects_removed += [f"/{path}/" for path in importer.tree.replaced_redirects]
        # Every page is imported once, so the states of pages are not needed again.
        batches.forget()
        done += len(page_changes)
        progress(done, len(commit_changes.pages))
    return report


def _import_pages(
    importer: Importer,
    page_importer: PageImporter,
    page_changes: Collection[PageChanges],
    notes: Mapping[str, str],
    now: datetime,
) -> None:
    page_importer.match_existing_pages(importer, page_changes)
    pages = page_importer.prepare_pages(importer, page_changes, at=now)
    for changes in page_changes:
        if changes.page in pages:
            page_importer.import_tree(importer, pages[changes.page], changes, notes)
            page_importer.add_remarks(changes, now)


def _skip_invalid_dates(page_changes: Iterable[PageChanges], zone: ZoneInfo, report: ImportReport) -> None:
    # The publication date of a text cannot be guessed: its author must correct it.
    for changes in page_changes:
        for language, text in list(changes.texts.items()):
            try:
                text.modified_at(zone)
            except ValueError as error:
                report.skipped.append(SkippedFile(text.file_name, str(error)))
                del changes.texts[language]
