"""How long work ends: with a summary, and with 1 where something was left out."""

import sys

from django.core.management.base import BaseCommand


def tell(command: BaseCommand, report, *more: str) -> None:
    """Print a report's lines and what is to be said besides; end with 1 unless all was done."""
    for line in (*report.lines(), *more):
        command.stdout.write(line)
    if not report.is_complete:
        sys.exit(1)
