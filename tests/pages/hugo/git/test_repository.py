"""Reading real repositories of every shape, including broken and hostile ones."""

import os
import signal
import stat
import subprocess
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from pages.hugo.git.commits import Change, Person
from pages.hugo.git.processes import GitFailed, InvalidRepository
from pages.hugo.git.repository import Repository
from tests.repositories import RepositoryBuilder, executable, git, link, submodule


@pytest.fixture
def site(tmp_path):
    """A bare repository with three commits: two files, one edit, one deletion."""
    path = tmp_path / "site.git"
    with RepositoryBuilder(path) as builder:
        builder.commit({"en/a.md": "One.\n", "b.md": "B.\n"}, message="First\n\nMore.\n", author=("Ann", "ann@x.org"))
        builder.commit({"en/a.md": "Two.\n"}, message="Second")
        builder.commit({"b.md": None}, message="Third")
    return path


def commits(path, *arguments, **options):
    with Repository(path) as repository:
        return list(repository.commits(*arguments, **options))


def blobs(repository, ids):
    return repository.blobs(ids, max_bytes=1_000_000)


def paths(commit):
    return {change.path: change.mode for change in commit.changes}


def text(path, commit, name):
    with Repository(path) as repository:
        (blob,) = (change.blob for change in commit.changes if change.path == name)
        return blobs(repository, [blob])[blob]


def test_commits_are_read_oldest_first_with_their_changes(site):
    first, second, third = commits(site)
    assert first.author == Person("Ann", "ann@x.org", "1690000000 +0000")
    assert (first.message, first.subject) == (b"First\n\nMore.\n", "First")
    assert first.committed_at == datetime(2023, 7, 22, 4, 26, 40, tzinfo=UTC)
    assert paths(first) == {b"b.md": "100644", b"en/a.md": "100644"}
    assert [text(site, commit, b"en/a.md") for commit in (first, second)] == [b"One.\n", b"Two.\n"]
    assert third.changes == (Change(b"b.md", "000000", ""),)
    assert third.id == git(site, "rev-parse", "main").decode().strip()


def test_known_commits_are_skipped(site):
    with Repository(site) as repository:
        ids = repository.ids()
        assert [commit.subject for commit in repository.commits(after=set(ids[:2]))] == ["Third"]
        assert [commit.id for commit in repository.commits(ids[1])] == ids[:2]
        assert list(repository.commits(after=set(ids))) == []


def test_commits_follow_their_parents_even_if_dates_run_backwards(tmp_path):
    with RepositoryBuilder(tmp_path / "a.git") as builder:
        for number, date in enumerate(["1700000000 +0000", "1 -0300", "1600000000 +0000", "1600000000 +0000"]):
            builder.commit({"a": str(number)}, message=f"{number}", date=date)
    assert [commit.subject for commit in commits(builder.path)] == ["0", "1", "2", "3"]


def test_merge_is_one_commit_with_its_change_against_the_first_parent(tmp_path):
    with RepositoryBuilder(tmp_path / "a.git") as builder:
        root = builder.commit({"a": "a"}, message="Root")
        sides = [builder.commit({name: name}, branch=name, parents=[root], message=name) for name in ("b", "c")]
        after = builder.commit({"a": "aa"}, parents=[root], message="Own")
        builder.commit({"b": "b"}, parents=[after, sides[0]], message="Merge")
        builder.commit({"c": "c", "d": "d"}, parents=[":5", *sides], message="Octopus")
        builder.commit(message="Nothing")
        builder.commit({"a": "x"}, parents=[":7", sides[0]], message="Merge of what is in")
    changes = {commit.subject: paths(commit) for commit in commits(builder.path)}
    assert changes == {
        "Root": {b"a": "100644"},
        "Own": {b"a": "100644"},
        "Merge": {b"b": "100644"},
        "Octopus": {b"c": "100644", b"d": "100644"},
        "Nothing": {},
        "Merge of what is in": {b"a": "100644"},
    }
    assert list(changes) == ["Root", "Own", "Merge", "Octopus", "Nothing", "Merge of what is in"]


