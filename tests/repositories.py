"""Real git repositories for tests, written by one run of `git fast-import`.

    with RepositoryBuilder(tmp_path / "site.git") as site:
        first = site.commit({"content/en/a.md": b"One.\n"}, message="Begin", date="1690000000 +0200")
        side = site.commit({"b.md": "Two.\n"}, branch="side", parents=[first])
        site.commit({"b.md": None, "c.md": link("b.md")}, moves={"content/en": "de"}, parents=[first, side])
    site.ids[side]  # the commit's id

A builder for an existing repository adds commits to it.
"""

import os
import subprocess
from dataclasses import dataclass

ANN = ("Ann", "ann@example.org")


@dataclass(frozen=True)
class TreeEntry:
    """An entry of a tree: a file (`content` is its bytes) or a submodule (`content` is the id of its commit)."""

    mode: str
    content: bytes


def link(target):
    return TreeEntry("120000", _bytes(target))


def executable(content):
    return TreeEntry("100755", _bytes(content))


def submodule(commit="1" * 40):
    """Return a submodule. Its commit does not need to exist."""
    return TreeEntry("160000", commit.encode())


def git(path, *arguments, content=None):
    """Run git in a folder, independent of this machine's settings. Return its output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": ANN[0], f"GIT_{role}_EMAIL": ANN[1]}
    environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C.UTF-8"}
    command = ["git", "-C", os.fspath(path), *arguments]
    return subprocess.run(command, input=content, env=environment, capture_output=True, check=True).stdout


class RepositoryBuilder:
    """Collects commits and writes them when the `with` block ends. Then `ids` maps their marks to their ids."""

    def __init__(self, path, *, branch="main", is_bare=True, object_format="sha1"):
        self.path, self.branch, self.is_bare = path, branch, is_bare
        self.ids = {}
        self._stream = []
        self._started_branches = set()
        self._marks = 0
        if not path.exists():
            kind = ["--bare"] if is_bare else []
            git(".", "init", "-q", *kind, "-b", branch, f"--object-format={object_format}", os.fspath(path))

    def commit(
        self, files=(), *, message="Change", date="1690000000 +0000", author=ANN, committer=None, committer_date=None,
        parents=None, branch=None, moves=(), encoding=None,
    ):  # fmt: skip
        """Add a commit and return its mark.

        `files` maps a path to its content, to a `TreeEntry`, or to None to delete it; `moves` maps an old file or
        folder to its new path and is applied first. Text is encoded as UTF-8, bytes are written as they are. Dates are
        in git's raw format and are not checked. `parents` are marks or ids; the commit begins with the tree of the
        first one. An empty list makes a root commit; without `parents` it follows the last commit of its branch.
        """
        self._marks += 1
        mark = f":{self._marks}"
        branch = f"refs/heads/{branch or self.branch}"
        self._stream += [
            f"reset {branch}\n" if parents == [] else "",
            f"commit {branch}\nmark {mark}\n",
            _person("author", author, date),
            _person("committer", committer or author, committer_date or date),
            f"encoding {encoding}\n" if encoding else "",
            *_data(message),
            *self._parents(branch, parents),
        ]
        self._started_branches.add(branch)
        for old, new in dict(moves).items():
            self._stream += ["R ", _quoted(old), " ", _quoted(new), "\n"]
        for path, content in dict(files).items():
            self._stream += _change(path, content)
        return mark

    def _parents(self, branch, parents):
        if parents is None:
            # Continue a branch of an earlier run.
            exists = branch not in self._started_branches and git(self.path, "for-each-ref", branch)
            return [f"from {branch}^0\n"] if exists else []
        return [
            f"{command} {parent}\n"
            for command, parent in zip(["from"] + ["merge"] * len(parents), parents, strict=False)
        ]

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.write()

    def write(self):
        """Write the commits, and check them out if there is a work tree."""
        stream = b"".join(map(_bytes, self._stream))
        marks = self.path / ("marks" if self.is_bare else ".git/marks")
        options = ["--quiet", "--force", "--date-format=raw-permissive", f"--export-marks={marks.resolve()}"]
        git(self.path, "fast-import", *options, content=stream)
        self.ids = dict(line.split() for line in marks.read_text().splitlines())
        self._stream, self._started_branches = [], set()
        marks.unlink()
        if not self.is_bare:
            git(self.path, "reset", "--quiet", "--hard")


def _bytes(value):
    return value.encode() if isinstance(value, str) else value


def _person(role, person, date):
    name, email = map(_bytes, person)
    return b"%s %s <%s> %s\n" % (role.encode(), name, email, _bytes(date))


def _data(content):
    content = _bytes(content)
    return [f"data {len(content)}\n", content, "\n"]


def _quoted(path):
    path = _bytes(path)
    return b'"%s"' % path.replace(b"\\", rb"\\").replace(b'"', rb"\"").replace(b"\n", rb"\n")


def _change(path, content):
    if content is None:
        return ["D ", _quoted(path), "\n"]
    entry = content if isinstance(content, TreeEntry) else TreeEntry("100644", _bytes(content))
    if entry.mode == "160000":
        return [f"M {entry.mode} ", entry.content, " ", _quoted(path), "\n"]
    return [f"M {entry.mode} inline ", _quoted(path), "\n", *_data(entry.content)]
