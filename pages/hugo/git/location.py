"""Where a repository's git folder lies, and that nothing in it leads out of it.

Git follows what a repository says of itself to wherever it leads: a `.git` file, links, alternates, `core.worktree`,
`include.path`. A repository from strangers could so show what else lies on the machine, or have programs run. So its
config is never git's: a view with a config of ours stands before it, with its objects and its refs and nothing else.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pages.hugo.git.processes import Git, InvalidRepository

# The parts of a git folder that are read; all others (hooks, info, logs, the index, worktrees) are not.
_READ = ("HEAD", "config", "objects", "packed-refs", "refs", "reftable", "shallow")
_VIEWED = ("packed-refs", "refs", "reftable", "shallow")
_MOST = 1 << 20


@dataclass(frozen=True)
class RepositoryLocation:
    """A repository, and the folder of its tree that is meant (empty, or with a slash at the end)."""

    git_dir: Path
    head: str
    prefix: bytes
    object_format: str
    is_partial: bool

    @property
    def is_shallow(self) -> bool:
        """Whether its history was cut off when it was cloned."""
        return (self.git_dir / "shallow").exists()


def locate_repository(path: Path, git: Git) -> RepositoryLocation:
    """Find the repository that is meant by a path. Raises InvalidRepository where there is none that may be read."""
    try:
        return _locate(path, git)
    except InvalidRepository:
        raise
    except (OSError, ValueError) as error:
        raise InvalidRepository(f"{path} cannot be read: {error}") from error


def create_view(location: RepositoryLocation, view: Path) -> None:
    """Make a git folder with a config of ours and the repository's refs. Its objects are to be named beside it."""
    (view / "objects").mkdir()
    (view / "HEAD").write_bytes(os.fsencode(location.head))
    extensions = f"objectformat = {location.object_format}\n" if location.object_format != "sha1" else ""
    if (location.git_dir / "reftable").exists():
        extensions += "refstorage = reftable\n"
    (view / "config").write_text(
        "[core]\nrepositoryformatversion = 1\nbare = true\ncommitGraph = false\n"
        f"attributesFile = {os.devnull}\nhooksPath = {os.devnull}\nfsmonitor = false\n[extensions]\n{extensions}"
    )
    for name in _VIEWED:
        if (location.git_dir / name).exists():
            (view / name).symlink_to(location.git_dir / name)


def read_git_config(config: Path, git: Git) -> dict[str, str]:
    """Read what a repository's config says of what it is; nothing that it includes is read, and nothing done by it."""
    said = git.run("config", "--file", os.fsencode(config), "--no-includes", "--null", "--list").decode(
        errors="replace"
    )
    pairs = (entry.partition("\n") for entry in said.split("\0"))
    return {name: value for name, _, value in pairs}


def _locate(path: Path, git: Git) -> RepositoryLocation:
    top = _real(path)
    if not top.is_dir():
        raise InvalidRepository(f"{path} is no folder.")
    if is_git_dir(top):
        return _location(path, top, top, b"", git)
    for folder in (top, *top.parents):
        if os.path.lexists(folder / ".git"):
            prefix = os.fsencode(top.relative_to(folder)) + b"/" if folder != top else b""
            return _location(path, *_git_dir_of(folder, git), prefix, git)
    raise InvalidRepository(f"{path} is no git repository, nor in the work tree of one.")


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def is_git_dir(folder: Path) -> bool:
    """Tell whether a folder is a git folder itself, as git tells it."""
    return os.path.lexists(folder / "HEAD") and all((folder / name).is_dir() for name in ("objects", "refs"))


def _git_dir_of(work_tree: Path, git: Git) -> tuple[Path, Path]:
    """Return the git folder of a work tree, and the folder that has its HEAD."""
    door = work_tree / ".git"
    own = _real(door)
    if door.is_file():
        said = _text(door).strip()
        own = _real(work_tree / said.removeprefix("gitdir:").strip())
    if own.is_relative_to(work_tree):
        return own, own
    # Only what knows the work tree as its own is a repository of it, and not somebody else's.
    if (own / "gitdir").is_file() and _real(own / _text(own / "gitdir").strip()) == door:
        return _real(own / _text(own / "commondir").strip()), own
    known = read_git_config(own / "config", git).get("core.worktree") if is_git_dir(own) else None
    if known is not None and _real(own / known) == work_tree:
        return own, own
    raise InvalidRepository(
        f"{door} leads to {own}, which does not know it; nothing outside is read. Name that repository."
    )


def _location(path: Path, git_dir: Path, head_dir: Path, prefix: bytes, git: Git) -> RepositoryLocation:
    if not is_git_dir(git_dir):
        raise InvalidRepository(f"{path} is no git repository: {git_dir} has no HEAD, no objects or no refs.")
    files = list(_files_of(git_dir))
    alternates = git_dir / "objects/info/alternates"
    if alternates.exists() and _text(alternates).strip():
        raise InvalidRepository(
            f"{path} borrows objects from elsewhere (objects/info/alternates), and nothing outside it is read. "
            "Make a whole copy first: git clone --mirror --no-local."
        )
    settings = read_git_config(git_dir / "config", git) if (git_dir / "config").exists() else {}
    return RepositoryLocation(
        git_dir=git_dir,
        head=_head(head_dir / "HEAD"),
        prefix=prefix,
        object_format=_object_format(settings),
        is_partial="extensions.partialclone" in settings or any(name.endswith(".promisor") for name in files),
    )


def _object_format(settings: dict[str, str]) -> str:
    name = settings.get("extensions.objectformat", "sha1").lower()
    if name not in {"sha1", "sha256"}:
        raise InvalidRepository(f"The repository names its objects by {name}, which is not known.")
    return name


def _head(head: Path) -> str:
    # Git of long ago made HEAD a link to the branch.
    return f"ref: {os.readlink(head)}\n" if head.is_symlink() else _text(head)


def _files_of(git_dir: Path) -> Iterator[str]:
    """Walk what will be read. Raises InvalidRepository for links and for what is neither a file nor a folder."""
    waiting = [git_dir / name for name in _READ if name != "HEAD" and os.path.lexists(git_dir / name)]
    while waiting:
        place = waiting.pop()
        mode = place.lstat().st_mode
        if stat.S_ISDIR(mode):
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        yield entry.name
                    else:
                        waiting.append(place / entry.name)
        elif not stat.S_ISREG(mode):
            raise InvalidRepository(f"{place} is a link or no plain file; nothing that could lead outside is read.")


def _text(path: Path) -> str:
    """Read a small file of git's own. Raises InvalidRepository where it is none."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _MOST:
        raise InvalidRepository(f"{path} is no plain small file, as git has it there.")
    return path.read_bytes().decode(errors="surrogateescape")
