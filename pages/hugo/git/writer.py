"""Writing commits to a bare repository, all of a run or none."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from subprocess import PIPE
from types import TracebackType
from typing import Self

from pages.hugo.git.commit_fields import ForbiddenPath, person_line, quote_path, valid_encoding
from pages.hugo.git.commits import Person
from pages.hugo.git.location import is_git_dir, read_git_config
from pages.hugo.git.processes import Git, GitFailed, InvalidRepository, Process
from pages.hugo.git.repository import Repository

__all__ = ["ForbiddenPath", "GitFailed", "InvalidRepository", "Writer"]


class Writer:
    """Appends commits to a branch of a bare repository, which is made where there is none or an empty folder.

    Use it in a `with` statement: the branch moves at its end; after an exception or a kill it is where it was. Work
    trees are refused, because their files would no longer be those of their branch. Raises InvalidRepository.
    """

    def __init__(self, path: Path, ref: str = "main"):
        if ref.startswith("-"):
            raise InvalidRepository(f"“{ref}” is no name for a branch.")
        path = Path(os.path.realpath(path))
        self._path = path
        self._branch = ref if ref.startswith("refs/heads/") else f"refs/heads/{ref}"
        self._git = Git(path)
        self._importing: Process | None = None
        self._count = 0
        _check_branch_name(self._branch)
        _prepare_bare_repository(path, self._branch.removeprefix("refs/heads/"))
        self.head = self._find_head()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._importing is not None:
                self._finish(self._importing)
        finally:
            self._git.close()

    def messages(self) -> Iterator[tuple[str, bytes]]:
        """Read the ids and the messages of the branch's commits before this run, oldest first."""
        if self.head:
            with Repository(self._path) as repository:
                yield from repository.messages(self.head)

    def write(
        self,
        author: Person,
        committer: Person,
        message: bytes,
        changes: Iterable[tuple[bytes, bytes | None]],
        *,
        encoding: str = "",
    ) -> str:
        """Append a commit and return its id. A change is a path with its content, or with None where it goes.

        The message is written as it is but for NULs, which git does not take; `encoding` is that of the message.
        Raises ForbiddenPath, and then nothing of this commit was written and others can follow.
        """
        told = [(quote_path(path), content) for path, content in changes]
        encoding = valid_encoding(encoding)
        self._count += 1
        parts = [
            b"commit %s\nmark :%d\n" % (os.fsencode(self._branch), self._count),
            person_line("author", author, encoding),
            person_line("committer", committer, encoding),
            b"encoding %s\n" % encoding.encode() if encoding else b"",
            *_data(message.replace(b"\0", b" ")),
            # The next ones of a run follow by themselves.
            b"from %s\n" % self.head.encode() if self.head and self._importing is None else b"",
            # What goes, goes first: a file may make room for a folder of its name.
            *(b"D %s\n" % path for path, content in told if content is None),
        ]
        for path, content in told:
            if content is not None:
                parts += [b"M 100644 inline %s\n" % path, *_data(content)]
        self.head = self._tell([*parts, b"get-mark :%d\n" % self._count])
        return self.head

    def _find_head(self) -> str:
        process = self._git.start("for-each-ref", "--format=%(objectname)", self._branch)
        try:
            found = process.stdout.read().decode().strip()
            process.finish()
            # Git only warns of a branch that is broken, and it must not be taken for one that is not there yet.
            if error_output := process.error_output():
                raise GitFailed(error_output)
        finally:
            self._git.end(process)
        return found

    def _tell(self, parts: list[bytes]) -> str:
        if self._importing is None:
            # Without --done a stream that breaks off would be taken for whole, and the branch be moved.
            options = ("--quiet", "--done", "--date-format=raw-permissive")
            self._importing = self._git.start("fast-import", *options, requests=PIPE)
        process = self._importing
        try:
            process.stdin.write(b"".join(parts))
            process.stdin.flush()
        except BrokenPipeError:
            process.finish()
            raise
        name = process.stdout.readline().decode().strip()
        if not name:
            process.finish()
            raise process.failed("it gave no answer")
        return name

    def _finish(self, process: Process) -> None:
        try:
            process.stdin.write(b"done\n")
            process.stdin.flush()
        finally:
            process.finish()


def _data(content: bytes) -> list[bytes]:
    return [b"data %d\n" % len(content), content, b"\n"]


def _check_branch_name(branch: str) -> None:
    with tempfile.TemporaryDirectory(prefix="git-name-") as folder:
        try:
            Git(Path(folder)).run("check-ref-format", branch)
        except (GitFailed, ValueError) as error:
            if isinstance(error, InvalidRepository):
                raise
            raise InvalidRepository(f"“{branch.removeprefix('refs/heads/')}” is no name for a branch.") from error


def _prepare_bare_repository(path: Path, branch: str) -> None:
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return _make(path, branch)
    if not path.is_dir() or not is_git_dir(path):
        what = "a work tree" if (path / ".git").exists() else "not empty, and no git repository"
        raise InvalidRepository(f"{path} is {what}; commits are written to a bare repository or to a new folder only.")
    if read_git_config(path / "config", Git(path)).get("core.bare") == "false":
        raise InvalidRepository(f"{path} belongs to a work tree; commits are written to a bare repository only.")
    return None


def _make(path: Path, branch: str) -> None:
    """Make a bare repository at once: one half made by a run that was killed would be refused by the next."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        made = Path(folder) / "made"
        Git(made, folder=Path(folder)).run("init", "--quiet", "--bare", "--template=", f"--initial-branch={branch}")
        made.rename(path)
