"""Bringing a Hugo tree in, as it is now: pages are made where they are missing, and their texts published."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from pages.hugo.importing.page_importer import PageImporter
from pages.hugo.importing.report import ImportReport
from pages.hugo.site_structure.detection import NoContentFound
from pages.publishing.actors import Actor
from pages.publishing.importing.batches import Batches

# How many texts a transaction takes in: others wait for it to end.
TEXTS_A_BATCH = 300

Read = Callable[[Sequence[str]], Mapping[str, bytes]]
Progress = Callable[[int, int], None]


def import_tree(
    root: Path, *, by: Actor, now: datetime, notes: Mapping[str, str] | None = None, **options
) -> ImportReport:
    """Publish every text of a folder that changed since the last import; what `import_files` says holds for it."""
    files = FolderFiles(root)
    return import_files(files.changes(), files.read, by=by, now=now, notes=notes, **options)


def import_commit_tree(path: Path, *, ref: str | None = None, **options) -> ImportReport:
    """Publish what a commit of a repository holds (its HEAD if none is named), as `import_files` says."""
    with Repository(path) as repository:
        return import_files(file_changes(repository.tree(ref)), blob_reader(repository), **options)


@transaction.atomic
def dry_run_import(take: Callable[..., ImportReport], source: Path, **arguments) -> ImportReport:
    """Return what an import would report, and leave everything as it is."""
    report = take(source, **arguments)
    transaction.set_rollback(True)
    return report


def import_files(
    files: Iterable[FileChange],
    read: Read,
    *,
    by: Actor,
    now: datetime,
    notes: Mapping[str, str] | None = None,
    languages: Collection[str] = (),
    progress: Progress = lambda _done, _total: None,
) -> ImportReport:
    """Publish the texts of a tree's files, each dated by its own lastmod or date. Raises NoContentFound.

    A page is taken in whole or not at all; one that fails is named in the report and does not stop the others.
    """
    zone, report = ZoneInfo(settings.TIME_ZONE), ImportReport()
    tracker = PageTracker(read, settings.MODELTRANSLATION_LANGUAGES, settings.LANGUAGE_CODE, frozenset(languages))
    commit_changes = tracker.apply(files, "tree")
    if tracker.structure is None:
        raise NoContentFound(tracker.structure_error)
    reader = PageChangesReader(
        tracker, read, languages=settings.MODELTRANSLATION_LANGUAGES, fallback_language=settings.LANGUAGE_CODE
    )
    arrivals, batches, done = PageImporter(read, report, zone), Batches(by=by), 0
    for part in commit_changes.split(TEXTS_A_BATCH):
        page_changes = reader.read_changes(part)
        report.skipped += reader.skipped
        report.renamed += reader.renamed
        _leave_out_undated(page_changes, zone, report)
        with batches.batch(now) as intake:
            arrivals.join(intake, page_changes)
            pages = arrivals.pages_of(intake, page_changes, at=now)
            for one in page_changes:
                if one.page in pages:
                    arrivals.take_tree(intake, pages[one.page], one, notes or {})
                    arrivals.remark(one, now)
            report.redirects_dropped += [f"/{path}/" for path in intake.tree.replaced_redirects]
        batches.forget()
        done += len(page_changes)
        progress(done, len(commit_changes.pages))
    return report


def _leave_out_undated(page_changes: Iterable[PageChanges], zone: ZoneInfo, report: ImportReport) -> None:
    """Leave out texts that name a day which is none: whoever wrote it has to say when readers got it."""
    for one in page_changes:
        for language, text in list(one.texts.items()):
            try:
                text.modified_at(zone)
            except ValueError as error:
                report.skipped.append(SkippedFile(text.file_name, str(error)))
                del one.texts[language]
