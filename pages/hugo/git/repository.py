"""Reading a git repository: its first-parent history, its trees, its blobs; whatever it holds, nothing else is read."""

import re
import tempfile
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from subprocess import PIPE
from types import TracebackType
from typing import IO, Self

from pages.hugo.git.commits import DELETED_MODE, Change, Commit, Person, parse_commit
from pages.hugo.git.location import create_view, locate_repository
from pages.hugo.git.processes import Git, GitFailed, InvalidRepository, Process

__all__ = [
    "Change",
    "Commit",
    "GitFailed",
    "InvalidRepository",
    "Person",
    "Repository",
]

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Requests are written before answers are read: so few that the smallest pipe (4096 bytes) takes them without a wait.
_AT_ONCE = 60
# How much of blobs' bytes is asked for before it is handed on.
_HELD = 1 << 22


class Repository:
    """A repository that is read, and ends its processes at its end.

    `path` is a bare repository, a work tree, or a folder within a work tree; then only what is below that folder is
    reported, and paths begin there. Raises InvalidRepository; every question can raise GitFailed.
    """

    def __init__(self, path: Path):
        self._folder = tempfile.TemporaryDirectory(prefix="git-view-")
        view = Path(self._folder.name)
        try:
            self.location = locate_repository(path, Git(view))
            create_view(self.location, view)
            self._git = Git(view, objects=self.location.git_dir / "objects")
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
        """Whether its history was cut off: then its first commit here brings all that came before."""
        return self.location.is_shallow

    def resolve(self, ref: str | None = None) -> str:
        """Return the id of the commit that a name stands for (HEAD if none is given). Raises InvalidRepository."""
        name = ref or "HEAD"
        if name.startswith("-") or not name.isprintable():
            raise InvalidRepository(f"“{name}” is no name of a commit.")
        try:
            found = self._git.run("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}").decode().strip()
        except GitFailed as error:
            if ref is None and not self._git.run("for-each-ref", "--count=1"):
                raise InvalidRepository("The repository has no commits.") from error
            raise InvalidRepository(f"The repository has no commit “{name}” ({error}).") from error
        if not _ID.fullmatch(found):
            raise InvalidRepository(f"“{name}” is no name of one commit.")
        return found

    def ids(self, ref: str | None = None) -> list[str]:
        """Return the ids of a commit and of all before it along first parents, oldest first."""
        return self._git.run("rev-list", "--first-parent", "--reverse", self.resolve(ref)).decode().split()

    def commits(self, ref: str | None = None, after: Container[str] = ()) -> Iterator[Commit]:
        """Read a commit and all before it along first parents but those in `after`, oldest first.

        The order is that of parents, never that of dates. A merge is one commit, with what it changed against its
        first parent. Renames are a path that goes and one that comes.
        """
        history = self._git.run("rev-list", "--first-parent", "--reverse", "--parents", self.resolve(ref))
        wanted = (line for line in history.splitlines(keepends=True) if line.split()[0].decode() not in after)
        with tempfile.TemporaryFile() as pairs, tempfile.TemporaryFile() as names:
            for line in wanted:
                commit_and_first_parent = line.split()[:2]
                pairs.write(b" ".join(commit_and_first_parent) + b"\n")
                names.write(commit_and_first_parent[0] + b"\n")
            del history, wanted
            yield from self._read_commits(_rewound(pairs), _rewound(names))

    def messages(self, ref: str | None = None) -> Iterator[tuple[str, bytes]]:
        """Read the ids and the exact messages of a commit and of all before it along first parents, oldest first."""
        names = self.ids(ref)
        with tempfile.TemporaryFile() as requests:
            requests.writelines(f"{name}\n".encode() for name in names)
            with self._at_work("cat-file", "--batch", "--buffer", requests=_rewound(requests)) as process:
                for name in names:
                    content = _content(process, name, _size(process, name, "commit"))
                    yield name, parse_commit(name, content, ()).message

    def tree(self, ref: str | None = None) -> Iterator[Change]:
        """Read all that stands in a commit's tree."""
        prefix = self.location.prefix
        paths = ["--", prefix] if prefix else []
        with self._at_work("ls-tree", "-r", "-z", "--full-tree", self.resolve(ref), *paths) as process:
            for part in process.parts():
                told, _, path = part.partition(b"\t")
                mode, _, name = told.decode().split()
                yield Change(path.removeprefix(prefix), mode, name)

    def sizes(self, ids: Iterable[str]) -> Iterator[tuple[str, int | None]]:
        """Return how many bytes each blob has, in the order asked for; None where a partial clone lacks it.

        Raises GitFailed for one that another repository lacks, and for what is no blob.
        """
        remaining = iter(ids)
        while some := list(islice(remaining, _AT_ONCE)):
            yield from self._sizes(some)

    def blobs(self, ids: Iterable[str], *, most: int | None = None) -> Iterator[tuple[str, bytes | None]]:
        """Read many blobs, in the order asked for. None for one over `most` bytes, and as `sizes` says."""
        remaining = iter(ids)
        while some := list(islice(remaining, _AT_ONCE)):
            group: list[tuple[str, int | None]] = []
            for name, size in self._sizes(some):
                group.append((name, size if most is None or size is None or size <= most else None))
                if sum(size or 0 for _, size in group) >= _HELD:
                    yield from self._contents(group)
                    group = []
            yield from self._contents(group)

    @contextmanager
    def _at_work(self, *arguments: str | bytes, requests: IO[bytes] | None = None) -> Iterator[Process]:
        process = self._git.start(*arguments, **({"requests": requests} if requests else {}))
        try:
            yield process
        finally:
            self._git.end(process)

    def _read_commits(self, pairs: IO[bytes], names: IO[bytes]) -> Iterator[Commit]:
        prefix = self.location.prefix
        below = ["--relative=" + prefix.decode(errors="surrogateescape")] if prefix else []
        differences = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--root", "--always")
        with (
            self._at_work(*differences, *below, requests=pairs) as changing,
            self._at_work("cat-file", "--batch", "--buffer", requests=names) as telling,
        ):
            for name, changes in _by_commit(changing.parts()):
                yield parse_commit(name, _content(telling, name, _size(telling, name, "commit")), changes)
            if telling.stdout.read(1):
                raise changing.failed("it left out commits")
            telling.finish()

    @contextmanager
    def _asked(self, option: str, names: list[str]) -> Iterator[Process]:
        """Ask the long-lived process of an option. After an error none is asked again: answers may be left in it."""
        if wrong := [name for name in names if not _ID.fullmatch(name)]:
            raise GitFailed(f"“{wrong[0]}” is no id of an object.")
        if option not in self._long_lived:
            self._long_lived[option] = self._git.start("cat-file", option, requests=PIPE)
        process = self._long_lived[option]
        try:
            # One that has ended tells so by its answers.
            with suppress(BrokenPipeError):
                process.stdin.write("".join(f"{name}\n" for name in names).encode())
                process.stdin.flush()
            yield process
        except BaseException:
            while self._long_lived:
                self._git.end(self._long_lived.popitem()[1])
            raise

    def _sizes(self, names: list[str]) -> list[tuple[str, int | None]]:
        with self._asked("--batch-check", names) as process:
            sizes = [(name, _size(process, name, "blob")) for name in names]
            lacking = [name for name, size in sizes if size is None]
            if lacking and (process.error_output() or not self.location.is_partial):
                raise process.failed(f"the object {lacking[0]} is missing")
        return sizes

    def _contents(self, sizes: list[tuple[str, int | None]]) -> Iterator[tuple[str, bytes | None]]:
        present = [name for name, size in sizes if size is not None]
        # All is read before any is handed on: who gets it may ask for other blobs in between.
        with self._asked("--batch", present) as process:
            contents = iter([_content(process, name, _size(process, name, "blob")) for name in present])
        for name, size in sizes:
            yield name, None if size is None else next(contents)


