"""Writing commits to a bare repository: all commits of a run, or none."""

import os
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from subprocess import PIPE

from pages.hugo.git.commits import Person, person_line, quote_path
from pages.hugo.git.location import is_git_dir, read_git_config
from pages.hugo.git.processes import Git, GitFailed, InvalidRepository, Process
from pages.hugo.git.temporary_folders import temporary_folder


class BranchWriter(AbstractContextManager["BranchWriter"]):
    """Appends commits to a branch of a bare repository. Creates the repository if the folder is missing or empty.

    Use it in a `with` statement: the branch moves when the block ends without an exception, to the last commit written.
    After an exception or a kill the branch is where it was. Work trees are refused, because their files would no longer
    match their branch. Raises InvalidRepository.
    """

    def __init__(self, path: Path, ref: str = "main"):
        path = Path(os.path.realpath(path))
        branch = ref.removeprefix("refs/heads/")
        self._branch = f"refs/heads/{branch}"
        self._git = Git(path)
        self._fast_import: Process | None = None
        self._count = 0
        _check_branch_name(branch)
        _prepare_bare_repository(path, branch)
        self.head = self._find_head()

    def __exit__(self, kind: type[BaseException] | None, *_details: object) -> None:
        try:
            if kind is None and self._fast_import is not None:
                # If git has ended, `finish` raises the error that says why.
                with suppress(BrokenPipeError):
                    self._fast_import.write(b"done\n")
                self._fast_import.finish()
        finally:
            self._git.close()

    def write(
        self, author: Person, committer: Person, message: bytes, changes: Iterable[tuple[bytes, bytes | None]]
    ) -> str:
        """Append a commit and return its id. A change is a path with its new content, or with None to delete it.

        The message is written as given, except that NULs become spaces because git rejects them. Raises ForbiddenPath;
        then nothing of this commit was written, and other commits can follow.
        """
        quoted_changes = [(quote_path(path), content) for path, content in changes]
        # Marks number the commits of this run, so that fast-import can be asked for the id of each.
        self._count += 1
        lines = [
            b"commit %s\nmark :%d\n" % (os.fsencode(self._branch), self._count),
            person_line("author", author),
            person_line("committer", committer),
            *_data_command(message.replace(b"\0", b" ")),
            # Only the first commit of a run needs its parent; the others follow the one before.
            b"from %s\n" % self.head.encode() if self.head and self._fast_import is None else b"",
            # Deletions come first, because a file may be replaced by a folder of the same name.
            *(b"D %s\n" % path for path, content in quoted_changes if content is None),
        ]
        for path, content in quoted_changes:
            if content is not None:
                lines += [b"M 100644 inline %s\n" % path, *_data_command(content)]
        self.head = self._send([*lines, b"get-mark :%d\n" % self._count])
        return self.head

    def _find_head(self) -> str:
        with self._git.start("for-each-ref", "--format=%(objectname)", self._branch) as process:
            head = process.stdout.read().decode().strip()
            process.finish()
            # Git only warns about a broken branch, which must not be mistaken for a new one.
            if warning := process.error_output():
                raise GitFailed(warning)
        return head

    def _send(self, lines: list[bytes]) -> str:
        """Send the commands of one commit to `git fast-import` and return the commit's id."""
        if self._fast_import is None:
            # Without --done a stream that breaks off would count as complete, and the branch would move.
            options = ("--quiet", "--done", "--date-format=raw-permissive")
            self._fast_import = self._git.start("fast-import", *options, stdin=PIPE)
        process = self._fast_import
        # If git has ended, `finish` raises the error that says why.
        with suppress(BrokenPipeError):
            process.write(b"".join(lines))
        commit_id = process.stdout.readline().decode().strip()
        if not commit_id:
            process.finish()
            raise process.failure("it gave no answer")
        return commit_id


def _data_command(content: bytes) -> list[bytes]:
    return [b"data %d\n" % len(content), content, b"\n"]


def _check_branch_name(name: str) -> None:
    error = InvalidRepository(f"“{name}” is not a valid name for a branch.")
    if name.startswith("-") or "\0" in name:
        raise error
    try:
        # It reads no repository, and the folder of the new one may not exist yet.
        Git(Path("/")).run("check-ref-format", f"refs/heads/{name}")
    except GitFailed as failure:
        raise error from failure


def _prepare_bare_repository(path: Path, branch: str) -> None:
    """Create the repository if needed. Raises InvalidRepository if something else is at the path."""
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        _create_repository(path, branch)
    elif not path.is_dir() or not is_git_dir(path):
        what = "a work tree" if (path / ".git").exists() else "not empty and not a git repository"
        raise InvalidRepository(f"{path} is {what}; commits are written to a bare repository or a new folder only.")
    elif read_git_config(path / "config", Git(path)).get("core.bare") == "false":
        raise InvalidRepository(f"{path} belongs to a work tree; commits are written to a bare repository only.")


def _create_repository(path: Path, branch: str) -> None:
    """Create a bare repository in one step: a later run would refuse one that a killed run left half made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(f".{path.name}-being-written-", path.parent) as folder:
        new = folder / "new"
        Git(new, folder=folder).run("init", "--quiet", "--bare", "--template=", f"--initial-branch={branch}")
        new.rename(path)
