"""The generated repository has what the import has to cope with, and is the same each time."""

import subprocess
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest

from benchmarks.histories import make_history

SMALL = {"commits": 150, "languages": 9, "pages": 12, "text_bytes": 1500}
CHANGE = "\x01%H %P\x02%ct\x02%an\x02%s"


@dataclass(frozen=True)
class Changed:
    """A file that a commit changed, as `git log --raw` says it; a rename has a share of what stayed, in percent."""

    kind: str
    old_blob: str
    new_blob: str
    paths: tuple[str, ...]

    @property
    def is_text(self):
        return self.paths[-1].startswith("content/") and self.paths[-1].endswith(".md")


@dataclass(frozen=True)
class CommitSummary:
    """A commit along first parents, and its changes against the first."""

    parents: tuple[str, ...]
    seconds: int
    author: str
    changes: tuple[Changed, ...]

    def renames(self):
        return [one for one in self.changes if one.kind.startswith("R") and one.is_text]


def git(path, *arguments, said=None):
    command = ["git", "-C", str(path), *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8", input=said).stdout


def read_commits(path, similarity):
    options = ("--first-parent", "-m", "--reverse", "--raw", "--no-abbrev", "-l0", similarity, f"--format={CHANGE}")
    for entry in git(path, "log", *options, "main").split("\x01")[1:]:
        head, *lines = entry.splitlines()
        ids, seconds, author, _subject = head.split("\x02")
        yield CommitSummary(
            tuple(ids.split()[1:]), int(seconds), author, tuple(changed(line) for line in lines if line)
        )


def changed(line):
    described, *paths = line.split("\t")
    *_modes, old_blob, new_blob, kind = described.split()
    return Changed(kind, old_blob, new_blob, tuple(paths))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "made.git"
    return path, make_history(path, **SMALL)


@pytest.fixture(scope="module")
def commits(made):
    return list(read_commits(made[0], "-M50%"))


@pytest.fixture(scope="module")
def contents(made, commits):
    """Return the text of every blob that is a text."""
    blobs = sorted({blob for commit in commits for one in commit.changes for blob in (one.old_blob, one.new_blob)})
    wanted = [blob for blob in blobs if blob.strip("0")]
    answer = subprocess.run(
        ["git", "-C", made[0], "cat-file", "--batch"], check=True, capture_output=True, input="\n".join(wanted).encode()
    ).stdout
    found = {}
    for blob in wanted:
        head, _newline, answer = answer.partition(b"\n")
        size = int(head.split()[2])
        found[blob], answer = answer[:size].decode(errors="replace"), answer[size + 1 :]
    return found


@pytest.fixture(scope="module")
def edits(commits, contents):
    """Return what each changed text was and became."""
    changes = [one for commit in commits for one in commit.changes if one.kind == "M" and one.is_text]
    return [(contents[one.old_blob], contents[one.new_blob]) for one in changes]


def test_git_finds_no_fault_with_a_history(made):
    assert git(made[0], "fsck", "--strict", "--full") == ""


def test_history_is_the_same_for_the_same_seed(made, tmp_path):
    make_history(tmp_path / "again.git", **SMALL)
    make_history(tmp_path / "other.git", **SMALL, seed=6)
    main = git(made[0], "rev-parse", "main")
    assert git(tmp_path / "again.git", "rev-parse", "main") == main
    assert git(tmp_path / "other.git", "rev-parse", "main") != main


def test_history_tells_how_much_it_wrote(made):
    path, told = made
    exact = list(read_commits(path, "-M100%"))
    blobs = [one.new_blob for commit in exact for one in commit.changes if one.kind in {"A", "M"} and one.is_text]
    sizes = git(path, "cat-file", "--batch-check=%(objectsize)", said="\n".join(blobs)).split()
    assert (told.commits, told.texts, told.text_bytes) == (len(exact), len(blobs), sum(map(int, sizes)))
    assert told.commits == SMALL["commits"]
    assert told.text_bytes / told.texts == pytest.approx(SMALL["text_bytes"], rel=0.3)


def test_commits_touch_one_text_mostly_and_sometimes_many_or_none(commits):
    texts = [[one.paths[-1].split("/", 2)[1:] for one in commit.changes if one.is_text] for commit in commits]
    assert Counter(map(len, texts)).most_common(1)[0][0] == 1
    assert any(len(one) > 4 and len({page for _language, page in one}) == 1 for one in texts if len(one) > 4)
    assert any(len({language for language, _page in one}) == 1 for one in texts if len(one) > 4)
    assert [] in texts


def test_a_section_is_renamed_in_every_language(commits):
    moves = [[one.paths for one in commit.renames() if one.kind == "R100"] for commit in commits]
    whole = [one for one in moves if one and all(new == old.replace("/legal/", "/policies/") for old, new in one)]
    assert len(whole) == 1
    assert len(whole[0]) > SMALL["pages"]


def test_a_page_is_renamed_by_case_alone(commits):
    moves = [one.paths for commit in commits for one in commit.renames() if one.kind == "R100"]
    assert [new for old, new in moves if old != new and old.lower() == new]


def test_a_page_is_renamed_and_edited_at_once(commits):
    assert [one for commit in commits for one in commit.renames() if one.kind != "R100" and "-in-short" in one.paths[1]]


def test_a_language_code_is_renamed_with_its_config(commits):
    moved = [commit for commit in commits if any(one.paths[0].startswith("content/zh/") for one in commit.renames())]
    (commit,) = [one for one in moved if one.renames()[0].paths[1].startswith("content/zh-hans/")]
    assert "hugo.toml" in [one.paths[0] for one in commit.changes]


def test_a_page_goes_in_every_language_and_comes_back_as_it_was(commits):
    def found(kind, name):
        return {(one.paths[-1], getattr(one, name)) for commit in commits for one in commit.changes if one.kind == kind}

    returned = found("D", "old_blob") & found("A", "new_blob")
    assert len({path.split("/")[1] for path, _blob in returned}) > 4
    deletions = [[one for one in commit.changes if one.kind == "D" and one.is_text] for commit in commits]
    assert [one for one in deletions if len(one) == 1]
    assert [one for one in deletions if len(one) > 4]


def test_branches_are_merged(commits):
    merges = [commit for commit in commits if len(commit.parents) == 2]
    assert merges
    assert all(any(one.is_text for one in commit.changes) for commit in merges)


def test_dates_stand_still_and_run_backwards(commits):
    pairs = list(pairwise(commit.seconds for commit in commits))
    assert [1 for first, second in pairs if first == second]
    assert [1 for first, second in pairs if first > second]


def test_authors_have_names_in_many_scripts(commits):
    scripts = {unicodedata.name(commit.author[0]).split()[0] for commit in commits}
    assert scripts >= {"LATIN", "CYRILLIC", "ARABIC", "CJK"}


def test_edits_change_white_space_alone_or_front_matter_alone(edits):
    assert [1 for old, new in edits if old != new and old.split() == new.split()]
    bodies = [(old.split("---\n")[2], new.split("---\n")[2]) for old, new in edits]
    assert [1 for old, new in bodies if old == new]


def test_edits_leave_most_of_a_text_and_change_something(edits):
    kept = [len(set(old.split("\n\n")) & set(new.split("\n\n"))) - len(old.split("\n\n")) for old, new in edits]
    # The front matter, and a block for each of the commits that a merge brings.
    assert min(kept) >= -5
    assert all(old != new for old, new in edits)


@pytest.mark.parametrize("piece", ["\n## ", "\n- ", "\n1. ", "](https://", "\n|---|", "](/images/1.png)", "{{< "])
def test_texts_have_what_policies_are_written_with(contents, piece):
    assert [1 for text in contents.values() if piece in text]


def test_a_bundle_shows_a_picture_beside_it(made, contents):
    assert [1 for text in contents.values() if "](picture.png)" in text]
    names = git(made[0], "ls-tree", "-r", "--name-only", "main").split("\n")
    bundles = [name for name in names if name.endswith("/index.md")]
    assert bundles
    assert all(name.replace("index.md", "picture.png") in names for name in bundles)


def test_history_refuses_to_be_too_small_for_all_that(tmp_path):
    with pytest.raises(ValueError, match="at least 8 pages"):
        make_history(tmp_path / "small.git", pages=7)
