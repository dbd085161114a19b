"""How parallel processes share the tests out: all tests of a module go to one process, the slowest modules first.

Module and session fixtures are then built once. `xdist_group` is not used: since pytest 9.2, `--dist loadgroup` of
pytest-xdist 3.8 ignores it (pytest-dev/pytest-xdist#1386).
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Modules with these prefixes share a site that `tests/browser/conftest.py` starts once for each process.
SHARED_SITE = ("tests/browser/test_editing", "tests/browser/test_accessibility", "tests/browser/test_history")
# What takes longest starts first, so that no process works alone at the end.
SLOWEST = (
    "tests/benchmarks/",
    "tests/browser/",
    "tests/pages/management/",
    "tests/pages/admin/editing/",
    "tests/pages/baking/",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return ModuleScheduling(config, log)


class ModuleScheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return SHARED_SITE[0] if module.startswith(SHARED_SITE) else module

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=rank), last=False)
        super()._assign_work_unit(node)


def rank(unit: str) -> int:
    """Return the place of a module or test in the order in which they start."""
    return next((place for place, prefix in enumerate(SLOWEST) if unit.startswith(prefix)), len(SLOWEST))
