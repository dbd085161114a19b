"""Export of the texts in force as a folder that Hugo and the import can read."""

from datetime import timedelta
from pathlib import Path

import pytest

from pages.hugo.exporting import site_files
from pages.hugo.exporting.exported_structure import matching_structure
from pages.hugo.exporting.tree_export import DestinationNotEmpty, export_tree
from pages.hugo.importing.tree_import import import_tree
from pages.models import Page
from pages.publishing.drafts import save_draft
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move, set_position
from tests import hugo
from tests.building import EDITOR, draft_revision, make_fields, make_page, publish_bodies
from tests.exports import IMPORTER, NOW, import_repository, make_repository, published_state, rolled_back
from tests.trees import SVG, markdown, write_tree

pytestmark = pytest.mark.django_db

EN, RU = "content/en/policy/_index.md", "content/ru/policy/_index.md"
LATER = NOW + timedelta(days=1)
LANGUAGES = ("en", "ru")
OWN_FOLDERS = '[languages.en]\ncontentDir = "english"\n[languages.ru]\ncontentDir = "russian"\n'
FILES = {
    EN: markdown("Policy", "One ![a](/a.svg) ![b](b.svg)", lastmod="2024-04-29", weight="3"),
    RU: "\ufeff---\r\ntitle: 'П'  # Comment\r\n---\r\nОдин",
    "content/en/policy/b.svg": SVG,
    "static/a.svg": SVG,
}


def read_tree(root: Path) -> dict[str, bytes]:
    """Return the contents of a tree's files by path, except the site's config."""
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    del files["hugo.toml"]
    return files


def export_texts(root: Path, at=LATER) -> dict[str, str]:
    """Export without any remark or error, and return the files by path."""
    report = export_tree(root, at=at)
    assert (dict(report.remarks), dict(report.not_written)) == ({}, {})
    return {path: content.decode() for path, content in read_tree(root).items()}


@pytest.mark.parametrize("kind", ["tree", "history"])
def test_unedited_texts_are_exported_byte_for_byte_and_can_be_imported_again(tmp_path, kind):
    with rolled_back():
        if kind == "history":
            import_repository(make_repository(tmp_path / "site.git", FILES))
        else:
            import_tree(write_tree(tmp_path / "site", FILES), by=IMPORTER, now=NOW)
        out = tmp_path / "new" / "out"
        export_tree(out, at=LATER)
        before = published_state()
    expected = {path: content.encode() if isinstance(content, str) else content for path, content in FILES.items()}
    assert read_tree(out) == expected
    import_tree(out, by=IMPORTER, now=NOW)
    after = published_state()
    digests = [
        {
            language: values[0]
            for versions in state["pages"].values()
            for texts in versions.values()
            for language, values in texts.items()
        }
        for state in (before, after)
    ]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    "files",
    [
        {"en/a.md": "# A", "ru/a.md": "# А"},
        {"content/a.md": "# A", "content/a.ru.md": "# А"},
        {"hugo.toml": 'defaultContentLanguage = "ru"', "content/a.md": "# А", "content/a.en.md": "# A"},
        {"hugo.toml": 'contentDir = "docs"\ndefaultContentLanguage = "ru"', "docs/a.md": "# А", "docs/b/c.md": "# Б"},
        {"hugo.toml": OWN_FOLDERS, "english/a.md": "# A", "english/b/c.md": "# C", "russian/b/c.md": "# Б"},
        {
            "hugo.toml": OWN_FOLDERS.replace("english", "content/english").replace("russian", "content/russian"),
            "content/english/a.md": "# A",
            "content/russian/b/c.md": "# Б",
        },
    ],
    ids=["bare", "suffixes", "another default", "another folder", "a folder for each", "folders in one"],
)
def test_exported_tree_has_the_structure_of_the_imported_one(tmp_path, files):
    with rolled_back():
        import_tree(write_tree(tmp_path / "site", files), by=IMPORTER, now=NOW)
        assert export_texts(tmp_path / "out") == {path: body for path, body in files.items() if path != "hugo.toml"}
        before = published_state()["pages"]
    import_tree(tmp_path / "out", by=IMPORTER, now=NOW)
    assert published_state()["pages"] == before


