"""Links to Markdown files that the source does not have: each is a line of the report."""

import pytest

from pages.hugo.commits.missing_links import find_link_lines
from pages.hugo.importing.tree_import import import_tree
from pages.publishing.actors import system_actor
from pages.publishing.importing.report_lines import LineKind
from tests.exports import NOW, import_repository
from tests.histories import build_repository
from tests.trees import markdown, write_tree

A, B, LEGAL = "content/en/a.md", "content/en/b.md", "content/en/legal/terms.md"


def missing(name, line):
    return f"the file {name} that it links to does not exist in the source (line {line})."


def notes(log, path=A):
    lines = [line for line in log.lines if line.kind == LineKind.NOTE and line.subject == path]
    return [(str(line.message), line.ended_by) for line in lines if "links to" in str(line.message)]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("[b](b.md)", {"b.md": 1}),
        ("One\n\n[b](../c/b.md#x)\n[again](../c/b.md)", {"../c/b.md": 3}),
        ("[b]\n\n[b]: <b.markdown>", {"b.markdown": 3}),
        ("[![p](p.png)](b.md 'Title')", {"b.md": 1}),
        ('<a href="b.md">', {"b.md": 1}),
        ('{{% x\n%}}\n[b]({{< relref "legal/b.md" >}})', {"legal/b.md": 3}),
        ("[b](/docs/b.MD?x)", {"/docs/b.MD": 1}),
        ("[b](https://example.org/b.md) [c](//example.org/c.md) [d](mailto:d.md)", {}),
        ("[b]({{ site.baseurl }}/b.md) [c]({%link%}c.md)", {}),
        ("b.md [b](b.mdx) [c](#c.md)", {}),
        ("[b](b.pdf)", {}),
    ],
)
def test_links_to_markdown_files_are_found_with_their_first_lines(body, lines):
    assert find_link_lines(body) == lines


LINKS = [
    ("[b](b.md)", {}, [missing("b.md", 5)]),
    ("[b](b.md)", {B: "B"}, []),
    ("[b](b.md)", {"content/de/b.md": "B"}, []),
    ("[b](./legal/b.md)", {B: "B"}, [missing("./legal/b.md", 5)]),
    ("[b](./b.md)", {B: "B"}, []),
    ("[t](legal/terms.md)", {LEGAL: "T"}, []),
    ("[t](../terms.md)", {LEGAL: "T"}, [missing("../terms.md", 5)]),
    ("[t](/legal/terms.md)", {LEGAL: "T"}, []),
    ("[t](/terms.md)", {LEGAL: "T"}, [missing("/terms.md", 5)]),
    ("[t](terms.md)", {LEGAL: "T"}, []),
    ("[r](../../README.md)", {"README.md": "R"}, []),
    ("[r](../../README.md)", {}, [missing("../../README.md", 5)]),
    ("[x](../../../../x.md)", {}, [missing("../../../../x.md", 5)]),
    ("[s](two%20words.md)", {"content/en/two words.md": "S"}, []),
    ("[s](two%20words.md)", {}, [missing("two%20words.md", 5)]),
    ("[s](über.md)", {}, [missing("über.md", 5)]),
    ("`[b](b.md)`\n\n    [b](c.md)\n\n```\n[b](d.md)\n```\n\n<!-- [b](e.md) -->", {}, []),
    ("One.\n\n[b](b.md) [c](c.md)\n\n[b](b.md)", {}, [missing("b.md", 7), missing("c.md", 7)]),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "files", "messages"), LINKS)
def test_link_to_a_file_that_does_not_exist_is_named(tmp_path, body, files, messages):
    files = {path: markdown("Title", text) for path, text in files.items()}
    log = import_tree(write_tree(tmp_path, {A: markdown("A", body), **files}), by=system_actor("import_hugo"), now=NOW)
    assert notes(log) == [(message, "") for message in messages]
    assert log.is_complete


@pytest.mark.django_db
def test_translation_with_a_suffix_can_link_to_the_file_in_its_language(tmp_path):
    files = {"content/a.ru.md": "[b](b.md) [c](c.md)", "content/b.ru.md": "B", "content/d.md": "D"}
    root = write_tree(tmp_path, {path: markdown("T", text) for path, text in files.items()})
    log = import_tree(root, by=system_actor("import_hugo"), now=NOW)
    assert notes(log, "content/a.ru.md") == [(missing("c.md", 5), "")]


LINKING, TEXT = markdown("A", "[b](b.md)"), markdown("B", "Text.")
MISSING = missing("b.md", 5)
# The commits, and the line with the position of the commit that ended it.
HISTORIES = [
    ([{A: LINKING}], [(MISSING, None)]),
    ([{A: LINKING}, {B: TEXT}], [(MISSING, 1)]),
    ([{A: LINKING, B: TEXT}, {B: None}], [(MISSING, None)]),
    ([{A: LINKING, B: TEXT}, {B: None}, {B: TEXT}], [(MISSING, 2)]),
    ([{A: LINKING}, {B: TEXT}, {B: None}], [(MISSING, None)]),
    ([{A: LINKING}, {A: markdown("A", "No link.")}], [(MISSING, 1)]),
    ([{A: LINKING}, {A: None}], [(MISSING, 1)]),
    ([{A: LINKING}, {A: None}, {B: TEXT}], [(MISSING, 1)]),
    ([{A: LINKING, B: TEXT}, {A: None, B: None}], []),
    ([{A: LINKING, B: TEXT}, {A: markdown("A", "`[b](b.md)`")}, {B: None}], []),
    ([{A: LINKING}, {A: LINKING + "\nMore.\n"}], [(MISSING, None)]),
    ([{A: LINKING}, {A: f"\n{LINKING}".replace("title", "weight: 1\ntitle").strip()}],
     [(MISSING, 1), (missing("b.md", 6), None)]),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("commits", "lines"), HISTORIES)
def test_line_ends_with_the_commit_that_mends_the_link(tmp_path, commits, lines):
    ids = build_repository(tmp_path / "r.git", commits)
    expected = [(message, "" if position is None else ids[position]) for message, position in lines]
    assert notes(import_repository(tmp_path / "r.git")) == expected


@pytest.mark.django_db
@pytest.mark.parametrize("commits", [[{A: LINKING, B: TEXT}, {B: None}], [{A: LINKING}, {B: TEXT}, {B: None}]])
def test_link_of_an_earlier_import_is_named_when_its_file_is_deleted(tmp_path, commits):
    ids = build_repository(tmp_path / "r.git", commits)
    import_repository(tmp_path / "r.git", ref=ids[-2])
    assert notes(import_repository(tmp_path / "r.git")) == [(MISSING, "")]
