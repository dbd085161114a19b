"""`import_hugo SOURCE`: publish the texts of a Hugo site, or its whole git history."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.hugo.git.processes import GitFailed
from pages.hugo.git.repository import InvalidRepository, Repository
from pages.hugo.importing.history_import import ConcurrentImport, HistoryImport
from pages.hugo.importing.tree_import import dry_run_import, import_commit_tree, import_tree
from pages.hugo.site_structure.detection import NoContentFound
from pages.management.progress import Progress
from pages.management.reports import tell
from pages.publishing.actors import system_actor


class Command(BaseCommand):
    """Arguments and output of the import."""

    help = (
        "Publish the texts of a Hugo site or content folder: new and changed ones become versions, dated by lastmod or "
        "date. With --history, every commit of a git repository that changes a page becomes a version of it; a second "
        "run takes what is new. Exit status: 0; 1 if something was left out; 2 if the source could not be read."
    )

    def add_arguments(self, parser):
        """Take the source, and what of it is wanted."""
        parser.add_argument("source", type=Path, help="a Hugo site, a content folder, or a git repository")
        parser.add_argument("--history", action="store_true", help="take every commit along the first parents")
        parser.add_argument("--ref", help="the branch, tag or commit to read (the repository's HEAD)")
        parser.add_argument("--dry-run", action="store_true", help="print the same summary and write nothing")
        parser.add_argument("--languages", metavar="en,ru", default="", help="take texts in these languages alone")
        parser.add_argument(
            "--notes",
            choices=["subject", "none"],
            default="subject",
            help="what readers see as the note on a change: the commit's subject (the default), or nothing",
        )

    def handle(self, *, source, history, ref, dry_run, languages, notes, **options):
        """Import, and say what was done and what was not."""
        by, now, progress = system_actor("import_hugo"), timezone.now(), Progress(self.stderr)
        wanted = {"by": by, "now": now, "languages": _tags(languages), "progress": progress}
        try:
            if history:
                with Repository(source) as repository:
                    run = HistoryImport(repository, ref=ref, has_notes=notes == "subject", **wanted)
                    report = run.dry_run() if dry_run else run.run()
            else:
                take = import_tree if ref is None and not is_bare(source) else import_commit_tree
                arguments = {**wanted, **({"ref": ref} if take is import_commit_tree else {})}
                report = dry_run_import(take, source, **arguments) if dry_run else take(source, **arguments)
        except (NoContentFound, InvalidRepository, GitFailed, ConcurrentImport) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.end()
        tell(self, report, *(["Nothing was written."] if dry_run else []))


def is_bare(source: Path) -> bool:
    """Tell whether a folder is a repository without a work tree."""
    return (source / "HEAD").is_file() and (source / "objects").is_dir()


def _tags(languages: str) -> frozenset[str]:
    return frozenset(tag.strip().lower().replace("_", "-") for tag in languages.split(",") if tag.strip())
