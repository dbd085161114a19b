"""Writing to real repositories: commits read back as written, a run is atomic, and `git fsck` accepts the result."""

import os
import signal
import subprocess
import sys

import pytest

from pages.hugo.git.commits import ForbiddenPath, Person
from pages.hugo.git.processes import GitFailed, InvalidRepository
from pages.hugo.git.repository import Repository
from pages.hugo.git.writer import BranchWriter
from tests.repositories import RepositoryBuilder, git

ANN = Person("Ann Ä", "ann@example.org", "1690000000 +0200")
BOB = Person("Bob", "", "1690000001 -0330")


def write(path, *messages, ref="main"):
    with BranchWriter(path, ref) as writer:
        return [writer.write(ANN, BOB, message, [(b"a.md", message)]) for message in messages]


def assert_fsck_passes(path):
    checked = subprocess.run(["git", "-C", path, "fsck", "--strict", "--full"], capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr.replace(b"notice: No default references\n", b"")) == (
        0,
        b"",
        b"",
    )


def read(path, ref=None):
    with Repository(path) as repository:
        return list(repository.commits(ref))


def files(path, ref=None):
    with Repository(path) as repository:
        names = {change.path: change.blob for change in repository.tree(ref)}
        contents = repository.blobs(names.values(), max_bytes=1_000_000)
        return {name: contents[blob] for name, blob in names.items()}


def test_commits_are_read_back_as_they_were_written(tmp_path):
    path = tmp_path / "new" / "out.git"
    unusual = [b'a "b"', b"\xff", b"new\nline", b"back\\slash", b"\ttab", ":é".encode(), b"...", b".github/x", b"git~x"]
    with BranchWriter(path, "trunk") as writer:
        first = writer.write(ANN, BOB, b"\n One\n\n", [(name, name) for name in unusual])
        second = writer.write(BOB, ANN, b"\xff", [(unusual[0], None), (b"en/a.md", b"\0" * 300_000), (b"empty", b"")])
        third = writer.write(ANN, ANN, b"", [])
    assert [commit.id for commit in read(path)] == [first, second, third]
    assert [commit.message for commit in read(path)] == [b"\n One\n\n", b"\xff", b""]
    assert [(commit.author, commit.committer) for commit in read(path)] == [(ANN, BOB), (BOB, ANN), (ANN, ANN)]
    assert files(path) == {**{name: name for name in unusual[1:]}, b"en/a.md": b"\0" * 300_000, b"empty": b""}
    assert git(path, "symbolic-ref", "HEAD") == b"refs/heads/trunk\n"
    assert_fsck_passes(path)


def test_second_run_appends_to_the_commits_of_the_first(tmp_path):
    path = tmp_path / "out.git"
    first = write(path, b"1", b"2\nTrailer: x")
    with BranchWriter(path) as writer:
        assert writer.head == first[-1]
    second = write(path, b"3")
    assert [commit.id for commit in read(path)] == first + second
    assert files(path) == {b"a.md": b"3"}
    assert_fsck_passes(path)


def test_branches_are_independent(tmp_path):
    path = tmp_path / "out.git"
    write(path, b"1")
    write(path, b"2", ref="refs/heads/side/b")
    assert [commit.message for commit in read(path)] == [b"1"]
    assert [commit.message for commit in read(path, "side/b")] == [b"2"]


def test_run_without_commits_creates_an_empty_repository(tmp_path):
    (tmp_path / "out.git").mkdir()
    with BranchWriter(tmp_path / "out.git") as writer:
        assert writer.head == ""
    assert os.listdir(tmp_path) == ["out.git"]
    assert git(tmp_path / "out.git", "for-each-ref") == b""


def test_sha_256_repository_can_be_continued(tmp_path):
    with RepositoryBuilder(tmp_path / "a.git", object_format="sha256") as builder:
        builder.commit({"a.md": "1"})
    (commit_id,) = write(tmp_path / "a.git", b"2")
    assert len(commit_id) == 64
    assert len(read(tmp_path / "a.git")) == 2


def test_file_can_be_replaced_by_a_folder_and_a_folder_by_a_file(tmp_path):
    with BranchWriter(tmp_path / "out.git") as writer:
        writer.write(ANN, ANN, b"1", [(b"a", b"file"), (b"b/c", b"below")])
        writer.write(ANN, ANN, b"2", [(b"a/x", b"below"), (b"a", None), (b"b", b"file"), (b"b/c", None)])
    assert files(tmp_path / "out.git") == {b"a/x": b"below", b"b": b"file"}


