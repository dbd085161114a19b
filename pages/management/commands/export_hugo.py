"""`export_hugo DEST`: export what is in force to the folder of a Hugo site."""

from pathlib import Path

from django.utils import timezone

from pages.hugo.exporting.tree_export import DestinationNotEmpty, export_tree
from pages.management.reports import TransferCommand


class Command(TransferCommand):
    refusals = (DestinationNotEmpty, OSError)
    help = (
        "Export the texts and pictures in force as a Hugo site. Imported texts are exported byte for byte; texts that "
        "were edited on this site get lastmod and weight. Exit status: 0; 1 if something could not be written; 2 if "
        "DEST is not empty."
    )

    def add_arguments(self, parser):
        parser.add_argument("destination", metavar="DEST", type=Path, help="a new or empty folder")

    def transfer(self, *, destination, progress, **options):
        return export_tree(destination, at=timezone.now(), progress=progress)
