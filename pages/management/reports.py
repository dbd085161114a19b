"""The final output of imports and exports."""

import sys

from django.core.management.base import BaseCommand

from pages.hugo.exporting.report import ExportReport
from pages.hugo.importing.report import ImportReport


def print_report(command: BaseCommand, report: ImportReport | ExportReport, *more_lines: str) -> None:
    """Print a report, and exit with status 1 if it is not complete."""
    for line in (*report.lines(), *more_lines):
        command.stdout.write(line)
    if not report.is_complete:
        # Not a CommandError, which would print a message of its own: the report already says what is missing.
        sys.exit(1)
