"""`python -m benchmarks.batch_times REPOSITORY`: import a history, and print how its time grows.

Seconds are those of the clock in `texts`, and processor seconds of this process, without git's, in the others.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

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
    """Print a JSON object of lists of pairs, each of seconds and a count at that time.

    `texts`: texts stored, per batch, since the plan was made; `planned` and `written`: commits.
    """
    texts, planned, written = [(0.0, 0)], [(0.0, 0)], [(0.0, 0)]

    class TimedImport(history_import.HistoryImport):
        def _plan_commit(self, position: int, *arguments: Any) -> history_import.PlannedCommit:
            nonlocal began
            if len(planned) == 1:
                # All commits are read before the first one is planned.
                began = time.process_time()
            result = super()._plan_commit(position, *arguments)
            planned.append((time.process_time() - began, position + 1))
            return result

    def record_batch(done: int, _total: int) -> None:
        written.append((time.process_time() - began, done))
        texts.append((time.perf_counter() - started, Revision.objects.count()))

    history_import.BATCH_BYTES = BATCH_BYTES
    with Repository(path) as repository:
        actor, now = system_actor("import_hugo"), timezone.now()
        history = TimedImport(repository, by=actor, now=now, progress=record_batch)
        began = time.process_time()
        history.plan()
        started, began = time.perf_counter(), time.process_time()
        history.write()
    print(json.dumps({"texts": texts, "planned": planned, "written": written}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
