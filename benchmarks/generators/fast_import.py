"""Write commits to a new repository with `git fast-import`; `git help fast-import` describes the stream."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Write:
    """Create or replace a file."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Rename:
    """Rename a file or a folder."""

    old: str
    new: str


@dataclass(frozen=True)
class Delete:
    """Delete a file or a folder."""

    path: str


FileOperation = Write | Rename | Delete


@dataclass(frozen=True)
class Signature:
    """An author or committer with the commit time: seconds since 1970, and the UTC offset."""

    name: str
    email: str
    seconds: int
    zone: str = "+0000"

    def __str__(self):
        return f"{self.name} <{self.email}> {self.seconds} {self.zone}"


class FastImport:
    """Creates a bare repository and writes commits to it. Use it as a context manager."""

    def __init__(self, path: Path):
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(path)], check=True)
        command = ["git", "-C", str(path), "fast-import", "--quiet", "--done"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE)
        self.last_mark = 0

    def __enter__(self):
        return self

    def __exit__(self, exception_type, *error):
        # Without "done", fast-import fails and leaves the branches as they were.
        if exception_type is None:
            self._write("done\n")
        self.process.stdin.close()
        if self.process.wait() and exception_type is None:
            raise subprocess.CalledProcessError(self.process.returncode, self.process.args)

    def commit(
        self,
        operations: Iterable[FileOperation],
        *,
        author: Signature,
        committer: Signature,
        message: str,
        parents: tuple[int, ...],
        branch: str = "main",
    ) -> int:
        """Write a commit and return its number, which later commits can name as a parent.

        The operations apply to the tree of the first parent.
        """
        self.last_mark += 1
        self._write(f"commit refs/heads/{branch}\nmark :{self.last_mark}\nauthor {author}\ncommitter {committer}\n")
        self._write_data(message.encode())
        for command, parent in zip(("from", "merge"), parents, strict=False):
            self._write(f"{command} :{parent}\n")
        for operation in operations:
            self._apply(operation)
        return self.last_mark

    def _apply(self, operation: FileOperation) -> None:
        match operation:
            case Write(path, content):
                self._write(f"M 100644 inline {path}\n")
                self._write_data(content)
            case Rename(old, new):
                self._write(f"R {old} {new}\n")
            case Delete(path):
                self._write(f"D {path}\n")

    def _write_data(self, content: bytes) -> None:
        self._write(f"data {len(content)}\n")
        self.process.stdin.write(content + b"\n")

    def _write(self, line: str) -> None:
        self.process.stdin.write(line.encode())
