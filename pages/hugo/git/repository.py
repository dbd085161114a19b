"""Reading a git repository: its history along first parents, its trees and its blobs."""

import re
import tempfile
from collections.abc import Container, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from itertools import islice
from pathlib import Path
from subprocess import PIPE
from typing import IO

from pages.hugo.git.commits import DELETED_MODE, Change, Commit, parse_commit
from pages.hugo.git.location import create_isolated_git_dir, locate_repository
from pages.hugo.git.processes import Git, GitFailed, InvalidRepository, Process
from pages.hugo.git.temporary_folders import temporary_folder
from pages.text.messages import Message

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Requests are written before answers are read. So many fit into the smallest pipe buffer (4096 bytes), so that neither
# side waits for the other.
_IDS_PER_REQUEST = 60


class Repository(AbstractContextManager["Repository"]):
    """A repository opened for reading; use it in a `with` statement, which ends its processes.

    `path` is a bare repository, a work tree, or a folder within a work tree. Of such a folder only the files below it
    are reported, with paths relative to it. Raises InvalidRepository; every method can raise GitFailed.
    """

    def __init__(self, path: Path):
        with ExitStack() as stack:
            self._folder = stack.enter_context(temporary_folder("policies-isolated-git-dir-"))
            self.location = locate_repository(path, Git(self._folder))
            create_isolated_git_dir(self.location, self._folder)
            self._git = Git(self._folder, objects=self.location.git_dir / "objects")
            # The folder is removed at the end of the `with` statement.
            self._stack = stack.pop_all()
        self._long_lived: dict[str, Process] = {}

    def __exit__(self, *_exception: object) -> None:
        self._git.close()
        self._stack.close()

    def resolve(self, ref: str | None = None) -> str:
        """Return the id of the commit that a ref names (by default HEAD). Raises InvalidRepository."""
        name = ref or "HEAD"
        if name.startswith("-") or not name.isprintable():
            raise InvalidRepository(Message("“%(name)s” is not a valid name of a commit.", name=name))
        try:
            output = self._git.run("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
        except GitFailed as error:
            if ref is None and not self._git.run("for-each-ref", "--count=1"):
                raise InvalidRepository(Message("The repository has no commits.")) from error
            reason = Message("The repository has no commit “%(name)s” (%(error)s).", name=name, error=str(error))
            raise InvalidRepository(reason) from error
        commit_id = output.decode().strip()
        if not _ID.fullmatch(commit_id):
            raise InvalidRepository(Message("“%(name)s” does not name a single commit.", name=name))
        return commit_id

    def ids(self, ref: str | None = None) -> list[str]:
        """Return the ids of a commit and its ancestors along first parents, oldest first."""
        return self._git.run("rev-list", "--first-parent", "--reverse", self.resolve(ref)).decode().split()

    def is_cut_at(self, commit_id: str) -> bool:
        """Tell whether a commit has parents that the repository does not, as in a shallow clone."""
        content = self._git.run("cat-file", "commit", commit_id)
        is_root = not self._git.run("rev-list", "--parents", "--max-count=1", commit_id).split()[1:]
        return is_root and content.partition(b"\n\n")[0].find(b"\nparent ") >= 0

    def commits(self, ref: str | None = None, after: Container[str] = ()) -> Iterator[Commit]:
        """Read a commit and its ancestors along first parents, oldest first, except those whose ids are in `after`.

        The order is that of the parents, never of the dates. A merge is one commit with its changes against its first
        parent. A rename is a deleted path and an added path.
        """
        with tempfile.NamedTemporaryFile() as requests:
            requests.writelines(f"{commit_id}\n".encode() for commit_id in self.ids(ref) if commit_id not in after)
            requests.flush()
            with open(requests.name, "rb") as for_changes, open(requests.name, "rb") as for_contents:
                yield from self._read_commits(for_changes, for_contents)

    def tree(self, ref: str | None = None) -> Iterator[Change]:
        """Read every file of a commit's tree."""
        prefix = self.location.prefix
        paths = [b"--", prefix] if prefix else []
        with self._git.start("ls-tree", "-r", "-z", "--full-tree", self.resolve(ref), *paths) as process:
            for record in process.read_records():
                fields, _, path = record.partition(b"\t")
                mode, _, blob = fields.decode().split()
                yield Change(path.removeprefix(prefix), mode, blob)

    def blobs(self, ids: Iterable[str], *, max_bytes: int) -> dict[str, bytes]:
        """Read blobs; return their contents by id, without those that are larger or missing from a partial clone.

        Raises GitFailed if another repository does not have one, or if an id is not a blob's.
        """
        contents: dict[str, bytes] = {}
        remaining = iter(dict.fromkeys(ids))
        try:
            while some := list(islice(remaining, _IDS_PER_REQUEST)):
                small = [blob_id for blob_id, size in self._sizes(some) if size is not None and size <= max_bytes]
                process = self._request("--batch", small)
                contents |= {blob_id: _read_object(process, blob_id, "blob") for blob_id in small}
        except BaseException:
            # The processes may still hold unread answers.
            while self._long_lived:
                self._long_lived.popitem()[1].end()
            raise
        return contents

    def merge_base(self, first: str, second: str) -> str | None:
        """Return the id of the newest commit that both commits have in their past, or None."""
        with suppress(GitFailed):
            return self._git.run("merge-base", first, second).decode().strip()
        return None

    def blob_at(self, commit: str, path: str) -> str | None:
        """Return the id of a file in the tree of a commit, or None. The path is relative, as in `commits`."""
        name = f"{commit}:{self.location.prefix.decode(errors='surrogateescape')}{path}"
        with suppress(GitFailed):
            return self._git.run("rev-parse", "--verify", "--end-of-options", name).decode().strip()
        return None

    def _sizes(self, ids: list[str]) -> list[tuple[str, int | None]]:
        process = self._request("--batch-check", ids)
        sizes = [(blob_id, _read_size(process, blob_id, "blob")) for blob_id in ids]
        missing = [blob_id for blob_id, size in sizes if size is None]
        # Git also calls a damaged object missing, but then it reports an error.
        if missing and (process.error_output() or not self.location.is_partial):
            raise process.failure(f"the object {missing[0]} is missing")
        return sizes

    def _request(self, option: str, ids: list[str]) -> Process:
        """Send ids to the long-lived `cat-file` process with an option."""
        if invalid := [name for name in ids if not _ID.fullmatch(name)]:
            raise GitFailed(f"“{invalid[0]}” is not a valid id of an object.")
        if option not in self._long_lived:
            self._long_lived[option] = self._git.start("cat-file", option, stdin=PIPE)
        # If the process has ended, reading its answers raises the error that says why.
        with suppress(BrokenPipeError):
            self._long_lived[option].write("".join(f"{name}\n" for name in ids).encode())
        return self._long_lived[option]

    def _read_commits(self, for_changes: IO[bytes], for_contents: IO[bytes]) -> Iterator[Commit]:
        prefix = self.location.prefix
        relative = ["--relative=" + prefix.decode(errors="surrogateescape")] if prefix else []
        format_options = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--root", "--always", *relative)
        diff_tree = ("diff-tree", "--stdin", "--diff-merges=first-parent", *format_options)
        with (
            self._git.start(*diff_tree, stdin=for_changes) as differences,
            self._git.start("cat-file", "--batch", "--buffer", stdin=for_contents) as objects,
        ):
            for commit_id, changes in _group_by_commit(differences.read_records()):
                yield parse_commit(commit_id, _read_object(objects, commit_id, "commit"), changes)
            if objects.stdout.read(1):
                raise differences.failure("it skipped commits")
            objects.finish()


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
