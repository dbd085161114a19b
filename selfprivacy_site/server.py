"""The process that `manage.py serve` becomes: it holds the listening socket, and starts, replaces and reloads workers.

It imports neither Django nor the settings, so that workers, which are copies of it, load the current code and settings.
All workers accept connections from one socket, which stays open while they come and go: no connection is refused.
"""

import argparse
import ctypes
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from granian._granian import SocketHolder
from granian._internal import load_target
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.common import AbstractServer
from granian.server.mp import MPServer, WorkerProcess

PROJECT = Path(__file__).resolve().parent.parent
PREPARE = [sys.executable, str(PROJECT / "manage.py"), "serve", "--prepare"]

BACKLOG = 4096
# Open connections of a worker, most of them idle. Each needs about 10 KB and a file descriptor.
MAX_CONNECTIONS, OTHER_FILES = 4096, 256
# Also closes connections that send no other request.
HEADER_SECONDS = 10
MAX_HEADER_BYTES = 64 * 1024
# A worker gets so many seconds to finish its requests. Sometimes one does not stop at all (granian issue 651).
STOP_SECONDS = 5
# So many workers that end within so many seconds are a defect that new ones do not cure: the server ends.
MAX_RESPAWNS, RESPAWN_SECONDS = 10, 60
PR_SET_PDEATHSIG = 1
LOGGING = {
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}


class Respawns(dict[int, float]):
    """When each worker was started again. granian gives up if one of them ends within seconds of that.

    Somebody may kill a worker twice in a row, so its time is given only if many workers have ended recently.
    """

    def __init__(self) -> None:
        super().__init__()
        self.recent: deque[float] = deque(maxlen=MAX_RESPAWNS)

    def __setitem__(self, worker: int, at: float) -> None:
        super().__setitem__(worker, at)
        self.recent.append(at)

    def get(self, worker: int, default: Any = None) -> Any:
        is_loop = len(self.recent) == MAX_RESPAWNS and self.recent[-1] - self.recent[0] < RESPAWN_SECONDS
        return super().get(worker, default) if is_loop else default


class Worker(WorkerProcess):
    """A worker that is not alive any more once its process has ended.

    Two threads of granian wait for it. While one of them has waited with success and has not said so yet, the other is
    told that the process is alive; granian would log that it refuses to stop.
    """

    def is_alive(self) -> bool:
        return super().is_alive() and is_process(self.inner.pid)


def is_process(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Server(MPServer):
    """granian with one listening socket for all workers, and a reload that first prepares the new code."""

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        super().__init__("selfprivacy_site.wsgi:application", **options)
        self.listener = listener
        self.respawned_wrks = Respawns()

    def _init_shared_socket(self) -> None:
        # By default each worker has a socket of its own, whose queue of connections is lost together with the worker.
        self._sso = self.listener
        self._sfd = self.listener.fileno()
        self._shd = SocketHolder(self._sfd, self.listener.family == socket.AF_UNIX, BACKLOG)

    def _spawn_worker(self, *arguments: Any, **options: Any) -> WorkerProcess:
        worker = super()._spawn_worker(*arguments, **options)
        # granian has no option for it.
        worker.__class__ = Worker
        return worker

    def _respawn_workers(self, workers: Iterable[int], *arguments: Any, **options: Any) -> None:
        super()._respawn_workers(workers, *arguments, **options)
        self._wake_again()

    def _reload(self, spawn_target: Callable[..., None], target_loader: Callable[..., Any]) -> None:
        self.reload_signal = False
        # If the new code or settings are wrong, the command says so and the old workers go on.
        is_prepared = subprocess.run(PREPARE, check=False).returncode == 0  # noqa: S603 - a constant.
        # Another change of code or settings, which has to be prepared too.
        is_asked_again = self.reload_signal
        if is_prepared and not self.interrupt_signal:
            # All workers are replaced, also those that have ended.
            self.interrupt_children.clear()
            super()._reload(spawn_target, target_loader)
        else:
            self.main_loop_interrupt.clear()
        self.reload_signal = self.reload_signal or is_asked_again
        self._wake_again()

    def _wake_again(self) -> None:
        """Wake the main loop if something is left to do: granian may have cleared the event that told it."""
        if self.interrupt_signal or self.interrupt_children or self.reload_signal:
            self.main_loop_interrupt.set()


def load_application(server_pid: int) -> Any:
    """Load the application in a new worker, which ends with the server."""
    # Until granian sets its own handlers, a copy of the server would react to signals like the server itself.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    # A group of its own: Ctrl-C reaches the server only, which tells the workers. One that hears it twice often hangs.
    os.setpgid(0, 0)
    end_with_parent(server_pid)
    return load_target("selfprivacy_site.wsgi:application", wd=PROJECT)


def end_with_parent(parent: int) -> None:
    """Let the system kill this process if its parent ends (prctl(2)): an orphan would keep the port."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have ended before.
    if os.getppid() != parent:
        os._exit(1)


def raise_file_limit() -> int:
    """Raise the limit of open files as far as allowed, and return how many connections a worker may have."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limit = MAX_CONNECTIONS + OTHER_FILES if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return max(1, min(MAX_CONNECTIONS, limit - OTHER_FILES))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Used by manage.py serve.")
    parser.add_argument("--listener", type=int, required=True, help="file descriptor of the listening socket")
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--remove-at-end", type=Path, help="path of the Unix socket")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    # Python 3.14 would start other processes, which do not inherit the socket.
    multiprocessing.set_start_method("fork")
    server = Server(
        socket.socket(fileno=arguments.listener),
        uds=arguments.remove_at_end,
        interface=Interfaces.WSGI,
        # Without HTTP/2, whose connections have no time limit for headers.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=MAX_HEADER_BYTES),
        workers=arguments.workers,
        blocking_threads=arguments.threads,
        backlog=BACKLOG,
        backpressure=raise_file_limit(),
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        # An access log would contain full IP addresses.
        log_access=False,
    )
    # Not MPServer.serve, which warns of more threads than cores: most of ours wait for clients or the database.
    AbstractServer.serve(server, target_loader=partial(load_application, os.getpid()), wrap_loader=False)


if __name__ == "__main__":
    main()