@pytest.mark.parametrize(
    ("date", "written"),
    [
        ("1690000000 +0200", "1690000000 +0200"),
        ("0 -0000", "0 -0000"),
        ("0012 +0100", "12 +0100"),
        ("000 +0100", "0 +0100"),
        ("5", "5 +0000"),
        ("5 +1", "0 +0000"),
        ("5 CEST", "0 +0000"),
        ("5 +9999", "5 +9999"),
        ("", "0 +0000"),
        ("-5 +0100", "0 +0000"),
        ("٣ +0100", "0 +0000"),
        ("9223372036854775806 +0000", "9223372036854775806 +0000"),
        ("9223372036854775807 +0000", "0 +0000"),
        ("9" * 5000 + " +0300", "0 +0300"),
        ("1\n2 +0000", "0 +0000"),
    ],
)
def test_dates_that_git_rejects_are_replaced(tmp_path, date, written):
    with BranchWriter(tmp_path / "out.git") as writer:
        writer.write(Person("A", "a@b", date), Person("A", "a@b", date), b"1", [])
    (commit,) = read(tmp_path / "out.git")
    assert (commit.author.date, commit.committer.date) == (written, written)
    assert_fsck_passes(tmp_path / "out.git")


@pytest.mark.parametrize(
    ("name", "email", "written"),
    [
        ("", "a@b", ("", "a@b")),
        ("", "", ("", "")),
        ("A <b> C", "<a@b>", ("A b C", "a@b")),
        ("A\nauthor X\0", "a\n@b\r", ("Aauthor X", "a@b")),
        (" \ufffd\u2028\x01 ", " a b ", ("\ufffd\u2028\x01", "a b")),
        ("<>", ">", ("", "")),
        ("\ud800", "a@b", ("?", "a@b")),
    ],
)
def test_characters_that_git_rejects_are_removed_from_names(tmp_path, name, email, written):
    with BranchWriter(tmp_path / "out.git") as writer:
        writer.write(Person(name, email, "1 +0000"), Person(name, email, "1 +0000"), b"1", [])
    (commit,) = read(tmp_path / "out.git")
    assert (commit.author.name, commit.author.email) == written
    assert_fsck_passes(tmp_path / "out.git")


def test_nul_in_a_message_is_replaced(tmp_path):
    with BranchWriter(tmp_path / "out.git") as writer:
        writer.write(ANN, ANN, b"a\0b", [])
    (commit,) = read(tmp_path / "out.git")
    assert commit.message == b"a b"
    assert_fsck_passes(tmp_path / "out.git")


@pytest.mark.parametrize(
    "path",
    [
        b"", b"/", b"/a", b"a/", b"a//b", b".", b"..", b"a/../b", b"./a", b"a\0b", b"a" * 4097,
        b".git", b".GIT/config", b"a/.Git/x", b"git~1", b"GIT~1/x", b".git ", b".git. .", b".git::$INDEX_ALLOCATION",
        b"a\\.git", b".git\\x", "\u200c.git".encode(), ".g\u200dit".encode(), "\ufeff.git/x".encode(),
        b".gitmodules", b"a/.gitattributes", b"GITMOD~1", b"gi7eba~1",
    ],
)  # fmt: skip
def test_forbidden_path_is_refused_and_the_run_continues(tmp_path, path):
    with BranchWriter(tmp_path / "out.git") as writer:
        with pytest.raises(ForbiddenPath, match="path"):
            writer.write(ANN, ANN, b"bad", [(b"good", b""), (path, b"x")])
        writer.write(ANN, ANN, b"good", [(b"a", b"x")])
    assert [commit.message for commit in read(tmp_path / "out.git")] == [b"good"]
    assert files(tmp_path / "out.git") == {b"a": b"x"}


def test_error_names_the_forbidden_path(tmp_path):
    with BranchWriter(tmp_path / "out.git") as writer, pytest.raises(ForbiddenPath, match=r"“en/\.GIT/a”"):
        writer.write(ANN, ANN, b"bad", [(b"en/.GIT/a", None)])


def test_exception_leaves_the_branch_unchanged(tmp_path):
    path = tmp_path / "out.git"
    first = write(path, b"1")
    with pytest.raises(KeyError), BranchWriter(path) as writer:
        _write_and_raise(writer)
    assert [commit.id for commit in read(path)] == first
    write(path, b"3")
    assert files(path) == {b"a.md": b"3"}
    assert_fsck_passes(path)


