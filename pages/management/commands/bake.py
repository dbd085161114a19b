"""`bake DEST`: write the public site as files that any web server can serve."""

import argparse
import gc
import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from pages.baking.answers.application import StateChanged, UnexpectedAnswer
from pages.baking.bake import bake
from pages.baking.report import BakeReport
from pages.baking.writing.folders import DestinationRefused
from pages.management.progress import Progress
from pages.management.reports import TransferCommand

ATTEMPTS = 3


class Command(TransferCommand):
    # A process that was killed, such as for want of memory, breaks the pool.
    refusals = (DestinationRefused, UnexpectedAnswer, BrokenProcessPool, OSError)
    help = (
        "Write a static copy of the public site: files that any web server can serve. DEST is a new or empty folder, "
        "or a former copy, of which only what changed is written. Exit status: 0; 1 if the copy has a broken link; 2 "
        "if nothing was written."
    )

    def add_arguments(self, parser):
        parser.add_argument("destination", metavar="DEST", type=Path, help="a new or empty folder, or a former copy")
        parser.add_argument("--jobs", type=_positive, default=os.cpu_count(), help="the number of processes")

    def transfer(self, *, destination: Path, jobs: int, progress: Progress, **options) -> BakeReport:
        if not settings.SITE_URL:
            raise CommandError("Set SITE_URL: the pages of a static copy name their own address.", returncode=2)
        collect_assets()
        # What is loaded stays until the end: no collection has to look at it again, which would take a tenth of a run.
        gc.freeze()
        for _attempt in range(ATTEMPTS):
            try:
                return bake(destination, at=timezone.now(), jobs=jobs, progress=progress)
            except StateChanged:
                continue
        raise CommandError(f"The site changed during each of {ATTEMPTS} attempts: try again later.", returncode=2)


def collect_assets() -> None:
    """Collect the static files if one is newer than the last collection, which takes seconds."""
    collected = Path(settings.STATIC_ROOT, "staticfiles.json")
    found = (storage.path(name) for finder in get_finders() for name, storage in finder.list([]))
    if not collected.exists() or any(os.path.getmtime(path) > collected.stat().st_mtime for path in found):
        call_command("collectstatic", interactive=False, verbosity=0)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1")
    return int(text)
