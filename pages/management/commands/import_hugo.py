"""`import_hugo SOURCE`: import the texts of a Hugo site, or its whole git history."""

from contextlib import ExitStack
from pathlib import Path

from django.utils import timezone

from pages.hugo.git.processes import GitFailed, InvalidRepository
from pages.hugo.git.repository import Repository
from pages.hugo.importing.history_import import ConcurrentImport, HistoryImport
from pages.hugo.importing.source_files import FolderFiles, blob_reader, git_file_changes
from pages.hugo.importing.source_import import SourceImport
from pages.hugo.importing.tree_import import TreeImport
from pages.hugo.site_structure.detection import NoContentFound
from pages.management.reports import TransferCommand
from pages.models import ImportRun
from pages.presentation.import_report import present_log
from pages.publishing.actors import system_actor
from pages.publishing.importing.runs import RunLog, begin_run, discard_run, end_run
from pages.publishing.records import ClockBehind


class Command(TransferCommand):
    refusals = (NoContentFound, InvalidRepository, GitFailed, ConcurrentImport, ClockBehind)
    help = (
        "Import the texts of a Hugo site or content folder: new and changed texts are published, dated by lastmod or "
        "date. With --history, every commit of a git repository that changes a page becomes a version of it; another "
        "run imports what is new. Exit status: 0; 1 if something was skipped; 2 if the source cannot be read, or if "
        "the clock is wrong."
    )

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path, help="a Hugo site, a content folder, or a git repository")
        parser.add_argument("--history", action="store_true", help="import every commit along first parents")
        parser.add_argument("--ref", help="the branch, tag or commit to read (default: HEAD)")
        parser.add_argument("--dry-run", action="store_true", help="print the report and import nothing")
        parser.add_argument("--languages", metavar="en,ru", default="", help="import texts in these languages only")
        parser.add_argument(
            "--notes",
            choices=["subject", "none"],
            default="subject",
            help="the change note of a version: the commit's subject (default) or none",
        )

    def transfer(self, *, source, history, ref, dry_run, languages, notes, progress, **options):
        by, now = system_actor("import_hugo"), timezone.now()
        read_as = {"history": history, "ref": ref, "languages": sorted(_parse_languages(languages)), "notes": notes}
        log = RunLog(ImportRun(options=read_as))
        if not dry_run:
            log = begin_run(source=source.resolve().name, options=read_as, plan={}, by=by, now=now)
        arguments = {
            "by": by,
            "now": now,
            "languages": _parse_languages(languages),
            "progress": progress,
            "log": log,
        }
        with ExitStack() as stack:
            is_repository = history or ref is not None or is_bare_repository(source)
            repository = stack.enter_context(Repository(source)) if is_repository else None
            if repository is None:
                files = FolderFiles(source)
                source_import: SourceImport = TreeImport(files.changes(), files.read, **arguments)
            elif history:
                source_import = HistoryImport(repository, ref=ref, has_notes=notes == "subject", **arguments)
            else:
                changes = git_file_changes(repository.tree(ref))
                source_import = TreeImport(changes, blob_reader(repository), **arguments)
            if dry_run:
                return present_log(source_import.dry_run())
            try:
                source_import.run()
            except self.refusals:
                discard_run(log)
                raise
            report = present_log(log)
            end_run(log, by=by, now=timezone.now())
            return report


def is_bare_repository(source: Path) -> bool:
    # It has no files to read, only commits.
    return (source / "HEAD").is_file() and (source / "objects").is_dir()


def _parse_languages(languages: str) -> frozenset[str]:
    return frozenset(tag.strip().lower().replace("_", "-") for tag in languages.split(",") if tag.strip())
