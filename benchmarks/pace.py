"""`python -m benchmarks.pace REPOSITORY`: take a history in, and print how many texts were there when."""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from django.utils import timezone

from pages.hugo.git.repository import Repository
from pages.hugo.importing import history_import
from pages.models import Revision
from pages.publishing.actors import system_actor

# Smaller batches than usual, for there have to be some in each quarter of the texts.
BYTES_A_BATCH = 2 * 1024 * 1024


def main(path: Path) -> None:
    """Print a list of pairs: seconds since the start, and texts that are stored by then."""
    began, marks = time.perf_counter(), [(0.0, 0)]

    def mark(_done: int, _total: int) -> None:
        marks.append((time.perf_counter() - began, Revision.objects.count()))

    history_import.BYTES_A_BATCH = BYTES_A_BATCH
    with Repository(path) as repository:
        run = history_import.HistoryImport(
            repository, by=system_actor("import_hugo"), now=timezone.now(), progress=mark
        )
        run.run()
    print(json.dumps(marks))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