def _rewound(file: IO[bytes]) -> IO[bytes]:
    file.seek(0)
    return file


def _by_commit(parts: Iterator[bytes]) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Gather `id`, `:modes ids letter`, `path`, … by commit."""
    name, changes = "", []
    for part in parts:
        if part.startswith(b":"):
            _, mode, _, blob, _ = part.decode().split()
            changes.append(Change(next(parts), mode, "" if mode == DELETED_MODE else blob))
        else:
            if name:
                yield name, tuple(changes)
            name, changes = part.decode().strip(), []
    if name:
        yield name, tuple(changes)


def _size(process: Process, name: str, kind: str) -> int | None:
    """Read the line that comes before an object; None if it is missing."""
    words = process.stdout.readline().decode(errors="replace").split()
    if words == [name, "missing"]:
        return None
    if len(words) != 3 or words[0] != name or words[1] != kind:
        if not words:
            process.finish()
        raise process.failed(f"“{' '.join(words)}” was the answer for the {kind} {name}")
    return int(words[2])


def _content(process: Process, name: str, size: int | None) -> bytes:
    if size is None:
        raise process.failed(f"the object {name} is missing")
    content = process.stdout.read(size)
    if len(content) < size or process.stdout.read(1) != b"\n":
        process.finish()
        raise process.failed(f"the object {name} broke off")
    return content
