"""What files mean for pages: no database is needed."""

import pytest

from pages.hugo.commits.commit_changes import SkippedFile
from pages.hugo.commits.page_changes import PageChangesReader
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.importing.folder_files import FolderFiles
from tests.trees import SVG, markdown, write_tree

KNOWN = frozenset({"en", "ru"})


def news_of(root):
    """Return what a folder's files mean, and the reader."""
    files = FolderFiles(root)
    tracker = PageTracker(files.read, KNOWN, "en")
    reader = PageChangesReader(tracker, files.read, languages=KNOWN, fallback_language="en")
    return reader.read_changes(tracker.apply(files.changes(), "tree")), reader


def addresses(tmp_path, files):
    """Return the address of each page by its key, and what was renamed."""
    news, reader = news_of(write_tree(tmp_path, files))
    return {one.page.key: one.new_address for one in news}, reader.renamed


def test_pictures_are_found_under_static_and_beside_the_text(tmp_path):
    body = "![a](/images/a%20b.svg) ![b](b.svg) ![c](../c.svg?x=1#y) ![twice](b.svg)"
    names = ["static/images/a b.svg", "content/en/policy/b.svg", "content/en/c.svg"]
    ((page,), _) = news_of(write_tree(tmp_path, {**dict.fromkeys(names, SVG), "content/en/policy/index.md": body}))
    assert page.pictures["en"] == dict(zip(["/images/a%20b.svg", "b.svg", "../c.svg?x=1#y"], names, strict=True))


@pytest.mark.parametrize(
    "reference",
    [
        "/missing.svg",
        "/../hugo.svg",
        "../../../outside.svg",
        "/out.svg",
        "/loop.svg",
        "https://example.org/a.svg",
        "//example.org/a.svg",
        "/",
        "%00.svg",
        "%ff.svg",
        f"/{'x' * 300}.svg",
        "http://[x/a.svg",
    ],
)
def test_picture_that_is_no_file_of_the_tree_is_not_found(tmp_path, reference):
    tree = write_tree(tmp_path / "tree", {"hugo.svg": SVG, "static/a.svg": SVG, "content/en/a.svg": SVG})
    (tmp_path / "outside.svg").write_bytes(SVG)
    (tree / "static/out.svg").symlink_to("../../outside.svg")
    (tree / "static/loop.svg").symlink_to("loop.svg")
    ((page,), reader) = news_of(write_tree(tree, {"content/en/policy.md": f"![a]({reference})"}))
    assert page.pictures["en"] == {}
    assert [left.reason for left in reader.skipped] == ["there is no such file in the tree."]


def test_address_is_made_of_the_leading_text(tmp_path):
    files = {
        "content/en/legal/Our Policy.md": markdown("Policy", "One"),
        "content/ru/legal/Our Policy.md": markdown("Политика", "Один", slug="politika"),
        "content/en/terms.md": markdown("Terms", "Two", url="/en/conditions.html"),
    }
    assert addresses(tmp_path, files) == ({"legal/our policy": "legal/our-policy", "terms": "conditions"}, [])


def test_old_addresses_are_those_of_aliases_and_of_other_languages(tmp_path):
    files = {
        "content/en/legal/policy.md": markdown("Policy", "One", aliases="[/old/, older]"),
        "content/ru/legal/policy.md": markdown("Политика", "Один", slug="politika", redirect_from="/ru/eldest/"),
    }
    ((page,), _) = news_of(write_tree(tmp_path, files))
    assert page.redirects == ["old", "legal/older", "eldest", "legal/politika"]


def test_second_page_of_an_address_gets_a_number(tmp_path):
    files = {"content/en/a.md": "One", "content/en/b.md": markdown("B", "Two", url="/a/")}
    found, renamed = addresses(tmp_path, files)
    assert found == {"a": "a", "b": "a-2"}
    assert renamed == ["content/en/b.md → /a-2/, because another page has /a/"]


def test_text_that_cannot_be_read_is_left_out_alone(tmp_path):
    files = {"content/en/policy.md": "---\ntitle: [\n---\n", "content/ru/policy.md": "Текст"}
    ((page,), reader) = news_of(write_tree(tmp_path, files))
    assert (list(page.texts), sorted(page.languages)) == (["ru"], ["en", "ru"])
    assert [left.file_name for left in reader.skipped] == ["content/en/policy.md"]
    assert SkippedFile is type(reader.skipped[0])
