"""The files of a folder, and what is never read."""

import pytest

from pages.hugo.commits.commit_changes import FileChange
from pages.hugo.importing import source_files
from pages.hugo.importing.source_files import FolderFiles
from tests.trees import write_tree

LINK = "it is a link that does not lead to a file of the tree."


def test_files_are_sorted_by_name_within_each_folder(tmp_path):
    names = ["a.md", "content/en/b.md", "content/ru/a.md", "content/en/a/_index.md", ".git/config"]
    files = FolderFiles(write_tree(tmp_path, dict.fromkeys(names, "Text.")))
    paths = [change.path for change in files.changes()]
    assert paths == ["a.md", "content/en/b.md", "content/en/a/_index.md", "content/ru/a.md"]
    assert files.read(paths[:1]) == {"a.md": b"Text."}


def test_file_name_that_is_not_utf8_is_reported_with_replacement_characters(tmp_path):
    tree = write_tree(tmp_path, {"content/en/policy\udcff.md": "Text."})
    assert list(FolderFiles(tree).changes()) == [
        FileChange("content/en/policy\ufffd.md", skip_reason="its name is not UTF-8.")
    ]


def test_folder_named_like_a_text_is_skipped(tmp_path):
    (write_tree(tmp_path, {}) / "content/en/policy.md").mkdir(parents=True)
    assert list(FolderFiles(tmp_path).changes()) == [
        FileChange("content/en/policy.md", skip_reason="it is not a file.")
    ]


def test_link_to_a_folder_is_not_followed(tmp_path):
    tree = write_tree(tmp_path, {"notes/a.md": "Text."})
    (tree / "content/en").symlink_to("../notes")
    reason = "it is a link to a folder, which is not followed."
    assert list(FolderFiles(tree).changes()) == [
        FileChange("content/en", skip_reason=reason),
        FileChange("notes/a.md", "notes/a.md"),
    ]


@pytest.mark.parametrize("target", ["../../../outside.md", "policy.md", "/etc/hostname"])
def test_link_out_of_the_tree_or_to_itself_is_not_read(tmp_path, target):
    tree = write_tree(tmp_path / "tree", {})
    (tmp_path / "outside.md").write_text("Secret.")
    (tree / "content/en").mkdir()
    (tree / "content/en/policy.md").symlink_to(target)
    assert list(FolderFiles(tree).changes()) == [FileChange("content/en/policy.md", skip_reason=LINK)]


def test_link_inside_the_tree_is_read(tmp_path):
    tree = write_tree(tmp_path, {"content/en/policy.md": "Text.", "content/ru/other.md": "Other."})
    (tree / "content/ru/policy.md").symlink_to("../en/policy.md")
    files = FolderFiles(tree)
    assert [change.skip_reason for change in files.changes()] == ["", "", ""]
    assert files.read(["content/ru/policy.md"]) == {"content/ru/policy.md": b"Text."}


def test_folder_link_out_of_the_tree_is_not_followed(tmp_path):
    write_tree(tmp_path / "outside", {"content/en/policy.md": "Secret."})
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/content").symlink_to("../outside/content")
    reason = "it is a link to a folder, which is not followed."
    assert list(FolderFiles(tmp_path / "tree").changes()) == [FileChange("content", skip_reason=reason)]


def test_file_that_is_too_long_or_missing_has_no_content(tmp_path, monkeypatch):
    monkeypatch.setattr(source_files, "MAX_FILE_BYTES", 4)
    files = FolderFiles(write_tree(tmp_path, {"a.md": "Text", "b.md": "Longer"}))
    assert files.read(["a.md", "b.md", "c.md"]) == {"a.md": b"Text"}
