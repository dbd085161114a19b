"""Texts, pictures and addresses of changed pages. No database is needed."""

import pytest

from pages.hugo.commits.commit_changes import SkippedFile
from pages.hugo.commits.page_changes import PageChangesReader
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.importing.source_files import FolderFiles
from pages.hugo.site_structure.structure import SiteStructure
from tests.trees import SVG, markdown, write_tree

KNOWN = frozenset({"en", "ru"})


def read_folder(root):
    """Return the changes of importing a folder, and the reader."""
    files = FolderFiles(root)
    tracker = PageTracker(files.read, SiteStructure("en", languages=KNOWN))
    reader = PageChangesReader(tracker)
    return reader.read_changes(tracker.apply(files.changes(), "tree")), reader


def addresses(tmp_path, files):
    """Return the addresses of the pages by key, and the lines on renamed ones."""
    all_changes, reader = read_folder(write_tree(tmp_path, files))
    return {changes.page.key: changes.new_address for changes in all_changes}, reader.renamed


def test_pictures_are_found_in_static_folders_and_next_to_the_text(tmp_path):
    body = "![a](/images/a%20b.svg) ![b](b.svg) ![c](../c.svg?x=1#y) ![twice](b.svg)"
    names = ["static/images/a b.svg", "content/en/policy/b.svg", "content/en/c.svg"]
    ((page,), _) = read_folder(write_tree(tmp_path, {**dict.fromkeys(names, SVG), "content/en/policy/index.md": body}))
    # The path of a file is its blob id.
    files = [(name, name) for name in names]
    assert page.pictures["en"] == dict(zip(["/images/a%20b.svg", "b.svg", "../c.svg?x=1#y"], files, strict=True))


@pytest.mark.parametrize(
    "reference",
    [
        "/missing.svg",
        "/../hugo.svg",
        "../../../outside.svg",
        "/out.svg",
        "/loop.svg",
        "/",
        "%00.svg",
        "%ff.svg",
        f"/{'x' * 300}.svg",
    ],
)
def test_reference_that_is_not_a_file_of_the_tree_is_skipped(tmp_path, reference):
    tree = write_tree(tmp_path / "tree", {"hugo.svg": SVG, "static/a.svg": SVG, "content/en/a.svg": SVG})
    (tmp_path / "outside.svg").write_bytes(SVG)
    (tree / "static/out.svg").symlink_to("../../outside.svg")
    (tree / "static/loop.svg").symlink_to("loop.svg")
    ((page,), reader) = read_folder(write_tree(tree, {"content/en/policy.md": f"![a]({reference})"}))
    assert page.pictures["en"] == {}
    assert [skipped.reason for skipped in reader.skipped] == [
        f"picture {reference}: there is no such file in the tree."
    ]


@pytest.mark.parametrize(
    "reference", ["https://example.org/a.svg", "//example.org/a.svg", "http://example.org/", "http://%5Bx/a.svg"]
)
def test_picture_on_another_host_is_skipped_with_that_reason(tmp_path, reference):
    ((_page,), reader) = read_folder(write_tree(tmp_path, {"content/en/policy.md": f"![a]({reference})"}))
    assert [skipped.reason for skipped in reader.skipped] == [
        f"picture {reference}: it is on another host, and readers see its description instead."
    ]


def test_address_comes_from_the_leading_text(tmp_path):
    files = {
        "content/en/legal/Our Policy.md": markdown("Policy", "One"),
        "content/ru/legal/Our Policy.md": markdown("Политика", "Один", slug="politika"),
        "content/en/terms.md": markdown("Terms", "Two", url="/en/conditions.html"),
    }
    assert addresses(tmp_path, files) == ({"legal/our policy": "legal/our-policy", "terms": "conditions"}, [])


def test_redirects_come_from_aliases_and_from_the_addresses_of_other_languages(tmp_path):
    files = {
        "content/en/legal/policy.md": markdown("Policy", "One", aliases="[/old/, older]"),
        "content/ru/legal/policy.md": markdown("Политика", "Один", slug="politika", redirect_from="/ru/eldest/"),
    }
    ((page,), _) = read_folder(write_tree(tmp_path, files))
    assert [address.path for address in page.redirects] == ["old", "legal/older", "eldest", "legal/politika"]


def test_second_page_with_the_same_address_gets_a_number(tmp_path):
    files = {"content/en/a.md": "One", "content/en/b.md": markdown("B", "Two", url="/a/")}
    by_key, renamed = addresses(tmp_path, files)
    assert by_key == {"a": "a", "b": "a-2"}
    assert renamed == [("content/en/b.md", "→ /a-2/, because another page has /a/")]


def test_only_the_language_whose_text_has_an_error_is_skipped(tmp_path):
    files = {"content/en/policy.md": "---\ntitle: [\n---\n", "content/ru/policy.md": "Текст"}
    ((page,), reader) = read_folder(write_tree(tmp_path, files))
    assert (list(page.texts), sorted(page.languages)) == (["ru"], ["en", "ru"])
    assert [skipped.file_name for skipped in reader.skipped] == ["content/en/policy.md"]
    assert SkippedFile is type(reader.skipped[0])
