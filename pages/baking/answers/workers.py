"""Processes that bake groups of addresses at the same time."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

from pages.baking.answers.application import SiteApplication, load_application
from pages.baking.answers.groups import BakedGroup, GroupBaker
from pages.baking.planning.addresses import AddressGroup
from pages.baking.writing.files import FileWriter
from pages.presentation.site_state import SiteState
from selfprivacy_site.wsgi_middleware.baked_manifest import Entry

# So many tasks for each process: enough that all end at about the same time, few enough to cost nothing.
TASKS_PER_JOB = 16
# With fewer addresses, starting processes takes longer than it saves.
FEW_ADDRESSES = 100

# That of a process of the pool.
_bakers: list[GroupBaker] = []


@dataclass(frozen=True)
class Bakery:
    """Bakes groups of one state of the site into a folder, in `jobs` processes; few addresses in this process.

    `former` are the entries of the former copy whose files are in the folder.
    """

    state: SiteState
    folder: Path
    former: Mapping[str, Entry]
    jobs: int

    def bake(
        self, groups: Sequence[AddressGroup], progress: Callable[[int, int], None] = lambda _done, _total: None
    ) -> Iterator[BakedGroup]:
        """Yield the groups in their order. Raises StateChanged, UnexpectedAnswer, OSError."""
        if self.jobs == 1 or sum(len(group.addresses) for group in groups) < FEW_ADDRESSES:
            baker = self.baker()
            for done, group in enumerate(groups, 1):
                yield baker.bake(group)
                progress(done, len(groups))
        else:
            yield from self._bake_in_processes(groups, progress)

    def baker(self) -> GroupBaker:
        return GroupBaker(SiteApplication(self.state), FileWriter(self.folder), self.former)

    def _bake_in_processes(
        self, groups: Sequence[AddressGroup], progress: Callable[[int, int], None]
    ) -> Iterator[BakedGroup]:
        # Loaded once, and inherited by all. Processes must not share a connection.
        load_application()
        connections.close_all()
        size = -(-len(groups) // (self.jobs * TASKS_PER_JOB))
        chunks = [groups[start : start + size] for start in range(0, len(groups), size)]
        context, results, done = multiprocessing.get_context("fork"), {}, 0
        with ProcessPoolExecutor(self.jobs, context, _start_worker, (self,)) as pool:
            waiting = {pool.submit(_bake_chunk, chunk): number for number, chunk in enumerate(chunks)}
            try:
                for future in as_completed(waiting):
                    results[waiting[future]] = future.result()
                    done += len(chunks[waiting[future]])
                    progress(done, len(groups))
            finally:
                # After an error, the other tasks would be of no use.
                pool.shutdown(cancel_futures=True)
        for number in range(len(chunks)):
            yield from results[number]


def _start_worker(bakery: Bakery) -> None:
    _bakers.append(bakery.baker())


def _bake_chunk(groups: Sequence[AddressGroup]) -> list[BakedGroup]:
    return [_bakers[-1].bake(group) for group in groups]
