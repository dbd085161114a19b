"""The generated repository has everything that the import must handle, and depends only on the seed."""

import subprocess
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest

from benchmarks.generators.histories import make_history

SMALL = {"commits": 150, "languages": 9, "pages": 12, "text_bytes": 1500}
LOG_FORMAT = "\x01%H %P\x02%ct\x02%an\x02%s"


@dataclass(frozen=True)
class LoggedChange:
    """A changed file in the output of `git log --raw`. The status of a rename contains the similarity in percent."""

    status: str
    old_blob: str
    new_blob: str
    paths: tuple[str, ...]

    @property
    def is_text(self):
        return self.paths[-1].startswith("content/") and self.paths[-1].endswith(".md")


@dataclass(frozen=True)
class LoggedCommit:
    """A commit along first parents, with its changes against the first parent."""

    parents: tuple[str, ...]
    seconds: int
    author: str
    changes: tuple[LoggedChange, ...]

    def renames(self):
        return [change for change in self.changes if change.status.startswith("R") and change.is_text]


def git(path, *arguments, stdin=None):
    command = ["git", "-C", str(path), *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8", input=stdin).stdout


def read_commits(path, similarity):
    options = ("--first-parent", "-m", "--reverse", "--raw", "--no-abbrev", "-l0", similarity, f"--format={LOG_FORMAT}")
    for entry in git(path, "log", *options, "main").split("\x01")[1:]:
        header, *lines = entry.splitlines()
        ids, seconds, author, _subject = header.split("\x02")
        changes = tuple(parse_change(line) for line in lines if line)
        yield LoggedCommit(tuple(ids.split()[1:]), int(seconds), author, changes)


def parse_change(line):
    columns, *paths = line.split("\t")
    *_modes, old_blob, new_blob, status = columns.split()
    return LoggedChange(status, old_blob, new_blob, tuple(paths))


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "generated.git"
    return path, make_history(path, **SMALL)


@pytest.fixture(scope="module")
def commits(generated):
    return list(read_commits(generated[0], "-M50%"))


@pytest.fixture(scope="module")
def contents(generated, commits):
    """Return the content of every blob by its id."""
    changes = [change for commit in commits for change in commit.changes]
    blobs = sorted({blob for change in changes for blob in (change.old_blob, change.new_blob)})
    # An id of zeros stands for a file that does not exist.
    existing = [blob for blob in blobs if blob.strip("0")]
    command = ["git", "-C", generated[0], "cat-file", "--batch"]
    output = subprocess.run(command, check=True, capture_output=True, input="\n".join(existing).encode()).stdout
    by_blob = {}
    for blob in existing:
        header, _newline, output = output.partition(b"\n")
        size = int(header.split()[2])
        by_blob[blob], output = output[:size].decode(errors="replace"), output[size + 1 :]
    return by_blob


@pytest.fixture(scope="module")
def edits(commits, contents):
    """Return each modified text before and after."""
    changes = [change for commit in commits for change in commit.changes if change.status == "M" and change.is_text]
    return [(contents[change.old_blob], contents[change.new_blob]) for change in changes]


def test_git_fsck_finds_no_error(generated):
    assert git(generated[0], "fsck", "--strict", "--full") == ""


def test_same_seed_makes_the_same_history(generated, tmp_path):
    make_history(tmp_path / "again.git", **SMALL)
    make_history(tmp_path / "other.git", **SMALL, seed=6)
    main = git(generated[0], "rev-parse", "main")
    assert git(tmp_path / "again.git", "rev-parse", "main") == main
    assert git(tmp_path / "other.git", "rev-parse", "main") != main


def test_reported_size_is_what_was_written(generated):
    path, size = generated
    commits = list(read_commits(path, "-M100%"))
    changes = [change for commit in commits for change in commit.changes if change.is_text]
    blobs = [change.new_blob for change in changes if change.status in {"A", "M"}]
    sizes = git(path, "cat-file", "--batch-check=%(objectsize)", stdin="\n".join(blobs)).split()
    assert (size.commits, size.texts, size.text_bytes) == (len(commits), len(blobs), sum(map(int, sizes)))
    assert size.commits == SMALL["commits"]
    assert size.text_bytes / size.texts == pytest.approx(SMALL["text_bytes"], rel=0.3)


def test_most_commits_change_one_text_and_some_change_many_or_none(commits):
    texts = [[change.paths[-1].split("/", 2)[1:] for change in commit.changes if change.is_text] for commit in commits]
    assert Counter(map(len, texts)).most_common(1)[0][0] == 1
    large = [changed for changed in texts if len(changed) > 4]
    assert any(len({page for _language, page in changed}) == 1 for changed in large)
    assert any(len({language for language, _page in changed}) == 1 for changed in large)
    assert [] in texts


def test_a_section_is_renamed_in_every_language(commits):
    renames = [[change.paths for change in commit.renames() if change.status == "R100"] for commit in commits]
    of_section = [
        pairs for pairs in renames if pairs and all(new == old.replace("/legal/", "/policies/") for old, new in pairs)
    ]
    assert len(of_section) == 1
    assert len(of_section[0]) > SMALL["pages"]


def test_a_rename_changes_only_the_case(commits):
    renames = [change.paths for commit in commits for change in commit.renames() if change.status == "R100"]
    assert [new for old, new in renames if old != new and old.lower() == new]


def test_a_page_is_renamed_and_edited_in_one_commit(commits):
    renames = [change for commit in commits for change in commit.renames()]
    assert [change for change in renames if change.status != "R100" and "-in-short" in change.paths[1]]


def test_a_language_code_is_renamed_with_its_config(commits):
    def is_from_old_folder(commit):
        return any(change.paths[0].startswith("content/zh/") for change in commit.renames())

    candidates = [commit for commit in commits if is_from_old_folder(commit)]
    (commit,) = [commit for commit in candidates if commit.renames()[0].paths[1].startswith("content/zh-hans/")]
    assert "hugo.toml" in [change.paths[0] for change in commit.changes]


def test_a_page_is_deleted_in_every_language_and_restored_unchanged(commits):
    changes = [change for commit in commits for change in commit.changes]
    deleted = {(change.paths[-1], change.old_blob) for change in changes if change.status == "D"}
    added = {(change.paths[-1], change.new_blob) for change in changes if change.status == "A"}
    assert len({path.split("/")[1] for path, _blob in deleted & added}) > 4
    deletions = [[change for change in commit.changes if change.status == "D" and change.is_text] for commit in commits]
    assert [texts for texts in deletions if len(texts) == 1]
    assert [texts for texts in deletions if len(texts) > 4]


def test_branches_are_merged(commits):
    merges = [commit for commit in commits if len(commit.parents) == 2]
    assert merges
    assert all(any(change.is_text for change in commit.changes) for commit in merges)


def test_some_dates_are_equal_and_some_run_backwards(commits):
    pairs = list(pairwise(commit.seconds for commit in commits))
    assert [1 for first, second in pairs if first == second]
    assert [1 for first, second in pairs if first > second]


def test_authors_have_names_in_many_scripts(commits):
    scripts = {unicodedata.name(commit.author[0]).split()[0] for commit in commits}
    assert scripts >= {"LATIN", "CYRILLIC", "ARABIC", "CJK"}


def test_some_edits_change_only_white_space_or_only_front_matter(edits):
    assert [1 for old, new in edits if old != new and old.split() == new.split()]
    bodies = [(old.split("---\n")[2], new.split("---\n")[2]) for old, new in edits]
    assert [1 for old, new in bodies if old == new]


def test_edits_leave_most_of_a_text_and_change_something(edits):
    balances = [len(set(old.split("\n\n")) & set(new.split("\n\n"))) - len(old.split("\n\n")) for old, new in edits]
    # The front matter, and one block for each commit of a merge.
    assert min(balances) >= -5
    assert all(old != new for old, new in edits)


@pytest.mark.parametrize("markup", ["\n## ", "\n- ", "\n1. ", "](https://", "\n|---|", "](/images/1.png)", "{{< "])
def test_texts_use_the_markdown_of_policies(contents, markup):
    assert [1 for text in contents.values() if markup in text]


def test_a_bundle_shows_a_picture_in_its_folder(generated, contents):
    assert [1 for text in contents.values() if "](picture.png)" in text]
    names = git(generated[0], "ls-tree", "-r", "--name-only", "main").split("\n")
    bundles = [name for name in names if name.endswith("/index.md")]
    assert bundles
    assert all(name.replace("index.md", "picture.png") in names for name in bundles)


def test_history_with_too_few_pages_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 8 pages"):
        make_history(tmp_path / "small.git", pages=7)
