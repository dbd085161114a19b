"""`export_git DEST`: export everything that was published to a git repository."""

from pathlib import Path

from django.utils import timezone

from pages.hugo.exporting.git_export import DifferentHistory, export_git
from pages.hugo.git.processes import GitFailed, InvalidRepository
from pages.management.reports import TransferCommand


class Command(TransferCommand):
    refusals = (DifferentHistory, InvalidRepository, GitFailed, OSError)
    help = (
        "Export everything that was published as a bare git repository of a Hugo site: one commit for each imported "
        "commit and for each change made on this site. Another run appends what is new. Exit status: 0; 1 if something "
        "could not be written; 2 if the destination cannot be used."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "destination", metavar="DEST", type=Path, help="a new folder, or a repository from an earlier export"
        )
        parser.add_argument("--ref", default="main", help="the branch to append to (default: main)")

    def transfer(self, *, destination, ref, progress, **options):
        return export_git(destination, at=timezone.now(), ref=ref, progress=progress)
