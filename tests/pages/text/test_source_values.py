"""Front matter patches for exports: keys such as dates and weights are set, and all other bytes stay the same."""

import string

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pages.text.front_matter.fences import split_front_matter
from pages.text.source import InvalidFrontMatter, PatchFailed, decode, parse, patch_front_matter

NEWLINES = ["\n", "\r\n", "\r"]
VALUES = {"lastmod": "2026-11-24", "weight": "10"}

YAML = """---
title: "A: b"  # note
{}tags: [a,   b]
---

Text
"""
TOML = """+++
title = 'A: b'  # note
{}tags = ["a",   'b']

[params]
weight = 1
+++

Text
"""


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (YAML, "lastmod: 2020-01-01 # kept\nweight: 1\n", "lastmod: 2026-11-24 # kept\nweight: 10\n"),
        (YAML, "lastmod: '2020-01-01'\nweight: \"1\"\n", "lastmod: '2026-11-24'\nweight: \"10\"\n"),
        (YAML, "LastMod: >-\n  2020-01-01\nweight:\n", "LastMod: 2026-11-24\nweight: 10\n"),
        (TOML, "lastmod = 2020-01-01 # kept\nweight=1\n", "lastmod = 2026-11-24 # kept\nweight=10\n"),
        (TOML, "lastmod = '2020-01-01'\nweight = \"1\"\n", "lastmod = '2026-11-24'\nweight = \"10\"\n"),
        (TOML, "LASTMOD = 2020-01-01 10:00:00Z\nweight = 0x1\n", "LASTMOD = 2026-11-24\nweight = 10\n"),
    ],
)
def test_new_value_keeps_the_style_of_the_old_and_all_other_bytes(newline, mark, file, before, after):
    before, after = ((mark + file.format(lines)).replace("\n", newline).encode() for lines in (before, after))
    assert patch_front_matter(before, VALUES) == after


def test_missing_keys_are_added_at_the_end_or_before_the_first_table():
    added = YAML.format("").replace("\n---\n", "\nlastmod: 2026-11-24\nweight: 10\n---\n")
    assert patch_front_matter(YAML.format("").encode(), VALUES) == added.encode()
    added = TOML.format("").replace("'b']\n", "'b']\nlastmod = 2026-11-24\nweight = 10\n")
    assert patch_front_matter(TOML.format("").encode(), VALUES) == added.encode()


@pytest.mark.parametrize(
    ("value", "in_yaml", "in_toml"),
    [
        ("2026-11-24T10:00:00+03:00", "2026-11-24T10:00:00+03:00", "2026-11-24T10:00:00+03:00"),
        ("2026-11-24T10:00Z", "2026-11-24T10:00Z", '"2026-11-24T10:00Z"'),
        ("2026-02-30", "2026-02-30", '"2026-02-30"'),
        ("010", '"010"', '"010"'),
        ("-3", "-3", "-3"),
        ("true", "true", "true"),
        ("no", '"no"', '"no"'),
        ("a: 'b'\n", "\"a: 'b'\\n\"", "\"a: 'b'\\n\""),
        ("", '""', '""'),
    ],
)
def test_new_value_is_quoted_only_if_necessary(value, in_yaml, in_toml):
    assert patch_front_matter(b"---\n---\n", {"key": value}) == f"---\nkey: {in_yaml}\n---\n".encode()
    assert patch_front_matter(b"+++\n+++\n", {"key": value}) == f"+++\nkey = {in_toml}\n+++\n".encode()


def test_key_is_quoted_if_necessary():
    assert patch_front_matter(b"---\n---\n", {"a: b": "1"}) == b'---\n"a: b": 1\n---\n'
    assert patch_front_matter(b"+++\n+++\n", {"a = b": "1"}) == b'+++\n"a = b" = 1\n+++\n'


def test_text_without_front_matter_gets_one():
    assert patch_front_matter(b"\xef\xbb\xbf# One\r\n", {"weight": "1"}) == (
        b"\xef\xbb\xbf---\r\nweight: 1\r\n---\r\n\r\n# One\r\n"
    )


@pytest.mark.parametrize("file", [YAML.format("weight: '1'\n"), TOML.format("weight = 1\n")])
def test_equal_value_returns_the_same_bytes(file):
    data = file.encode() + b"\xff"
    assert patch_front_matter(data, {"Weight": "1"}) is data
    assert patch_front_matter(data, {}) is data


@pytest.mark.parametrize(
    "file",
    [
        b"---\nweight: [\n---\n",
        b"---\ntitle: A\n",
        b"---\nweight: &name 1\nother: *name\n---\n",
        b"---\n{title: A}\n---\n",
        b"+++\nweight = \n+++\n",
        b"+++\n[weight]\n+++\n",
        b"+++\nweight.a = 1\n+++\n",
    ],
)
def test_value_that_would_lose_something_is_refused(file):
    with pytest.raises(PatchFailed):
        patch_front_matter(file, VALUES)


# --- Generated sources ------------------------------------------------------------------------------------------------

plain = st.text(string.ascii_letters + "é", min_size=1, max_size=8)
scalar = st.one_of(
    plain.map(lambda value: f"'{value}'"),
    plain.map(lambda value: f'"{value}" # note'),
    plain.map(lambda value: f"{value} # note"),
    st.sampled_from(["1", "2020-01-01", "1 # kept"]),
)
line = st.one_of(
    st.tuples(st.sampled_from(["a", "b-c", '"d"']), scalar).map(": ".join),
    st.sampled_from(
        ["# comment", "", "tags: [a,\n  b]", "list:\n- a\n-  b", "text: |+\n  two\n\n  lines\n", "m:\n  weight: 1"]
    ),
)
lines = st.lists(line, max_size=4, unique_by=lambda line: line.partition(":")[0])


@given(lines, scalar, lines, st.sampled_from(NEWLINES), st.sampled_from(["2026-11-24", "10", "a: 'b'", "é\t"]))
def test_only_the_value_changes_in_any_front_matter(before, old, after, newline, new):
    def file(written):
        file_lines = ["---", *before, f"weight: {written}", *after, "---", "Text \udcff", ""]
        return "\n".join(file_lines).replace("\n", newline).encode("utf-8", "surrogateescape")

    try:
        parse(file(old))
    except InvalidFrontMatter:
        # A key is in both lists of lines.
        return
    result = patch_front_matter(file(old), {"weight": new})
    written = yaml.load(split_front_matter(decode(result)).front, Loader=yaml.BaseLoader)["weight"]
    assert written == new
    comment = old[old.index(" #") :] if " #" in old else ""
    styles = {'"': ['"{}"'], "'": ["'{}'", '"{}"']}.get(old[0], ["{}", '"{}"'])
    assert result in [file(style.format(new.replace("\t", "\\t")) + comment) for style in styles]
