"""`import_hugo SOURCE`: import the texts of a Hugo site, or its whole git history."""

from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.hugo.git.processes import GitFailed, InvalidRepository
from pages.hugo.git.repository import Repository
from pages.hugo.importing.history_import import ConcurrentImport, HistoryImport
from pages.hugo.importing.tree_import import dry_run_import, import_commit_tree, import_tree
from pages.hugo.site_structure.detection import NoContentFound
from pages.management.progress import Progress
from pages.management.reports import print_report
from pages.publishing.actors import system_actor


class Command(BaseCommand):
    help = (
        "Import the texts of a Hugo site or content folder: new and changed texts are published, dated by lastmod or "
        "date. With --history, every commit of a git repository that changes a page becomes a version of it; another "
        "run imports what is new. Exit status: 0; 1 if something was skipped; 2 if the source cannot be read."
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

    def handle(self, *, source, history, ref, dry_run, languages, notes, **options):
        progress = Progress(self.stderr)
        arguments = {
            "by": system_actor("import_hugo"),
            "now": timezone.now(),
            "languages": _parse_languages(languages),
            "progress": progress,
        }
        try:
            if history:
                with Repository(source) as repository:
                    run = HistoryImport(repository, ref=ref, has_notes=notes == "subject", **arguments)
                    report = run.dry_run() if dry_run else run.run()
            else:
                import_function = import_tree
                if ref is not None or is_bare_repository(source):
                    import_function = partial(import_commit_tree, ref=ref)
                if dry_run:
                    import_function = partial(dry_run_import, import_function)
                report = import_function(source, **arguments)
        except (NoContentFound, InvalidRepository, GitFailed, ConcurrentImport) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.end()
        print_report(self, report, *(["Dry run: nothing was imported."] if dry_run else []))


def is_bare_repository(source: Path) -> bool:
    # It has no files to read, only commits.
    return (source / "HEAD").is_file() and (source / "objects").is_dir()


def _parse_languages(languages: str) -> frozenset[str]:
    return frozenset(tag.strip().lower().replace("_", "-") for tag in languages.split(",") if tag.strip())
