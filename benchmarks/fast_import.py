"""Writing commits through one `git fast-import`, whose stream `git help fast-import` describes."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Write:
    """A file made or changed."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Rename:
    """A file or a folder that goes elsewhere as it is."""

    old: str
    new: str


@dataclass(frozen=True)
class Delete:
    """A file or a folder that goes."""

    path: str


Change = Write | Rename | Delete


@dataclass(frozen=True)
class Signature:
    """Who, and when: seconds since 1970 and the zone."""

    name: str
    email: str
    seconds: int
    zone: str = "+0000"

    def __str__(self):
        return f"{self.name} <{self.email}> {self.seconds} {self.zone}"


class FastImport:
    """A new bare repository, and the process that writes into it."""

    def __init__(self, path: Path):
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(path)], check=True)
        command = ["git", "-C", str(path), "fast-import", "--quiet", "--done"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE)
        self.last = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, *error):
        if kind is None:
            self._write("done\n")
        self.process.stdin.close()
        if self.process.wait() and kind is None:
            raise subprocess.CalledProcessError(self.process.returncode, self.process.args)

    def commit(
        self,
        changes: Iterable[Change],
        *,
        author: Signature,
        committer: Signature,
        message: str,
        parents: tuple[int, ...],
        branch: str = "main",
    ) -> int:
        """Write a commit, and return its number for `parents`; the changes are against the first of these."""
        self.last += 1
        self._write(f"commit refs/heads/{branch}\nmark :{self.last}\nauthor {author}\ncommitter {committer}\n")
        self._data(message.encode())
        for word, parent in zip(("from", "merge"), parents, strict=False):
            self._write(f"{word} :{parent}\n")
        for change in changes:
            self._change(change)
        return self.last

    def _change(self, change: Change) -> None:
        match change:
            case Write(path, content):
                self._write(f"M 100644 inline {path}\n")
                self._data(content)
            case Rename(old, new):
                self._write(f"R {old} {new}\n")
            case Delete(path):
                self._write(f"D {path}\n")

    def _data(self, content: bytes) -> None:
        self._write(f"data {len(content)}\n")
        self.process.stdin.write(content + b"\n")

    def _write(self, line: str) -> None:
        self.process.stdin.write(line.encode())
