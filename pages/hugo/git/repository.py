"""Reading a git repository: its history along first parents, its trees and its blobs."""

import re
import tempfile
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from subprocess import DEVNULL, PIPE
from types import TracebackType
from typing import IO, Self

from pages.hugo.git.commits import DELETED_MODE, Change, Commit, Person, parse_commit
from pages.hugo.git.location import create_isolated_git_dir, locate_repository
from pages.hugo.git.processes import Git, GitFailed, InvalidRepository, Process

__all__ = ["Change", "Commit", "GitFailed", "InvalidRepository", "Person", "Repository"]

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Requests are written before answers are read. So many fit into the smallest pipe buffer (4096 bytes), so that neither
# side waits for the other.
_IDS_PER_REQUEST = 60
# How many bytes of blobs are held in memory before they are handed on.
_GROUP_BYTES = 1 << 22


class Repository:
    """A repository opened for reading; use it in a `with` statement, which ends its processes.

    `path` is a bare repository, a work tree, or a folder within a work tree. Of such a folder only the files below it
    are reported, with paths relative to it. Raises InvalidRepository; every method can raise GitFailed.
    """

    def __init__(self, path: Path):
        self._folder = tempfile.TemporaryDirectory(prefix="isolated-git-dir-")
        git_dir = Path(self._folder.name)
        try:
            self.location = locate_repository(path, Git(git_dir))
            create_isolated_git_dir(self.location, git_dir)
            self._git = Git(git_dir, objects=self.location.git_dir / "objects")
        except BaseException:
            self._folder.cleanup()
            raise
        self._long_lived: dict[str, Process] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all processes. May be called twice."""
        self._git.close()
        self._folder.cleanup()

    @property
    def is_shallow(self) -> bool:
        """Whether the history was cut off; then the first commit here adds everything that earlier ones added."""
        return self.location.is_shallow

    def resolve(self, ref: str | None = None) -> str:
        """Return the id of the commit that a ref names (by default HEAD). Raises InvalidRepository."""
        name = ref or "HEAD"
        if name.startswith("-") or not name.isprintable():
            raise InvalidRepository(f"“{name}” is not a valid name of a commit.")
        try:
            output = self._git.run("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
        except GitFailed as error:
            if ref is None and not self._git.run("for-each-ref", "--count=1"):
                raise InvalidRepository("The repository has no commits.") from error
            raise InvalidRepository(f"The repository has no commit “{name}” ({error}).") from error
        commit_id = output.decode().strip()
        if not _ID.fullmatch(commit_id):
            raise InvalidRepository(f"“{name}” does not name a single commit.")
        return commit_id

    def ids(self, ref: str | None = None) -> list[str]:
        """Return the ids of a commit and its ancestors along first parents, oldest first."""
        return self._git.run("rev-list", "--first-parent", "--reverse", self.resolve(ref)).decode().split()

    def commits(self, ref: str | None = None, after: Container[str] = ()) -> Iterator[Commit]:
        """Read a commit and its ancestors along first parents, oldest first, except those whose ids are in `after`.

        The order is that of the parents, never of the dates. A merge is one commit with its changes against its first
        parent. A rename is a deleted path and an added path.
        """
        history = self._git.run("rev-list", "--first-parent", "--reverse", "--parents", self.resolve(ref))
        wanted = (line for line in history.splitlines(keepends=True) if line.split()[0].decode() not in after)
        with tempfile.TemporaryFile() as pairs, tempfile.TemporaryFile() as ids:
            for line in wanted:
                commit_and_first_parent = line.split()[:2]
                pairs.write(b" ".join(commit_and_first_parent) + b"\n")
                ids.write(commit_and_first_parent[0] + b"\n")
            # A long history takes megabytes that are not needed while the commits are read.
            del history, wanted
            yield from self._read_commits(_rewind(pairs), _rewind(ids))

    def messages(self, ref: str | None = None) -> Iterator[tuple[str, bytes]]:
        """Read ids and exact messages of a commit and its ancestors along first parents, oldest first."""
        ids = self.ids(ref)
        with tempfile.TemporaryFile() as requests:
            requests.writelines(f"{commit_id}\n".encode() for commit_id in ids)
            with self._process("cat-file", "--batch", "--buffer", stdin=_rewind(requests)) as process:
                for commit_id in ids:
                    content = _read_object(process, commit_id, "commit")
                    yield commit_id, parse_commit(commit_id, content, ()).message

    def tree(self, ref: str | None = None) -> Iterator[Change]:
        """Read every file of a commit's tree."""
        prefix = self.location.prefix
        paths = [b"--", prefix] if prefix else []
        with self._process("ls-tree", "-r", "-z", "--full-tree", self.resolve(ref), *paths) as process:
            for record in process.read_records():
                fields, _, path = record.partition(b"\t")
                mode, _, blob = fields.decode().split()
                yield Change(path.removeprefix(prefix), mode, blob)

    def sizes(self, ids: Iterable[str]) -> Iterator[tuple[str, int | None]]:
        """Return the size of each blob in bytes, in the order of the ids; None if a partial clone does not have it.

        Raises GitFailed if another repository does not have it, or if the id is not a blob's.
        """
        remaining = iter(ids)
        while some := list(islice(remaining, _IDS_PER_REQUEST)):
            yield from self._sizes(some)

    def blobs(self, ids: Iterable[str], *, max_bytes: int | None = None) -> Iterator[tuple[str, bytes | None]]:
        """Read many blobs, in the order of the ids. None for one larger than `max_bytes`, and as in `sizes`."""
        remaining = iter(ids)
        while some := list(islice(remaining, _IDS_PER_REQUEST)):
            group: list[tuple[str, int | None]] = []
            for blob_id, size in self._sizes(some):
                is_too_large = max_bytes is not None and size is not None and size > max_bytes
                group.append((blob_id, None if is_too_large else size))
                if sum(size or 0 for _, size in group) >= _GROUP_BYTES:
                    yield from self._contents(group)
                    group = []
            yield from self._contents(group)

    @contextmanager
    def _process(self, *arguments: str | bytes, stdin: IO[bytes] | int = DEVNULL) -> Iterator[Process]:
        process = self._git.start(*arguments, stdin=stdin)
        try:
            yield process
        finally:
            self._git.end(process)

    def _read_commits(self, pairs: IO[bytes], ids: IO[bytes]) -> Iterator[Commit]:
        prefix = self.location.prefix
        relative = ["--relative=" + prefix.decode(errors="surrogateescape")] if prefix else []
        diff_tree = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--root", "--always")
        with (
            self._process(*diff_tree, *relative, stdin=pairs) as differences,
            self._process("cat-file", "--batch", "--buffer", stdin=ids) as objects,
        ):
            for commit_id, changes in _group_by_commit(differences.read_records()):
                yield parse_commit(commit_id, _read_object(objects, commit_id, "commit"), changes)
            if objects.stdout.read(1):
                raise differences.failure("it skipped commits")
            objects.finish()

    @contextmanager
    def _requested(self, option: str, ids: list[str]) -> Iterator[Process]:
        """Send ids to the long-lived `cat-file` process with an option.

        After an error all such processes end, because they may still hold unread answers.
        """
        if invalid := [name for name in ids if not _ID.fullmatch(name)]:
            raise GitFailed(f"“{invalid[0]}” is not a valid id of an object.")
        if option not in self._long_lived:
            self._long_lived[option] = self._git.start("cat-file", option, stdin=PIPE)
        process = self._long_lived[option]
        try:
            # If the process has ended, reading its answers raises the error that says why.
            with suppress(BrokenPipeError):
                process.write("".join(f"{name}\n" for name in ids).encode())
            yield process
        except BaseException:
            while self._long_lived:
                self._git.end(self._long_lived.popitem()[1])
            raise

    def _sizes(self, ids: list[str]) -> list[tuple[str, int | None]]:
        with self._requested("--batch-check", ids) as process:
            sizes = [(blob_id, _read_size(process, blob_id, "blob")) for blob_id in ids]
            missing = [blob_id for blob_id, size in sizes if size is None]
            # Git also calls a damaged object missing, but then it reports an error.
            if missing and (process.error_output() or not self.location.is_partial):
                raise process.failure(f"the object {missing[0]} is missing")
        return sizes

    def _contents(self, sizes: list[tuple[str, int | None]]) -> Iterator[tuple[str, bytes | None]]:
        present = [blob_id for blob_id, size in sizes if size is not None]
        # Everything is read before anything is yielded, because the caller may request other blobs in between.
        with self._requested("--batch", present) as process:
            contents = iter([_read_object(process, blob_id, "blob") for blob_id in present])
        for blob_id, size in sizes:
            yield blob_id, None if size is None else next(contents)


