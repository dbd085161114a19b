"""`export_git DEST`: write what was published as a git repository."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.hugo.exporting.git_export import DifferentHistory, export_git
from pages.hugo.git.processes import GitFailed, InvalidRepository
from pages.management.progress import Progress
from pages.management.reports import tell


class Command(BaseCommand):
    """Arguments and output of the export."""

    help = (
        "Write what was published as a bare git repository of a Hugo site, one commit for each imported commit and for "
        "each publication made here; a second run appends what is new. Exit status: 0; 1 if something could not be "
        "written; 2 if the destination is not such a repository."
    )

    def add_arguments(self, parser):
        """Take the repository and the branch."""
        parser.add_argument(
            "destination", metavar="DEST", type=Path, help="a new folder, or a repository written before"
        )
        parser.add_argument("--ref", default="main", help="the branch to append to (main)")

    def handle(self, *, destination, ref, **options):
        """Export, and say what was done and what was not."""
        progress = Progress(self.stderr)
        try:
            report = export_git(destination, at=timezone.now(), ref=ref, progress=progress)
        except (DifferentHistory, InvalidRepository, GitFailed, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.end()
        tell(self, report)
