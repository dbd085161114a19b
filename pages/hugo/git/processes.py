"""Running git with no settings but ours: nothing is fetched, nothing left running, no half answer taken for whole."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

# What would change what git says, and what would let a repository have something fetched or run.
_SETTINGS = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_KEY_0": "core.hooksPath",
    "GIT_CONFIG_KEY_1": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": os.devnull,
    "GIT_CONFIG_VALUE_1": "false",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}
_CHUNK = 1 << 16


class InvalidRepository(ValueError):
    """There is no repository that could be read, or none at that name."""


class GitFailed(ValueError):
    """Git gave up in the middle, as it does over a broken repository; the message has its own words."""


class Process:
    """One git at work: `requests` go in, `answers` come out."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path, requests: IO[bytes] | int):
        self._command = command
        # A file, not a pipe: nobody has to empty it for git to go on.
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the program is git, and there is no shell.
                command,
                cwd=folder,
                env=environment,
                stdin=requests,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
            )
        except BaseException:
            self._stderr.close()
            raise
        self.stdin = self._process.stdin
        self.stdout = self._process.stdout

    def error_output(self) -> str:
        """Return what git has said of what went wrong, so far."""
        size = os.fstat(self._stderr.fileno()).st_size
        # Read without moving the place at which git goes on writing.
        return os.pread(self._stderr.fileno(), min(size, _CHUNK), 0).decode(errors="replace").strip()

    def parts(self) -> Iterator[bytes]:
        """Read what git ends with a NUL each, to the good end. Raises GitFailed."""
        rest = b""
        while chunk := self.stdout.read1(_CHUNK):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from whole
        self.finish()
        if rest:
            raise self.failed("it broke off in the middle of an answer")

    def finish(self) -> None:
        """Wait for the end. Raises GitFailed if it was not a good one."""
        self._close_pipes()
        if status := self._process.wait():
            raise self.failed(f"it ended with status {status}")

    def failed(self, otherwise: str) -> GitFailed:
        """Return an error with git's own words, or with others where it said nothing."""
        return GitFailed(f"git {self._command[1]}: {self.error_output() or otherwise}")

    def end(self) -> None:
        """End it at once, whatever it does. May be called twice."""
        self._process.kill()
        self._process.wait()
        self._close_pipes()
        self._stderr.close()

    def _close_pipes(self) -> None:
        for pipe in (self.stdin, self.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    # It went before it had read all: its status tells.
                    continue


class Git:
    """Git over one git folder; ends at its close whatever it has begun."""

    def __init__(self, git_dir: Path, *, objects: Path | None = None, folder: Path | None = None):
        program = shutil.which("git")
        if program is None:
            raise InvalidRepository(
                "There is no git on this machine, and without it no repository can be read or written."
            )
        self._program, self._folder = program, folder or git_dir
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self._environment |= _SETTINGS | {"GIT_DIR": str(git_dir.absolute())}
        if objects is not None:
            self._environment["GIT_OBJECT_DIRECTORY"] = str(objects)
        self._running: list[Process] = []

    def start(self, *arguments: str | bytes, requests: IO[bytes] | int = subprocess.DEVNULL) -> Process:
        """Start a git that lives until it is ended, or until the close."""
        command = [self._program, *(os.fsdecode(argument) for argument in arguments)]
        process = Process(command, self._environment, self._folder, requests)
        self._running.append(process)
        return process

    def run(self, *arguments: str | bytes) -> bytes:
        """Return all that a git says. Raises GitFailed."""
        process = self.start(*arguments)
        try:
            said = process.stdout.read()
            process.finish()
        finally:
            self.end(process)
        return said

    def end(self, process: Process) -> None:
        """End one process."""
        process.end()
        if process in self._running:
            self._running.remove(process)

    def close(self) -> None:
        """End all that still run."""
        while self._running:
            self._running.pop().end()