def _rewind(file: IO[bytes]) -> IO[bytes]:
    file.seek(0)
    return file


def _group_by_commit(records: Iterator[bytes]) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Group the records of `diff-tree -z` (a commit id, then `:modes ids letter` and a path in turn) by commit."""
    commit_id = ""
    changes: list[Change] = []
    for record in records:
        if record.startswith(b":"):
            _, mode, _, blob, _ = record.decode().split()
            changes.append(Change(next(records), mode, "" if mode == DELETED_MODE else blob))
        else:
            if commit_id:
                yield commit_id, tuple(changes)
            commit_id, changes = record.decode().strip(), []
    if commit_id:
        yield commit_id, tuple(changes)


def _read_size(process: Process, object_id: str, kind: str) -> int | None:
    """Read the line that precedes an object. Returns its size in bytes, None if the object is missing."""
    fields = process.stdout.readline().decode(errors="replace").split()
    if fields == [object_id, "missing"]:
        return None
    if len(fields) != 3 or fields[0] != object_id or fields[1] != kind:
        if not fields:
            process.finish()
        raise process.failure(f"“{' '.join(fields)}” was the answer to the request for the {kind} {object_id}")
    return int(fields[2])


def _read_object(process: Process, object_id: str, kind: str) -> bytes:
    """Read an object with its preceding line. Raises GitFailed if it is missing or incomplete."""
    size = _read_size(process, object_id, kind)
    if size is None:
        raise process.failure(f"the object {object_id} is missing")
    content = process.stdout.read(size)
    if len(content) < size or process.stdout.read(1) != b"\n":
        process.finish()
        raise process.failure(f"the object {object_id} is incomplete")
    return content
