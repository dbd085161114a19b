"""`export_hugo DEST`: write what is in force as the folder of a Hugo site."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.hugo.exporting.tree_export import DestinationNotEmpty, export_tree
from pages.management.progress import Progress
from pages.management.reports import tell


class Command(BaseCommand):
    """Arguments and output of the export."""

    help = (
        "Write the texts and pictures in force as a Hugo site: byte for byte as they came, with lastmod and weight "
        "where they were edited here. Exit status: 0; 1 if something could not be "
        "written; 2 if DEST is there and not empty."
    )

    def add_arguments(self, parser):
        """Take the folder."""
        parser.add_argument("destination", metavar="DEST", type=Path, help="a new or empty folder")

    def handle(self, *, destination, **options):
        """Export, and say what was done and what was not."""
        progress = Progress(self.stderr)
        try:
            report = export_tree(destination, at=timezone.now(), progress=progress)
        except (DestinationNotEmpty, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.end()
        tell(self, report)
