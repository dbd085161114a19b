"""`import_hugo TREE`: publish the texts of a Hugo tree."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.hugo.importer import Report, import_tree
from pages.hugo.tree_reading import NoTree
from pages.publishing.actors import of_the_machine


class Command(BaseCommand):
    """Arguments and output of the import."""

    help = (
        "Publish the texts of a Hugo tree (content/LANGUAGE/…): new and changed ones become versions, dated by lastmod "
        "or date. Exit status: 0; 1 if something was left out; 2 if the tree could not be read."
    )

    def add_arguments(self, parser):
        """Take the tree's folder."""
        parser.add_argument("tree", type=Path, help="the folder that has content/ in it")

    def handle(self, *, tree, **options):
        """Import, and say what was done and what was not."""
        try:
            report = import_tree(tree.resolve(), by=of_the_machine("import_hugo"), now=timezone.now())
        except NoTree as error:
            raise CommandError(str(error), returncode=2) from error
        for line in summary(report):
            self.stdout.write(line)
        if not report.is_complete:
            sys.exit(1)


def summary(report: Report):
    """Yield the lines of a report: counts first, then each thing that did not go the plain way."""
    yield f"Pages made: {report.pages}. Versions published: {report.versions}. Pages unchanged: {report.unchanged}."
    for name in report.renamed:
        yield f"Renamed, for the site itself uses the name: {name}"
    for name in report.drafts:
        yield f"Kept as a draft, as its front matter says: {name}"
    for name in report.set_aside:
        yield f"Kept as a draft revision, for the page was edited here since: {name}"
    if report.not_served:
        yield f"Stored, but not served (SITE_LANGUAGES would serve them): {', '.join(sorted(report.not_served))}"
    for left_out in report.not_taken:
        yield f"Not taken: {left_out.file_name}: {left_out.why}"
