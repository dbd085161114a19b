"""Reading a Hugo tree: no database is needed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pages.hugo.tree_reading import NoTree, NotTaken, TextFile, default_language, read_tree
from tests.trees import SVG, markdown, write_tree

BERLIN = ZoneInfo("Europe/Berlin")


def read(root, zone=UTC):
    return list(read_tree(root, zone))


def read_one(root, content, name="content/en/policy.md", zone=UTC):
    (found,) = read(write_tree(root, {name: content}), zone)
    return found


def reason(root, content, name="content/en/policy.md"):
    found = read_one(root, content, name)
    assert isinstance(found, NotTaken)
    assert found.file_name == name
    return found.why


@pytest.mark.parametrize(
    ("name", "language", "path"),
    [
        ("content/en/_index.md", "en", ""),
        ("content/en/index.md", "en", ""),
        ("content/en/privacy.md", "en", "privacy"),
        ("content/ru/privacy/_index.md", "ru", "privacy"),
        ("content/ru/privacy/index.md", "ru", "privacy"),
        ("content/ru/legal/eu/privacy.md", "ru", "legal/eu/privacy"),
        ("content/zh-Hans/v1.0.md", "zh-hans", "v1.0"),
        ("content/eo/política.md", "eo", "política"),
    ],
)
def test_place_of_a_file_tells_its_language_and_its_page(tmp_path, name, language, path):
    found = read_one(tmp_path, markdown("Privacy", "Text."), name)
    assert (found.language, found.path, found.file_name) == (language, path, name)


def test_texts_come_in_the_order_of_their_names(tmp_path):
    names = ["content/en/b.md", "content/ru/a.md", "content/en/a/_index.md"]
    write_tree(tmp_path, {name: markdown("Title", "Text.") for name in names})
    assert [found.file_name for found in read(tmp_path)] == sorted(names)


def test_other_files_than_markdown_are_no_texts(tmp_path):
    names = ["content/en/a.html", "content/en/map.png", "static/a.md", "README.md", "layouts/a.md"]
    assert read(write_tree(tmp_path, dict.fromkeys(names, "Text."))) == []


def test_fields_are_read_and_bytes_are_kept(tmp_path):
    lines = ["---", 'title: "Privacy"', "linkTitle: Short", "description: What we do.", "weight: 30", "---"]
    content = "\r\n".join([*lines, "", "One", "Two", ""]).encode()
    found = read_one(tmp_path, content)
    fields = (found.fields.title, found.fields.link_title, found.fields.description, found.fields.body)
    assert fields == ("Privacy", "Short", "What we do.", "One\nTwo")
    assert (found.content, found.weight) == (content, 30)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf---\ntitle: Privacy\n---\nText.\n", id="byte order mark"),
        pytest.param(b"---\rtitle: Privacy\r---\rText.\r", id="CR alone"),
        pytest.param(b"---\ntitle: Privacy\n---\nText \xff\xfe and \x00.\n", id="invalid UTF-8 and NUL"),
        pytest.param(b"---\ntitle: Privacy\n---\nText.", id="no newline at the end"),
    ],
)
def test_unusual_bytes_are_taken_as_they_are(tmp_path, content):
    found = read_one(tmp_path, content)
    assert (found.fields.title, found.content) == ("Privacy", content)


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("content/en/privacy-policy.md", "# Our promise\n\nText.", "Our promise"),
        ("content/en/privacy-policy.md", "Text.", "Privacy policy"),
        ("content/en/privacy-policy/_index.md", "Text.", "Privacy policy"),
        ("content/en/privacy-policy.md", "---\ntitle: ''\n---\nText.", "Privacy policy"),
        ("content/en/_index.md", "Text.", "en"),
    ],
)
def test_text_without_a_title_takes_its_first_heading_else_its_name(tmp_path, name, content, title):
    assert read_one(tmp_path, content, name).fields.title == title


@pytest.mark.parametrize(
    ("front_matter", "expected"),
    [
        ({"lastmod": "2024-04-29T10:30:00+02:00", "date": "2023-05-15"}, datetime(2024, 4, 29, 8, 30, tzinfo=UTC)),
        ({"lastmod": "2024-04-29 10:30:00Z"}, datetime(2024, 4, 29, 10, 30, tzinfo=UTC)),
        ({"lastmod": "''", "date": "2023-05-15"}, datetime(2023, 5, 15, tzinfo=BERLIN)),
        ({"date": "2023-05-15"}, datetime(2023, 5, 14, 22, tzinfo=UTC)),
        ({"date": "2023-05-15T06:00:00"}, datetime(2023, 5, 15, 4, tzinfo=UTC)),
        ({"Date": "2023-05-15"}, datetime(2023, 5, 15, tzinfo=BERLIN)),
        ({}, None),
    ],
)
def test_moment_is_lastmod_else_date_and_a_date_is_midnight_in_the_zone(tmp_path, front_matter, expected):
    assert read_one(tmp_path, markdown("Title", "Text.", **front_matter), zone=BERLIN).moment == expected


@pytest.mark.parametrize("value", ["soon", "2024-02-30", "15.05.2023", "2024-04-29T25:00:00Z", "0001-01-01"])
def test_file_with_a_date_that_is_none_is_not_taken(tmp_path, value):
    assert reason(tmp_path, markdown("Title", "Text.", lastmod=value)) == f"its lastmod is not a date: {value!r}."


@pytest.mark.parametrize(
    ("front_matter", "is_draft"),
    [({"draft": "true"}, True), ({"Draft": "True"}, True), ({"draft": "false"}, False), ({}, False)],
)
def test_draft_is_what_the_front_matter_says_is_one(tmp_path, front_matter, is_draft):
    assert read_one(tmp_path, markdown("Title", "Text.", **front_matter)).is_draft is is_draft


@pytest.mark.parametrize(("value", "weight"), [("7", 7), ("-7", 0), ("heavy", 0), ("99999999999", 0), ("٣", 0)])
def test_weight_is_a_whole_number_or_none(tmp_path, value, weight):
    assert read_one(tmp_path, markdown("Title", "Text.", weight=value)).weight == weight


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("---\ntitle: [\n---\nText.", "The front matter is not valid YAML: line 3:"),
        ("---\ntitle: Privacy\nText.", "The front matter begins with --- in line 1, but no line closes it."),
        ("---\n- title\n---\nText.", "The front matter is not a list of keys with values."),
        ("---\ntitle: A\ntitle: B\n---\nText.", "The front matter has the key 'title' twice: line 3."),
        ("+++\ntitle = 'A'\ndraft = true\n+++\nText.", "its front matter is TOML or JSON; only YAML is read."),
        ('{\n"title": "A",\n"draft": true\n}\nText.', "its front matter is TOML or JSON; only YAML is read."),
        ('---\ntitle: "A\\0B"\n---\nText.', "its front matter has a NUL, which no database keeps."),
        (markdown("T" * 301, "Text."), "its title has 301 characters; the most is 300."),
        (markdown("T", "Text.", linkTitle="L" * 301), "its linkTitle has 301 characters; the most is 300."),
        (markdown("T", "x" * 262145), "its text has 262145 bytes; the most that a page may have is 262144."),
        ("", "it is empty."),
        ("\ufeff\n \n", "it is empty."),
        ("---\n---\n", "it is empty."),
    ],
)
def test_file_that_cannot_be_taken_is_named_with_the_reason(tmp_path, content, why):
    assert reason(tmp_path, content).startswith(why)


def test_longest_text_is_taken(tmp_path):
    found = read_one(tmp_path, markdown("T" * 300, "ж" * 131072, linkTitle="L" * 300))
    assert (len(found.fields.title), len(found.fields.body)) == (300, 131072)


@pytest.mark.parametrize("name", ["content/policy.md", "content/english texts/policy.md", "content/1/policy.md"])
def test_file_outside_a_folder_of_a_language_is_not_taken(tmp_path, name):
    assert reason(tmp_path, "Text.", name) == "it is not in a language's folder, such as content/en."


def test_file_whose_name_is_not_utf8_is_named_in_letters_that_can_be_shown(tmp_path):
    write_tree(tmp_path, {"content/en/policy\udcff.md": "Text."})
    assert read(tmp_path) == [NotTaken("content/en/policy\ufffd.md", "its name is not UTF-8.")]


def test_folder_that_is_named_like_a_text_is_not_taken(tmp_path):
    (write_tree(tmp_path, {}) / "content/en/policy.md").mkdir(parents=True)
    (found,) = read(tmp_path)
    assert (found.file_name, "Is a directory" in found.why) == ("content/en/policy.md", True)


@pytest.mark.parametrize("target", ["../../../outside.md", "policy.md", "/etc/hostname"])
def test_link_that_leads_out_of_the_tree_or_to_itself_is_not_read(tmp_path, target):
    tree = write_tree(tmp_path / "tree", {"content/en/other.md": "Other."})
    (tmp_path / "outside.md").write_text("Secret.")
    (tree / "content/en/policy.md").symlink_to(target)
    other, link = read(tree)
    assert other.fields.body == "Other."
    assert link == NotTaken("content/en/policy.md", "it is a link that leads to no file of the tree.")


def test_link_inside_the_tree_is_read(tmp_path):
    tree = write_tree(tmp_path, {"content/en/policy.md": "Text.", "content/ru/other.md": "Текст."})
    (tree / "content/ru/policy.md").symlink_to("../en/policy.md")
    assert [found.fields.body for found in read(tree)] == ["Text.", "Текст.", "Text."]


def test_folder_of_texts_that_leads_out_of_the_tree_is_not_read(tmp_path):
    write_tree(tmp_path / "outside", {"content/en/policy.md": "Secret."})
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/content").symlink_to("../outside/content")
    assert not [found for found in read(tmp_path / "tree") if isinstance(found, TextFile)]


def test_pictures_are_found_under_static_and_beside_the_text(tmp_path):
    body = "![a](/images/a%20b.svg) ![b](b.svg) ![c](../c.svg?x=1#y) ![twice](b.svg)"
    names = ["static/images/a b.svg", "content/en/policy/b.svg", "content/en/c.svg"]
    tree = write_tree(tmp_path, dict.fromkeys(names, SVG))
    found = read_one(tree, body, "content/en/policy/index.md")
    files = [(tree / name).resolve() for name in names]
    assert found.pictures == dict(zip(["/images/a%20b.svg", "b.svg", "../c.svg?x=1#y"], files, strict=True))


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
        "data:image/gif;base64,R0lGOD",
        "/",
        "%00.svg",
        f"/{'x' * 300}.svg",
        "http://[x/a.svg",
    ],
)
def test_picture_that_is_no_file_of_the_tree_is_not_found(tmp_path, reference):
    tree = write_tree(tmp_path / "tree", {"hugo.svg": SVG, "static/a.svg": SVG, "content/en/a.svg": SVG})
    (tmp_path / "outside.svg").write_bytes(SVG)
    (tree / "static/out.svg").symlink_to("../../outside.svg")
    (tree / "static/loop.svg").symlink_to("loop.svg")
    assert set(read_one(tree, f"![a]({reference})").pictures.values()) == {None}


def test_folder_of_pictures_that_leads_out_of_the_tree_is_not_read(tmp_path):
    write_tree(tmp_path / "outside", {"a.svg": SVG})
    tree = write_tree(tmp_path / "tree", {})
    (tree / "static").symlink_to("../outside")
    assert read_one(tree, "![a](/a.svg)").pictures == {"/a.svg": None}


def test_folder_without_texts_is_no_tree(tmp_path):
    with pytest.raises(NoTree, match="has no folder “content”"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "language"),
    [
        ("hugo.toml", 'defaultContentLanguage = "RU"', "ru"),
        ("hugo.yaml", "defaultcontentlanguage: ru", "ru"),
        ("config.json", '{"DefaultContentLanguage": "ru"}', "ru"),
        ("hugo.toml", 'title = "A"', None),
        ("hugo.yaml", "- a", None),
        ("hugo.yaml", "", None),
        ("other.toml", 'defaultContentLanguage = "ru"', None),
    ],
)
def test_default_language_is_what_the_config_names(tmp_path, name, content, language):
    assert default_language(write_tree(tmp_path, {name: content})) == language


def test_first_config_that_hugo_would_read_counts(tmp_path):
    write_tree(tmp_path, {"config.toml": 'defaultContentLanguage = "ru"', "hugo.toml": 'defaultContentLanguage = "de"'})
    assert default_language(tmp_path) == "de"


@pytest.mark.parametrize(
    ("name", "content"), [("hugo.toml", b"="), ("hugo.yaml", b"a: ["), ("hugo.json", b"{"), ("hugo.toml", b"\xff")]
)
def test_config_that_cannot_be_read_is_no_tree(tmp_path, name, content):
    with pytest.raises(NoTree, match=f"^{name} cannot be read: "):
        default_language(write_tree(tmp_path, {name: content}))


def test_config_that_leads_out_of_the_tree_is_not_read(tmp_path):
    write_tree(tmp_path / "outside", {"hugo.toml": 'defaultContentLanguage = "ru"'})
    tree = write_tree(tmp_path / "tree", {})
    (tree / "hugo.toml").symlink_to("../outside/hugo.toml")
    assert default_language(tree) is None
