"""Finding a repository's git directory and making sure that nothing in it leads outside of it.

Git follows what a repository says about itself: a `.git` file, symbolic links, alternates, `core.worktree`,
`include.path`. A repository from a stranger could use these to expose other files of this machine or to run programs.
Therefore git never reads the repository's own config. It works in an isolated git directory: a temporary one with a
config of ours that has the repository's objects and refs and nothing else.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pages.hugo.git.processes import Git, GitFailed, InvalidRepository
from pages.text.messages import Message, reason_of

# The parts of a git directory that are read. Others (hooks, info, logs, the index, worktrees) are not.
# HEAD and config are copied or parsed by this module, objects are read in place, the rest is linked.
_CHECKED_NAMES = ("HEAD", "config", "objects", "packed-refs", "refs", "reftable", "shallow")
_LINKED_NAMES = ("packed-refs", "refs", "reftable", "shallow")
_MAX_TEXT_BYTES = 1 << 20


@dataclass(frozen=True)
class RepositoryLocation:
    """A repository and the folder of its tree to read (`prefix`: empty, or with a slash at its end)."""

    git_dir: Path
    head: str
    prefix: bytes
    object_format: str
    is_partial: bool


def locate_repository(path: Path, git: Git) -> RepositoryLocation:
    """Find the repository that contains a path. Raises InvalidRepository if there is none or it must not be read."""
    try:
        top = _resolve(path)
        if not top.is_dir():
            raise InvalidRepository(Message("%(path)s is not a folder.", path=str(path)))
        if is_git_dir(top):
            return _checked_location(path, top, top, b"", git)
        for folder in (top, *top.parents):
            if os.path.lexists(folder / ".git"):
                prefix = os.fsencode(top.relative_to(folder)) + b"/" if folder != top else b""
                return _checked_location(path, *_find_git_dir(folder, git), prefix, git)
    except (OSError, ValueError, GitFailed) as error:
        reason = Message("%(path)s cannot be read: %(reason)s", path=str(path), reason=reason_of(error))
        raise InvalidRepository(reason) from error
    raise InvalidRepository(
        Message("%(path)s is not a git repository and not in the work tree of one.", path=str(path))
    )


def create_isolated_git_dir(location: RepositoryLocation, folder: Path) -> None:
    """Make the empty folder a git directory with a config of ours and links to the repository's refs.

    It has no objects: pass the repository's own as GIT_OBJECT_DIRECTORY.
    """
    (folder / "objects").mkdir()
    (folder / "HEAD").write_bytes(os.fsencode(location.head))
    extensions = f"objectformat = {location.object_format}\n" if location.object_format != "sha1" else ""
    if (location.git_dir / "reftable").exists():
        extensions += "refstorage = reftable\n"
    (folder / "config").write_text(
        "[core]\nrepositoryformatversion = 1\nbare = true\ncommitGraph = false\n"
        f"attributesFile = {os.devnull}\nhooksPath = {os.devnull}\nfsmonitor = false\n[extensions]\n{extensions}"
    )
    for name in _LINKED_NAMES:
        if (location.git_dir / name).exists():
            (folder / name).symlink_to(location.git_dir / name)


def read_git_config(config: Path, git: Git) -> dict[str, str]:
    """Return the settings of a config file by name, without following its includes."""
    output = git.run("config", "--file", os.fsencode(config), "--no-includes", "--null", "--list")
    entries = (entry.partition("\n") for entry in output.decode(errors="replace").split("\0"))
    return {name: value for name, _, value in entries}


def is_git_dir(folder: Path) -> bool:
    """Tell whether a folder is itself a git directory, by git's own rule."""
    return os.path.lexists(folder / "HEAD") and all((folder / name).is_dir() for name in ("objects", "refs"))


def _resolve(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _find_git_dir(work_tree: Path, git: Git) -> tuple[Path, Path]:
    """Return the git directory of a work tree and the directory that contains its HEAD."""
    dot_git = work_tree / ".git"
    git_dir = _resolve(dot_git)
    if dot_git.is_file():
        git_dir = _resolve(work_tree / _read_small_file(dot_git).strip().removeprefix("gitdir:").strip())
    if git_dir.is_relative_to(work_tree):
        return git_dir, git_dir
    # A `.git` can point at any directory of this machine. It counts only if that directory points back here: a linked
    # work tree by `gitdir`, a submodule by core.worktree.
    if (git_dir / "gitdir").is_file() and _resolve(git_dir / _read_small_file(git_dir / "gitdir").strip()) == dot_git:
        return _resolve(git_dir / _read_small_file(git_dir / "commondir").strip()), git_dir
    worktree = read_git_config(git_dir / "config", git).get("core.worktree") if is_git_dir(git_dir) else None
    if worktree is not None and _resolve(git_dir / worktree) == work_tree:
        return git_dir, git_dir
    raise InvalidRepository(
        Message(
            "%(path)s leads to %(target)s, which does not refer back to it, and nothing outside is read. "
            "Give the path of that repository instead.",
            path=str(dot_git),
            target=str(git_dir),
        )
    )


def _checked_location(path: Path, git_dir: Path, head_dir: Path, prefix: bytes, git: Git) -> RepositoryLocation:
    if not is_git_dir(git_dir):
        raise InvalidRepository(
            Message(
                "%(path)s is not a git repository: %(folder)s has no HEAD, no objects or no refs.",
                path=str(path),
                folder=str(git_dir),
            )
        )
    names = list(_checked_file_names(git_dir))
    alternates = git_dir / "objects/info/alternates"
    if alternates.exists() and _read_small_file(alternates).strip():
        raise InvalidRepository(
            Message(
                "%(path)s borrows objects from another repository (objects/info/alternates), and nothing outside is "
                "read. Make a full copy first: git clone --mirror --no-local.",
                path=str(path),
            )
        )
    settings = read_git_config(git_dir / "config", git) if (git_dir / "config").exists() else {}
    head = head_dir / "HEAD"
    return RepositoryLocation(
        git_dir=git_dir,
        # Very old versions of git made HEAD a symbolic link to the branch.
        head=f"ref: {os.readlink(head)}\n" if head.is_symlink() else _read_small_file(head),
        prefix=prefix,
        object_format=_object_format(settings),
        is_partial="extensions.partialclone" in settings or any(name.endswith(".promisor") for name in names),
    )


def _object_format(settings: dict[str, str]) -> str:
    name = settings.get("extensions.objectformat", "sha1").lower()
    if name not in {"sha1", "sha256"}:
        raise InvalidRepository(
            Message("The repository uses the object format %(name)s, which is not supported.", name=name)
        )
    return name


def _checked_file_names(git_dir: Path) -> Iterator[str]:
    """Yield the names of all files to read. Raises InvalidRepository for links, devices and other special files."""
    pending = [git_dir / name for name in _CHECKED_NAMES if name != "HEAD" and os.path.lexists(git_dir / name)]
    while pending:
        path = pending.pop()
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        yield entry.name
                    else:
                        pending.append(path / entry.name)
        elif not stat.S_ISREG(mode):
            raise InvalidRepository(
                Message("%(path)s is not a regular file; nothing that could lead outside is read.", path=str(path))
            )


def _read_small_file(path: Path) -> str:
    """Read one of git's own small text files. Raises InvalidRepository if it is a link or too large."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _MAX_TEXT_BYTES:
        raise InvalidRepository(Message("%(path)s is not a small regular file, as git would have it.", path=str(path)))
    return path.read_bytes().decode(errors="surrogateescape")
