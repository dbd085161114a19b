"""The server gives up only if workers end again and again. Its processes are tested in `pages/management`."""

import multiprocessing
import os
import socket
import subprocess
import sys

import pytest
from granian.constants import Interfaces
from granian.server.mp import MPServer, WorkerProcess

from selfprivacy_site import server as server_module
from selfprivacy_site.server import MAX_RESPAWNS, RESPAWN_SECONDS, Respawns, Server


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


@pytest.fixture
def server(monkeypatch):
    """Return a server that starts no process, and in `respawned` the workers that it would start again."""
    respawned = []
    monkeypatch.setattr(
        MPServer, "_respawn_workers", lambda _server, workers, *_arguments, **_options: respawned.append(workers)
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener, interface=Interfaces.WSGI, workers=2)
        server.respawned = respawned
        yield server


def reload(server, monkeypatch, *, status=0, meanwhile=lambda: None):
    """Reload, and let something happen while the new code is prepared."""

    def prepare(command, check):
        meanwhile()
        return subprocess.CompletedProcess(command, status)

    monkeypatch.setattr(server_module.subprocess, "run", prepare)
    server.signal_handler_reload()
    server._reload(None, None)


def end_worker(server, number=0):
    """Do what granian's watcher of a worker does when it ends."""
    server.interrupt_children.append(number)
    server.main_loop_interrupt.set()


@pytest.mark.parametrize(("status", "respawned"), [(0, [[0, 1]]), (1, [])])
def test_reload_during_which_nothing_happens_ends(server, monkeypatch, status, respawned):
    reload(server, monkeypatch, status=status)
    assert (server.respawned, server.reload_signal, server.main_loop_interrupt.is_set()) == (respawned, False, False)


@pytest.mark.parametrize("status", [0, 1])
def test_server_that_is_stopped_while_it_reloads_stops(server, monkeypatch, status):
    reload(server, monkeypatch, status=status, meanwhile=server.signal_handler_interrupt)
    assert (server.interrupt_signal, server.main_loop_interrupt.is_set(), server.respawned) == (True, True, [])


@pytest.mark.parametrize("status", [0, 1])
def test_second_reload_during_the_first_one_is_made(server, monkeypatch, status):
    reload(server, monkeypatch, status=status, meanwhile=server.signal_handler_reload)
    assert (server.reload_signal, server.main_loop_interrupt.is_set()) == (True, True)


def test_worker_that_ends_during_a_failed_reload_is_started_again(server, monkeypatch):
    reload(server, monkeypatch, status=1, meanwhile=lambda: end_worker(server))
    assert (server.interrupt_children, server.main_loop_interrupt.is_set()) == ([0], True)


def test_worker_that_ends_during_a_reload_is_replaced_once(server, monkeypatch):
    reload(server, monkeypatch, meanwhile=lambda: end_worker(server))
    assert (server.respawned, server.main_loop_interrupt.is_set()) == ([[0, 1]], False)


def test_worker_that_ends_while_another_one_is_started_again_is_not_forgotten(server):
    # granian clears the event, and this one's after it has looked for the workers that have ended.
    end_worker(server)
    server.main_loop_interrupt.clear()
    server._respawn_workers([1], None, None)
    assert server.main_loop_interrupt.is_set()


def wait_for_nothing():
    pass


def test_worker_that_another_thread_has_waited_for_is_not_alive(server, monkeypatch):
    server._init_shared_socket()
    worker = server._spawn_worker(0, None, None)
    worker.inner = multiprocessing.get_context("fork").Process(target=wait_for_nothing)
    worker.inner.start()
    # Another thread has waited for the process, and could not note it yet.
    os.waitpid(worker.inner.pid, 0)
    assert WorkerProcess.is_alive(worker)
    assert not worker.is_alive()
