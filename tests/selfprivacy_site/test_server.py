"""The server gives up only if workers end again and again. Its processes are tested in `pages/management`."""

import os
import subprocess
import sys

import pytest

from selfprivacy_site.server import MAX_RESPAWNS, RESPAWN_SECONDS, Respawns


def respawns(*times):
    table = Respawns()
    for at in times:
        table[0] = at
    return table


def test_worker_that_was_killed_a_few_times_is_started_again():
    assert respawns(*range(MAX_RESPAWNS - 1)).get(0, 0) == 0


def test_workers_that_end_again_and_again_end_the_server():
    assert respawns(*range(MAX_RESPAWNS)).get(0, 0) == MAX_RESPAWNS - 1
    assert respawns(*range(MAX_RESPAWNS)).get(1, 0) == 0


def test_workers_that_end_now_and_then_do_not_end_the_server():
    assert respawns(*range(0, RESPAWN_SECONDS * MAX_RESPAWNS, RESPAWN_SECONDS)).get(0, 0) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only: prctl")
def test_process_whose_parent_has_ended_ends():
    program = "from selfprivacy_site.server import end_with_parent; end_with_parent(1); print('goes on')"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    program = f"from selfprivacy_site.server import end_with_parent; end_with_parent({os.getpid()}); print('goes on')"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "goes on\n")