def test_files_named_by_language_have_no_config_and_a_remark_says_why(tmp_path):
    files = {"policy/en.md": "# A", "policy/ru.md": "# А", "ru/b.md": "# Б"}
    with rolled_back():
        import_tree(write_tree(tmp_path / "site", files), by=IMPORTER, now=NOW)
        publish_bodies(Page.objects.get(path="policy"), {"de": "Neu"}, NOW)
        report = export_tree(tmp_path / "out", at=LATER)
        before = published_state()["pages"]
    remark = "Hugo cannot read files that are named by their language, such as policy/de.md: no hugo.toml"
    assert (dict(report.remarks), report.is_complete) == ({remark: 1}, True)
    paths = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert paths == {*files, "policy/de.md"}
    import_tree(tmp_path / "out", by=IMPORTER, now=NOW)
    assert published_state()["pages"].keys() == before.keys()


@pytest.mark.parametrize(("folder", "times"), [("content/", 0), ("", 1)], ids=["plain", "bare"])
def test_structure_is_not_searched_again_for_every_text(tmp_path, monkeypatch, folder, times):
    calls = []

    def counted(structure, names):
        calls.append(len(names))
        return matching_structure(structure, names)

    monkeypatch.setattr(site_files, "matching_structure", counted)
    places = [(language, number) for language in LANGUAGES for number in range(20)]
    files = {f"{folder}{language}/{number}.md": f"# {language} {number}" for language, number in places}
    import_tree(write_tree(tmp_path / "site", files), by=IMPORTER, now=NOW)
    export_texts(tmp_path / "out")
    assert (sorted(read_tree(tmp_path / "out")), len(calls)) == (sorted(files), times)


def test_edited_text_gets_lastmod_and_weight(tmp_path):
    import_repository(make_repository(tmp_path / "site.git", FILES))
    page = Page.objects.get()
    save_draft(page, {"en": make_fields("Two", title="Policy")}, by=EDITOR, now=NOW)
    publish_bodies(page, {"en": "Two"}, NOW)
    set_position(page, by=EDITOR, now=NOW, weight=7)
    files = export_texts(tmp_path / "out")
    title = draft_revision(page, "en").title
    assert files[EN] == f'---\ntitle: "{title}"\nlastmod: 2024-06-01T12:00:00Z\nweight: 7\n---\n\nTwo\n'
    assert files[RU] == FILES[RU]


def test_new_text_gets_lastmod(tmp_path):
    publish_bodies(make_page("policy"), {"en": "One."}, NOW)
    assert export_texts(tmp_path / "out") == {
        EN: '---\ntitle: "Privacy policy"\nlastmod: 2024-06-01T12:00:00Z\n---\n\nOne.\n'
    }


def test_page_that_was_moved_on_this_site_gets_an_alias(tmp_path):
    import_repository(
        make_repository(
            tmp_path / "site.git", {EN: "---\ntitle: A\n---\n", RU: "# A", "content/en/policy/sub.md": "# B"}
        )
    )
    move(Page.objects.get(path="policy"), slug="rules", parent=None, by=EDITOR, now=NOW)
    report = export_tree(tmp_path / "out", at=LATER)
    assert read_tree(tmp_path / "out") == {
        "content/en/rules/_index.md": b'---\naliases: ["/policy/"]\ntitle: A\n---\n',
        "content/ru/rules/_index.md": b"# A",
        # There is no front matter that aliases could be added to.
        "content/en/rules/sub.md": b"# B",
    }
    assert ["sub.md" in remark for remark in report.remarks] == [True]


def test_address_before_a_move_by_a_commit_is_not_exported_as_an_alias(tmp_path):
    files = {EN: "---\ntitle: A\n---\n"}
    import_repository(make_repository(tmp_path / "site.git", files, ({"content/en/policy": "content/en/terms"}, {})))
    move(Page.objects.get(), slug="rules", parent=None, by=EDITOR, now=NOW)
    assert export_texts(tmp_path / "out") == {
        "content/en/rules/_index.md": '---\naliases: ["/terms/"]\ntitle: A\n---\n',
    }


def test_moved_page_with_a_slug_gets_a_url(tmp_path):
    file = "content/en/policy.md"
    import_repository(make_repository(tmp_path / "site.git", {file: markdown("A", "One", slug="terms")}))
    move(Page.objects.get(), slug="rules", parent=None, by=EDITOR, now=NOW)
    assert 'url: "rules/"' in export_texts(tmp_path / "out")[file].replace("url: rules/", 'url: "rules/"')
    import_tree(tmp_path / "out", by=IMPORTER, now=LATER)
    assert list(Page.objects.values_list("path", flat=True)) == ["rules"]


