"""`python -m benchmarks.batch_times REPOSITORY`: import a history; print the time and the stored texts per batch."""

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

# Smaller than in production, so that each quarter of the texts has several batches.
BATCH_BYTES = 2 * 1024 * 1024


def main(path: Path) -> None:
    """Print JSON pairs, one per batch: seconds since the plan was made, and the number of texts stored."""
    batches = [(0.0, 0)]

    def record_batch(_done: int, _total: int) -> None:
        batches.append((time.perf_counter() - started, Revision.objects.count()))

    history_import.BATCH_BYTES = BATCH_BYTES
    with Repository(path) as repository:
        actor, now = system_actor("import_hugo"), timezone.now()
        history = history_import.HistoryImport(repository, by=actor, now=now, progress=record_batch)
        history.plan()
        started = time.perf_counter()
        history.write()
    print(json.dumps(batches))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
