"""The builder of test repositories writes what it is given."""

from tests.repositories import RepositoryBuilder, TreeEntry, executable, git, link, submodule


def test_builder_writes_branches_merges_moves_and_all_kinds_of_entries(tmp_path):
    path = tmp_path / "site.git"
    unusual = b'a "b"\\\n\xff.md'
    with RepositoryBuilder(path) as site:
        first = site.commit(
            {"en/a.md": "One.\n", unusual: b"\xfe"}, message=b"Begin\n", date="1 +0200", author=("", "a@b")
        )
        side = site.commit({"b.md": link("en")}, branch="side", parents=[first])
        site.commit(
            moves={"en": "de"}, committer=("Bo", ""), committer_date="2 -0100", encoding="latin1", message=b"\xe4"
        )
        last = site.commit({unusual: None, "x": executable("x"), "s": submodule()}, parents=[":3", side])
    assert git(path, "log", "--format=%s", "--first-parent").split() == [b"Change", "ä".encode(), b"Begin"]
    assert git(path, "log", "-1", "--format=%an|%ae|%at|%P", first_id := site.ids[first]) == b"|a@b|1|\n"
    assert git(path, "cat-file", "-p", site.ids[last]).count(b"\nparent ") == 2
    assert unusual in git(path, "ls-tree", "-z", "--name-only", first_id).split(b"\0")
    entries = git(path, "ls-tree", "-r", "--format=%(objectmode) %(path)", "main").decode().splitlines()
    assert entries == ["100644 de/a.md", "160000 s", "100755 x"]


def test_builder_continues_an_earlier_run_and_can_start_a_new_root(tmp_path):
    path = tmp_path / "tree"
    with RepositoryBuilder(path, is_bare=False, branch="trunk") as site:
        site.commit({"a.md": "a"})
    with RepositoryBuilder(path, is_bare=False, branch="trunk") as site:
        site.commit({"b.md": TreeEntry("100644", b"b")})
    assert sorted(file.name for file in path.iterdir()) == [".git", "a.md", "b.md"]
    with RepositoryBuilder(path, is_bare=False, branch="trunk") as site:
        site.commit({"c.md": "c"}, parents=[])
    assert git(path, "rev-list", "--count", "trunk") == b"1\n"
    assert (path / "c.md").read_text() == "c"