def test_only_public_texts_are_exported(tmp_path):
    page, other = make_page("policy"), make_page("other")
    publish_bodies(page, {"en": "One."}, NOW - timedelta(days=1))
    publish_bodies(page, {"en": "Two."}, NOW, effective_at=NOW + timedelta(days=9))
    publish_bodies(other, {"en": "Other."}, NOW)
    withdraw(other, reasons={"en": "Gone"}, by=EDITOR, now=NOW)
    files = export_texts(tmp_path / "out")
    assert (list(files), files[EN].endswith("\nOne.\n")) == ([EN], True)
    assert export_texts(tmp_path / "later", NOW + timedelta(days=10))[EN].endswith("\nTwo.\n")


def test_folder_that_is_not_empty_is_not_changed(tmp_path):
    write_tree(tmp_path / "out", {"a": "A"})
    with pytest.raises(DestinationNotEmpty):
        export_tree(tmp_path / "out", at=NOW)
    assert (tmp_path / "out" / "a").read_text() == "A"


def test_failed_export_leaves_no_files(tmp_path, monkeypatch):
    publish_bodies(make_page("policy"), {"en": "One."}, NOW)

    def fail(_path, _content):
        raise OSError("No space left")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="No space left"):
        export_tree(tmp_path / "out", at=LATER)
    assert list(tmp_path.iterdir()) == []


BUNDLES = {"content/en/x/index.md": "One ![b](b.svg)", "content/ru/x/index.md": "Один", "content/en/x/b.svg": SVG}
LAYOUTS = {f"layouts/_default/{name}.html": "{{ .Content }}" for name in ("single", "list")}


def add_child(now=LATER):
    publish_bodies(make_page("y", parent=Page.objects.get(path="x")), {"en": "Child."}, now)


def published_paths():
    return sorted(Page.objects.public(LATER + timedelta(days=1)).values_list("path", flat=True))


@pytest.mark.parametrize("is_history", [False, True])
def test_page_that_has_a_child_is_exported_as_a_section(tmp_path, is_history):
    with rolled_back():
        if is_history:
            import_repository(make_repository(tmp_path / "site.git", BUNDLES))
        else:
            import_tree(write_tree(tmp_path / "site", BUNDLES), by=IMPORTER, now=NOW)
        assert sorted(export_texts(tmp_path / "leaf")) == sorted(BUNDLES)
        add_child()
        files = export_texts(tmp_path / "out")
    child = next(path for path in files if files[path].endswith("Child.\n"))
    assert child.startswith("content/en/x/y")
    assert sorted({*files} - {child}) == ["content/en/x/_index.md", "content/en/x/b.svg", "content/ru/x/_index.md"]
    assert files["content/en/x/_index.md"].endswith(BUNDLES["content/en/x/index.md"])
    log = import_tree(tmp_path / "out", by=IMPORTER, now=LATER)
    assert (log.lines, published_paths()) == ([], ["x", "x/y"])
    assert export_texts(tmp_path / "again", LATER + timedelta(days=1)) == files


@hugo.needs_hugo
def test_hugo_builds_the_child_of_an_exported_page(tmp_path):
    import_tree(write_tree(tmp_path / "site", BUNDLES), by=IMPORTER, now=NOW)
    add_child()
    export_texts(tmp_path / "out")
    built = hugo.build(write_tree(tmp_path / "out", LAYOUTS))
    assert "Child." in (built / "x/y/index.html").read_text()
    assert "One" in (built / "x/index.html").read_text()


def test_home_page_above_others_is_exported_as_a_section(tmp_path):
    # Without a config, the import takes the index at the top for an ordinary home page.
    with rolled_back():
        files = {"content/en/index.md": "Home", "content/en/p.md": "Page"}
        import_tree(write_tree(tmp_path / "site", files), by=IMPORTER, now=NOW)
        assert sorted(export_texts(tmp_path / "out")) == ["content/en/_index.md", "content/en/p.md"]
    import_tree(tmp_path / "out", by=IMPORTER, now=LATER)
    assert published_paths() == ["", "p"]