def _write_and_raise(writer):
    writer.write(ANN, ANN, b"2", [(b"b.md", b"2")])
    raise KeyError


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from pages.hugo.git.commits import Person
from pages.hugo.git.writer import BranchWriter
with BranchWriter(Path(sys.argv[1])) as writer:
    for number in range(50):
        writer.write(Person("A", "", ""), Person("A", "", ""), b"killed", [(b"%d" % number, b"x" * 9999)])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_run_leaves_the_branch_unchanged_and_the_next_run_works(tmp_path):
    path = tmp_path / "out.git"
    first = write(path, b"1")
    killed = subprocess.run([sys.executable, "-c", KILLED_RUN, path], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    assert [commit.id for commit in read(path)] == first
    second = write(path, b"2")
    assert [commit.id for commit in read(path)] == first + second
    assert subprocess.run(["git", "-C", path, "fsck", "--strict"], check=False, capture_output=True).returncode == 0


def test_killed_git_raises_an_error_and_leaves_the_branch_unchanged(tmp_path):
    path = tmp_path / "out.git"
    first = write(path, b"1")
    writer = BranchWriter(path)
    with pytest.raises(GitFailed, match="status -9"), writer:
        _write_and_kill_git(writer)
    assert [commit.id for commit in read(path)] == first


def _write_and_kill_git(writer):
    writer.write(ANN, ANN, b"2", [(b"b.md", b"2")])
    writer._fast_import.kill()
    writer._fast_import.wait()
    writer.write(ANN, ANN, b"3", [(b"b.md", b"2")])


def test_git_killed_before_the_end_raises_an_error(tmp_path):
    writer = BranchWriter(tmp_path / "out.git")
    writer.write(ANN, ANN, b"2", [(b"b.md", b"2")])
    writer._fast_import.kill()
    writer._fast_import.wait()
    with pytest.raises(GitFailed, match="status -9"):
        writer.__exit__(None, None, None)


def test_branch_moved_by_somebody_else_is_not_moved_back(tmp_path):
    path = tmp_path / "out.git"
    write(path, b"1")
    writer = BranchWriter(path)
    writer.write(ANN, ANN, b"2", [])
    (other,) = write(path, b"other")
    with pytest.raises(GitFailed, match="Not updating refs/heads/main"):
        writer.__exit__(None, None, None)
    assert read(path)[-1].id == other


def test_folder_that_is_not_a_bare_repository_is_refused_and_unchanged(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/a").touch()
    RepositoryBuilder(tmp_path / "tree", is_bare=False)
    for name, reason in [
        ("full", "not a git repository"),
        ("full/a", "not a git"),
        ("tree", "a work tree"),
        ("tree/.git", "bare"),
    ]:
        with pytest.raises(InvalidRepository, match=reason):
            BranchWriter(tmp_path / name)
    assert os.listdir(tmp_path / "full") == ["a"]


@pytest.mark.parametrize("ref", ["", "-x", "a b", "a..b", "a.lock", "x\0", "x\ny", "refs/heads/", "@{1}"])
def test_invalid_branch_name_is_refused(tmp_path, ref):
    with pytest.raises(InvalidRepository, match="not a valid name for a branch"):
        BranchWriter(tmp_path / "out.git", ref)
    assert not (tmp_path / "out.git").exists()


def test_broken_branch_raises_an_error_instead_of_starting_a_new_one(tmp_path):
    path = tmp_path / "out.git"
    write(path, b"1")
    (path / "refs/heads/main").write_text("nonsense")
    with pytest.raises(GitFailed, match="broken"):
        BranchWriter(path)


def test_hooks_of_the_repository_do_not_run(tmp_path):
    path = tmp_path / "out.git"
    write(path, b"1")
    (path / "hooks").mkdir(exist_ok=True)
    hook = path / "hooks/reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/mark\n")
    hook.chmod(0o700)
    write(path, b"2")
    assert not (tmp_path / "mark").exists()
    git(path, "update-ref", "refs/heads/x", "main")
    assert (tmp_path / "mark").exists()


def test_missing_objects_are_not_fetched(tmp_path):
    path = tmp_path / "out.git"
    write(path, b"1")
    tree = git(path, "rev-parse", "main^{tree}").decode().strip()
    (path / "objects" / tree[:2] / tree[2:]).unlink()
    for name, value in [("url", path), ("promisor", "true"), ("uploadpack", f"touch {tmp_path}/mark;")]:
        git(path, "config", f"remote.origin.{name}", value)
    git(path, "config", "extensions.partialClone", "origin")
    git(path, "config", "core.repositoryFormatVersion", "1")
    with pytest.raises(GitFailed, match=tree):
        write(path, b"2")
    assert not (tmp_path / "mark").exists()


def test_history_written_again_has_the_same_ids(tmp_path):
    with RepositoryBuilder(tmp_path / "in.git") as builder:
        for number in range(20):
            builder.commit({f"{number % 7}.md": f"{number}", f"{number - 5}.md": None}, message=f"{number}\n\nä\n")
    with Repository(tmp_path / "in.git") as repository, BranchWriter(tmp_path / "out.git") as writer:
        for commit in repository.commits():
            contents = repository.blobs((change.blob for change in commit.changes if change.blob), max_bytes=1000)
            changes = [(change.path, contents.get(change.blob)) for change in commit.changes]
            assert writer.write(commit.author, commit.committer, commit.message, changes) == commit.id
