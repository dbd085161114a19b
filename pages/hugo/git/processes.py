"""Running git processes with fixed settings: no network, no hooks, no processes left over, no truncated output."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

# Turns off everything that could change git's output or let a repository fetch or run something.
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
_CHUNK_BYTES = 1 << 16


class InvalidRepository(ValueError):
    """There is no repository here that can be read or written, or it has no commit or branch of that name."""


class GitFailed(ValueError):
    """A git process failed, for example on a broken repository. The message contains git's own error output."""


class Process:
    """A running git process. `stdout` must be read by the caller; `write` needs a process started with stdin=PIPE."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path, stdin: IO[bytes] | int):
        self._command = command
        # A file instead of a pipe: git never blocks because nobody reads its errors.
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `kill`.
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the program is git, and there is no shell.
                command,
                cwd=folder,
                env=environment,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
            )
        except BaseException:
            self._stderr.close()
            raise
        # Popen makes a BufferedReader for every stdout=PIPE; its annotation is wider.
        self.stdout = cast("BufferedReader", self._process.stdout)

    def write(self, content: bytes) -> None:
        """Send content to git at once. Raises BrokenPipeError if git has ended."""
        stdin = self._process.stdin
        if stdin is None:
            raise ValueError("The process was started without a pipe for its input.")
        stdin.write(content)
        stdin.flush()

    def error_output(self) -> str:
        """Return what git has written to its standard error so far."""
        size = os.fstat(self._stderr.fileno()).st_size
        # pread does not move the file position, which git shares and writes at.
        return os.pread(self._stderr.fileno(), min(size, _CHUNK_BYTES), 0).decode(errors="replace").strip()

    def read_records(self) -> Iterator[bytes]:
        """Read NUL-terminated records until the process ends. Raises GitFailed if it fails or breaks off."""
        rest = b""
        while chunk := self.stdout.read1(_CHUNK_BYTES):
            *records, rest = (rest + chunk).split(b"\0")
            yield from records
        self.finish()
        if rest:
            raise self.failure("the output ended in the middle of a record")

    def finish(self) -> None:
        """Wait until the process ends. Raises GitFailed if its exit status is not zero."""
        self._close_pipes()
        if status := self._process.wait():
            raise self.failure(f"it ended with status {status}")

    def failure(self, default: str) -> GitFailed:
        """Return an exception with git's error output, or with the default message if there is none."""
        return GitFailed(f"git {self._command[1]}: {self.error_output() or default}")

    def kill(self) -> None:
        """End the process immediately. May be called twice."""
        self._process.kill()
        self._process.wait()
        self._close_pipes()
        self._stderr.close()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    # Git ended before it read everything; its exit status tells why.
                    continue


class Git:
    """Runs git on one git directory. `close` ends every process that is still running."""

    def __init__(self, git_dir: Path, *, objects: Path | None = None, folder: Path | None = None):
        program = shutil.which("git")
        if program is None:
            raise InvalidRepository(
                "Git is not installed on this machine; without it no repository can be read or written."
            )
        self._program, self._folder = program, folder or git_dir
        # The caller's GIT_* variables would redirect git to other repositories and settings.
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self._environment |= _SETTINGS | {"GIT_DIR": str(git_dir.absolute())}
        if objects is not None:
            self._environment["GIT_OBJECT_DIRECTORY"] = str(objects)
        self._running: list[Process] = []

    def start(self, *arguments: str | bytes, stdin: IO[bytes] | int = subprocess.DEVNULL) -> Process:
        """Start a process that runs until `end` or `close`."""
        command = [self._program, *(os.fsdecode(argument) for argument in arguments)]
        process = Process(command, self._environment, self._folder, stdin)
        self._running.append(process)
        return process

    def run(self, *arguments: str | bytes) -> bytes:
        """Return the whole output of a command. Raises GitFailed."""
        process = self.start(*arguments)
        try:
            output = process.stdout.read()
            process.finish()
        finally:
            self.end(process)
        return output

    def end(self, process: Process) -> None:
        process.kill()
        if process in self._running:
            self._running.remove(process)

    def close(self) -> None:
        while self._running:
            self._running.pop().kill()