def test_modes_distinguish_files_links_and_submodules(tmp_path):
    with RepositoryBuilder(tmp_path / "a.git") as builder:
        builder.commit({"a": "a", "b": link("a"), "c": executable("c"), "d": submodule("2" * 40)})
        builder.commit({"a": link("b"), "b": submodule("3" * 40), "c": "c", "d": None})
        builder.commit({"a": None, "a/x": "x", "b": "b"})
    first, second, third = commits(builder.path)
    assert paths(first) == {b"a": "100644", b"b": "120000", b"c": "100755", b"d": "160000"}
    assert Change(b"d", "160000", "2" * 40) in first.changes
    assert paths(second) == {b"a": "120000", b"b": "160000", b"c": "100644", b"d": "000000"}
    assert paths(third) == {b"a": "000000", b"a/x": "100644", b"b": "100644"}


def test_rename_is_a_deleted_and_an_added_path(tmp_path):
    with RepositoryBuilder(tmp_path / "a.git") as builder:
        builder.commit({f"en/{number}.md": f"{number}" * 99 for number in range(300)})
        builder.commit(moves={"en": "de"})
    _, moved = commits(builder.path)
    assert len(moved.changes) == 600
    assert paths(moved)[b"en/7.md"] == "000000"
    assert paths(moved)[b"de/7.md"] == "100644"


def test_paths_are_raw_bytes(tmp_path):
    unusual = [
        b"with space",
        b'"quoted"',
        b"tab\there",
        b"new\nline",
        b"\xff\xfe",
        b":100644 a",
        b"back\\slash",
        "ä".encode(),
    ]
    with RepositoryBuilder(tmp_path / "a.git") as builder:
        builder.commit({name: name for name in unusual})
    (commit,) = commits(builder.path)
    assert sorted(paths(commit)) == sorted(unusual)
    with Repository(builder.path) as repository:
        assert sorted(change.path for change in repository.tree()) == sorted(unusual)
        assert sorted(blobs(repository, (change.blob for change in commit.changes)).values()) == sorted(unusual)
    assert text(builder.path, commit, b"new\nline") == b"new\nline"


def test_names_and_messages_are_decoded_with_the_encoding_of_the_commit(tmp_path):
    with RepositoryBuilder(tmp_path / "a.git") as builder:
        builder.commit(message="Grüße".encode("latin1"), author=("Jürgen".encode("latin1"), ""), encoding="ISO-8859-1")
        builder.commit(message=b"Gr\xfc\n", author=(b"J\xfcrgen", b"a\xff@b"))
        builder.commit(message="é", encoding="no-such", author=("é", "a b"))
        builder.commit(message="é", encoding="hex")
        builder.commit(message=b"\n\n  late \n")
        builder.commit(message=b"")
    first, second, third, fourth, late, empty = commits(builder.path)
    assert (first.author.name, first.author.email, first.subject) == ("Jürgen", "", "Grüße")
    assert (first.message, first.encoding) == ("Grüße".encode("latin1"), "ISO-8859-1")
    assert (second.author.name, second.author.email, second.subject) == ("J\ufffdrgen", "a\ufffd@b", "Gr\ufffd")
    assert (third.author.name, third.author.email, third.subject, fourth.subject) == ("é", "a b", "é", "é")
    assert (late.message, late.subject) == (b"\n\n  late \n", "late")
    assert (empty.message, empty.subject) == (b"", "")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("0 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("1690000000 +9999", datetime(2023, 7, 22, 4, 26, 40, tzinfo=UTC)),
        ("253402300799 -0000", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("253402300800 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9" * 17 + " +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9" * 5000 + " +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("-86400 +0000", datetime(1969, 12, 31, tzinfo=UTC)),
        ("-" + "9" * 15 + " +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("yesterday", datetime(1970, 1, 1, tzinfo=UTC)),
        ("", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_raw_dates_are_kept_and_invalid_ones_are_read_as_the_epoch(tmp_path, date, expected):
    RepositoryBuilder(tmp_path / "a.git")
    tree = git(tmp_path / "a.git", "mktree", content=b"").decode().strip()
    content = f"tree {tree}\nauthor A <a@b> {date}\ncommitter C <> {date}\n\nOdd\n".encode()
    commit_id = git(tmp_path / "a.git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally", content=content)
    (commit,) = commits(tmp_path / "a.git", commit_id.decode().strip())
    assert (commit.author.date, commit.committed_at) == (date, expected)


@pytest.mark.parametrize(
    "headers", ["", "author nobody\n", "author A <a> b@c> 1 +0000\ngpgsig x\n committer Bad <> 1\n"]
)
def test_commit_with_broken_headers_can_be_read(tmp_path, headers):
    RepositoryBuilder(tmp_path / "a.git")
    tree = git(tmp_path / "a.git", "mktree", content=b"").decode().strip()
    content = f"tree {tree}\n{headers}\nOdd\n".encode()
    commit_id = git(tmp_path / "a.git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally", content=content)
    (commit,) = commits(tmp_path / "a.git", commit_id.decode().strip())
    assert commit.message == b"Odd\n"
    assert commit.committer == Person("", "", "")


def test_sha_256_repository_can_be_read(tmp_path):
    with RepositoryBuilder(tmp_path / "a.git", object_format="sha256") as builder:
        root = builder.commit({"a": "a"})
        side = builder.commit({"b": "b"}, branch="side", parents=[root])
        builder.commit({"b": "b"}, parents=[root, side])
    first, merge = commits(builder.path)
    assert len(merge.id) == len(first.changes[0].blob) == 64
    assert text(builder.path, merge, b"b") == b"b"


@pytest.mark.parametrize("inside", ["", ".git"])
def test_work_tree_and_its_git_directory_open_the_repository(tmp_path, inside):
    with RepositoryBuilder(tmp_path / "tree", is_bare=False) as builder:
        builder.commit({"en/a.md": "a"})
    (commit,) = commits(tmp_path / "tree" / inside)
    assert paths(commit) == {b"en/a.md": "100644"}


def test_folder_of_a_work_tree_limits_commits_and_trees_to_its_files(tmp_path):
    with RepositoryBuilder(tmp_path / "tree", is_bare=False) as builder:
        builder.commit({"si*e/en/a.md": "a", "site/b": "b", "si*e2": "c"}, message="1")
        builder.commit({"other": "o"}, message="2")
        builder.commit({"si*e/en/a.md": None, "si*e/ä": "x"}, message="3")
    first, second, third = commits(tmp_path / "tree/si*e")
    assert paths(first) == {b"en/a.md": "100644"}
    assert second.changes == ()
    assert paths(third) == {b"en/a.md": "000000", "ä".encode(): "100644"}
    with Repository(tmp_path / "tree/si*e") as repository:
        assert [change.path for change in repository.tree()] == ["ä".encode()]
        assert [change.path for change in repository.tree(first.id)] == [b"en/a.md"]
        assert [change.path for change in repository.tree(second.id)] == [b"en/a.md"]


def test_tree_is_empty_if_the_commit_does_not_have_the_folder(tmp_path):
    with RepositoryBuilder(tmp_path / "tree", is_bare=False) as builder:
        builder.commit({"a": "a"})
    (tmp_path / "tree/new").mkdir()
    with Repository(tmp_path / "tree/new") as repository:
        assert list(repository.tree()) == []


def test_linked_work_tree_has_its_own_head_and_the_branches_of_the_repository(site, tmp_path):
    git(site, "worktree", "add", "--quiet", "--detach", tmp_path / "linked", "main~1")
    with Repository(tmp_path / "linked") as repository:
        assert [commit.subject for commit in repository.commits()] == ["First", "Second"]
        assert [commit.subject for commit in repository.commits("main")] == ["First", "Second", "Third"]


def test_checked_out_submodule_can_be_read(site, tmp_path):
    with RepositoryBuilder(tmp_path / "tree", is_bare=False) as builder:
        builder.commit({"a": "a"})
    git(tmp_path / "tree", "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", site, "sub")
    assert (tmp_path / "tree/sub/.git").is_file()
    assert [commit.subject for commit in commits(tmp_path / "tree/sub")] == ["First", "Second", "Third"]


def test_shallow_clone_begins_at_its_cut(site, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{site}", "cut")
    with Repository(tmp_path / "cut") as repository:
        first, second = repository.commits()
        assert [repository.is_cut_at(commit.id) for commit in (first, second)] == [True, False]
    with Repository(site) as repository:
        assert not any(map(repository.is_cut_at, repository.ids()))
    assert (first.subject, paths(first)) == ("Second", {b"b.md": "100644", b"en/a.md": "100644"})
    assert paths(second) == {b"b.md": "000000"}


def test_partial_clone_leaves_missing_blobs_out_and_fetches_nothing(site, tmp_path):
    git(site, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--bare", "--filter=blob:none", f"file://{site}", "part.git")
    with Repository(tmp_path / "part.git") as repository:
        ids = [change.blob for commit in repository.commits() for change in commit.changes if change.blob]
        assert len(ids) == 3
        assert blobs(repository, ids) == {}


def test_branches_tags_and_revisions_are_resolved(site):
    git(site, "tag", "--annotate", "--message=x", "v1", "main~1")
    git(site, "pack-refs", "--all")
    with Repository(site) as repository:
        last = repository.ids()[-1]
        assert repository.resolve() == repository.resolve("main") == repository.resolve("refs/heads/main") == last
        assert repository.resolve("v1") == repository.resolve("main~1") == repository.ids()[1]


@pytest.mark.parametrize(
    "ref", ["-", "--all", "--output=x", "no-such", "main..main", "^main", "main:b.md", "a\0b", "a\nb"]
)
def test_ref_that_is_not_a_commit_is_refused(site, ref):
    with Repository(site) as repository, pytest.raises(InvalidRepository, match="commit"):
        repository.resolve(ref)


def test_repository_without_commits_is_refused(tmp_path):
    RepositoryBuilder(tmp_path / "a.git")
    with Repository(tmp_path / "a.git") as repository:
        with pytest.raises(InvalidRepository, match="has no commits"):
            list(repository.commits())
        with pytest.raises(InvalidRepository, match="no commit “main”"):
            repository.ids("main")


@pytest.mark.parametrize("name", ["none", "file", "folder"])
def test_path_without_a_repository_is_refused(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(InvalidRepository, match=name):
        Repository(tmp_path / name)


def test_error_says_that_git_is_not_installed(site, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InvalidRepository, match="Git is not installed on this machine"):
        Repository(site)


def test_environment_and_settings_of_the_user_are_ignored(site, tmp_path, monkeypatch):
    (tmp_path / ".gitconfig").write_text("[core]\nbare = nonsense\n[log]\nshowSignature = true\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", "/nowhere")
    monkeypatch.setenv("GIT_COMMON_DIR", "/nowhere")
    monkeypatch.setenv("GIT_SHALLOW_FILE", str(tmp_path / "shallow"))
    (tmp_path / "shallow").write_bytes(git(site, "rev-parse", "main"))
    assert len(commits(site)) == 3


def hostile_config(mark):
    run = f"touch {mark}"
    return f"""
[core]
	fsmonitor = {run}
	pager = {run}
	sshCommand = {run}
	hooksPath = {mark.parent}
	attributesFile = {mark.parent}/attributes
	worktree = /
	alternateRefsCommand = {run}
[diff]
	external = {run}
[diff "x"]
	textconv = {run}
	command = {run}
[filter "x"]
	smudge = {run}
[log]
	showSignature = true
	showRoot = false
	follow = true
[gpg]
	program = {run}
[include]
	path = {mark.parent}/outside
[extensions]
	partialClone = origin
[remote "origin"]
	url = .
	promisor = true
	uploadpack = {run};
[alias]
	rev-list = !{run}
"""


def test_hostile_config_of_a_repository_has_no_effect(tmp_path):
    mark = tmp_path / "mark"
    (tmp_path / "outside").write_text("[core]\n\tbroken")
    (tmp_path / "attributes").write_text("* diff=x filter=x\n")
    with RepositoryBuilder(tmp_path / "tree", is_bare=False) as builder:
        builder.commit(
            {"a.md": "a\n", ".gitattributes": "* diff=x filter=x\n", ".mailmap": "Bob <b@b> <ann@example.org>"}
        )
        builder.commit({"a.md": "b\n"})
    before = commits(tmp_path / "tree")
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        (tmp_path / "tree/.git/hooks").mkdir(exist_ok=True)
        script = tmp_path / "tree/.git/hooks" / hook
        script.write_text(f"#!/bin/sh\ntouch {mark}\n")
        script.chmod(stat.S_IRWXU)
    with (tmp_path / "tree/.git/config").open("a") as config:
        config.write(hostile_config(mark))
    missing = "1" * 40
    with Repository(tmp_path / "tree") as repository:
        assert list(repository.commits()) == before
        assert len(list(repository.tree())) == 3
        assert blobs(repository, [missing]) == {}
    assert before[0].author.name == "Ann"
    assert not mark.exists()


def test_replacements_and_grafts_do_not_change_history(site):
    last, middle, first = git(site, "rev-parse", "main", "main~1", "main~2").decode().split()
    git(site, "update-ref", f"refs/replace/{last}", first)
    (site / "info").mkdir(exist_ok=True)
    (site / "info/grafts").write_text(f"{middle}\n")
    assert [commit.subject for commit in commits(site)] == ["First", "Second", "Third"]


def borrow_objects_by_alternates(path, outside):
    (path / "objects/info/alternates").write_text(f"{outside}/objects\n")


def link_objects(path, outside):
    (path / "objects").rename(path / "was")
    (path / "objects").symlink_to(outside / "objects")


def link_packs(path, outside):
    (path / "objects/pack/x").symlink_to(outside / "objects/pack")


def link_a_ref(path, outside):
    (path / "refs/heads/x").symlink_to(outside / "refs/heads/main")


def link_packed_refs(path, outside):
    (path / "packed-refs").symlink_to(outside / "packed-refs")


def link_config(path, outside):
    (path / "config").unlink()
    (path / "config").symlink_to(outside / "config")


def make_a_pipe(path, outside):
    os.mkfifo(path / "shallow")


@pytest.mark.parametrize(
    "attack",
    [
        borrow_objects_by_alternates,
        link_objects,
        link_packs,
        link_a_ref,
        link_packed_refs,
        link_config,
        make_a_pipe,
    ],
)
def test_repository_that_leads_outside_is_refused(site, tmp_path, attack):
    RepositoryBuilder(tmp_path / "other.git")
    attack(tmp_path / "other.git", site)
    with pytest.raises(InvalidRepository, match=r"nothing (outside|that could lead outside)"):
        Repository(tmp_path / "other.git")


@pytest.mark.parametrize("kind", ["file", "link"])
def test_git_file_that_points_at_an_unrelated_repository_is_refused(site, tmp_path, kind):
    (tmp_path / "tree").mkdir()
    if kind == "file":
        (tmp_path / "tree/.git").write_text(f"gitdir: {site}\n")
    else:
        (tmp_path / "tree/.git").symlink_to(site)
    with pytest.raises(InvalidRepository, match="does not refer back to it"):
        Repository(tmp_path / "tree")


def loose_object(path, name):
    return path / "objects" / name[:2] / name[2:]


@pytest.mark.parametrize("name", ["main~1", "main~1^{tree}", "main~2^{tree}", "main~2:en"])
def test_missing_object_of_the_history_raises_the_error_of_git(site, name):
    missing = git(site, "rev-parse", name).decode().strip()
    loose_object(site, missing).unlink()
    with pytest.raises(GitFailed, match=missing[:7]):
        commits(site)


def test_missing_or_broken_blob_raises_an_error_and_others_can_still_be_read(site):
    ids = [change.blob for commit in commits(site) for change in commit.changes if change.blob]
    intact, missing, broken = ids
    loose_object(site, missing).unlink()
    loose_object(site, broken).chmod(0o600)
    loose_object(site, broken).write_bytes(b"not zlib")
    with Repository(site) as repository:
        for name in (missing, broken, git(site, "rev-parse", "main").decode().strip(), "main", "x\ny"):
            with pytest.raises(GitFailed, match=name[:9]):
                blobs(repository, [intact, name, intact])
            assert [len(content) for content in blobs(repository, [intact]).values()] == [3]


def test_broken_blob_of_a_partial_clone_raises_an_error(site):
    git(site, "config", "extensions.partialClone", "origin")
    broken = git(site, "rev-parse", "main:en/a.md").decode().strip()
    loose_object(site, broken).chmod(0o600)
    loose_object(site, broken).write_bytes(b"not zlib")
    with Repository(site) as repository, pytest.raises(GitFailed, match=broken):
        blobs(repository, [broken])


def test_truncated_pack_raises_an_error(site):
    git(site, "repack", "-a", "-d", "-q")
    (pack,) = (site / "objects/pack").glob("*.pack")
    pack.chmod(0o600)
    os.truncate(pack, pack.stat().st_size // 2)
    with pytest.raises((GitFailed, InvalidRepository), match=r"packfile|pack"):
        commits(site)


def test_blobs_are_read_up_to_the_size_limit(tmp_path):
    sizes = {number: size + number for number, size in enumerate([0, 1, 300_000, 3_000_000, 7, 3_000_900] * 20)}
    with RepositoryBuilder(tmp_path / "a.git") as builder:
        builder.commit({f"{number}": b"\n" * size for number, size in sizes.items()})
    with Repository(builder.path) as repository:
        by_path = {int(change.path): change.blob for change in repository.tree()}
        ids = [by_path[number] for number in (*sizes, *sizes)]
        for limit in (10, 3_000_945):
            contents = repository.blobs(ids, max_bytes=limit)
            lengths = {number: len(contents[blob]) for number, blob in by_path.items() if blob in contents}
            assert lengths == {number: size for number, size in sizes.items() if size <= limit}


def test_blobs_can_be_read_while_iterating_over_commits(site):
    with Repository(site) as repository:
        seen = []
        for commit in repository.commits():
            seen += blobs(repository, [change.blob for change in commit.changes if change.blob]).values()
    assert sorted(seen) == [b"B.\n", b"One.\n", b"Two.\n"]


def test_processes_and_folders_are_removed_after_an_exception(site):
    running, history = [], None
    with suppress(KeyError), Repository(site) as repository:
        history = repository.commits()
        next(history)
        blob = next(repository.tree()).blob
        blobs(repository, [blob])
        running += [process for process in repository._git._processes if process.returncode is None]
        view = repository._folder
        raise KeyError
    assert len(running) == 4
    assert all(process.returncode is not None for process in running)
    assert not view.exists()
    history.close()
    repository.__exit__()


def test_killed_process_raises_an_error_and_is_started_again(site):
    with Repository(site) as repository:
        (blob,) = {change.blob for change in repository.tree()}
        blobs(repository, [blob])
        for process in repository._git._processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
        with pytest.raises(GitFailed, match="status -9"):
            blobs(repository, [blob])
        assert len(blobs(repository, [blob])) == 1


def test_long_history_is_read_with_constant_memory(tmp_path):
    with RepositoryBuilder(tmp_path / "a.git") as builder:
        for number in range(6000):
            builder.commit({f"{number % 50}/a.md": f"{number}"}, message="x" * 2000)
    with Repository(builder.path) as repository:
        tracemalloc.start()
        try:
            count = sum(1 for _ in repository.commits())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert count == 6000
    assert peak < 4_000_000


def test_reading_does_not_modify_the_repository(site):
    before = subprocess.run(["find", site, "-printf", "%p %s %T@\n"], capture_output=True, check=True).stdout
    commits(site)
    assert subprocess.run(["find", site, "-printf", "%p %s %T@\n"], capture_output=True, check=True).stdout == before
