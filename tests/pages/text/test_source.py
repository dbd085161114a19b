"""Sources: composing, parsing, and patches that change only the bytes of a value."""

import string
from contextlib import suppress
from dataclasses import replace

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from pages.text import source
from pages.text.fields import FIELD_NAMES, FRONT_MATTER_KEYS, Fields
from pages.text.front_matter.fences import split_front_matter
from pages.text.source import InvalidFrontMatter, PatchFailed, compose, extract_body, normalise, parse, patch
from tests.patching import check_patch
from tests.timing import is_faster_than

NEWLINES = ["\n", "\r\n", "\r"]

# Characters with a meaning in YAML or Markdown and newlines, more often than the rest of Unicode.
characters = st.one_of(
    st.sampled_from("ab \t\n\r-#:\"'\\{}[]|>&*!%@`,?~0é\u00a0\u2028\ufeff\x85\x7f\x0b😀"),
    st.characters(codec="utf-8", exclude_characters="\0"),
)
words = st.text(characters, max_size=20)
texts = st.builds(Fields, title=words, link_title=words, description=words, body=words)
titled = texts.filter(lambda text: text.title.strip())


@given(titled)
def test_composed_source_parses_to_the_same_fields(text):
    assert parse(compose(normalise(text))).fields == normalise(text)


@given(titled)
def test_composed_source_is_utf_8_with_lf_and_a_final_newline(text):
    lines = compose(normalise(text)).decode().split("\n")
    assert (lines[0], lines[-1]) == ("---", "")
    assert "\r" not in lines[0] + lines[1]


@given(titled)
def test_composed_front_matter_is_plain_yaml(text):
    front = compose(normalise(text)).decode().split("\n---\n")[0].removeprefix("---\n")
    expected = {key: getattr(normalise(text), name) for name, key in FRONT_MATTER_KEYS.items()}
    assert yaml.safe_load(front) == {key: value for key, value in expected.items() if value or key == "title"}


def test_composed_source_omits_empty_values():
    assert compose(Fields("A: b", body="One\r\ntwo ")) == b'---\ntitle: "A: b"\n---\n\nOne\ntwo\n'


@given(texts)
def test_normalise_is_idempotent(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.binary(max_size=60) | st.text(characters, max_size=60).map(str.encode))
def test_extracted_body_equals_the_parsed_one(data):
    try:
        assert extract_body(data) == parse(data).fields.body
    except InvalidFrontMatter:
        extract_body(data)


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
def test_every_newline_style_is_read(newline, mark):
    file = mark + newline.join(["---", "title: One", "---", "", "Two", "three", ""])
    assert parse(file.encode()).fields == Fields("One", body="Two\nthree")


def test_scalars_are_not_resolved():
    file = b"---\ntitle: no\nweight: 010\ndate: 2024-01-01\nempty:\nnull: ~\n---\n"
    parsed = parse(file)
    assert parsed.fields.title == "no"
    assert parsed.front_matter == {"title": "no", "weight": "010", "date": "2024-01-01", "empty": "", "null": "~"}


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: 'It''s'", "It's"),
        ('title: "A \\u00e9 \\"b\\""', 'A é "b"'),
        ("title: plain # comment", "plain"),
        ("title: >-\n  folded\n  lines", "folded lines"),
        ("title: |\n  block\n  lines", "block lines"),
        ("title: two\n  lines", "two lines"),
        ("{title: flow, weight: 1}", "flow"),
    ],
)
def test_title_is_read_in_every_style_as_one_line(front, title):
    assert parse(f"---\n{front}\n---\n".encode()).fields.title == title


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("# One #\n", "One"),
        ("Text\n\n## Two\n# Three", "Three"),
        ("---\nweight: 1\n---\n# One\n", "One"),
        ("---\ntitle: ''\n---\n# One\n", "One"),
        ("---\nTITLE: [One]\n---\n# Two\n", "Two"),
        ("   #\tOne \t## \t\n", "One"),
        ("# C#\n", "C#"),
        ("# One {#first}\n", "One"),
        ("# One {: #first .x } ##\n", "One"),
        ("# {#first}\n# Two", "Two"),
        ("# #\n#\n# \n# One  two\n", "One two"),
        ("# One <!-- secret --> two\n", "One two"),
        ("<!--\n# Secret\n-->\n# One\n", "One"),
        ("<!-- secret\n# Secret\n", ""),
        ("`<!--` text\n# One\n", "One"),
        ("# One {{< icon >}} {.x}\n", "One"),
        ("{{% comment %}}\n# Secret\n{{% /comment %}}\n# One\n", "One"),
        ("    # Code\n#tag\n## Two\nA # b\n \t# Code\n", ""),
        ("Text alone\n", ""),
        ("", ""),
    ],
)
def test_missing_title_is_replaced_with_the_first_heading(file, title):
    assert parse(file.encode()).fields.title == title


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("---\ntitle: One\n", "The front matter begins with --- in line 1, but no line closes it."),
        ("---\na: 1\nb: ]\nc: 2\n---\n", "The front matter is not valid YAML: line 3: "),
        ("---\na: 1\nb: 1\na: 2\n---\n", "The front matter has the key 'a' twice: line 4."),
        ("---\n- a\n---\n", "The front matter is not a list of keys with values."),
        ("---\nalone\n---\n", "The front matter is not a list of keys with values."),
        ("---\na: *nowhere\n---\n", "The front matter is not valid YAML: line 2: "),
    ],
)
@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
def test_broken_front_matter_is_refused_with_its_line(file, message, newline):
    with pytest.raises(InvalidFrontMatter) as error:
        parse(file.replace("\n", newline).encode())
    assert str(error.value).startswith(message)


def test_deep_nesting_is_refused_without_a_crash():
    with pytest.raises(InvalidFrontMatter):
        parse(b"---\na: " + b"[" * 100_000 + b"\n---\n")


@pytest.mark.parametrize("unit", ["- ", "? ", "a: "])
def test_2000_levels_in_a_line_are_refused(unit):
    with pytest.raises(InvalidFrontMatter):
        parse(f"---\na:\n  {unit * 2000}\n---\n".encode())


def test_many_shallow_values_are_accepted():
    front = "".join(f"key-{number}: 2024-01-01\n" for number in range(500))
    assert len(parse(f"---\n{front}---\n".encode()).front_matter) == 500


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("a: 1\n? [b]\n: 1", "The front matter has a key that is not a string: line 3."),
        ("{a: 1}: 1", "The front matter "),
    ],
)
def test_key_that_is_not_a_string_is_refused(front, message):
    with pytest.raises(InvalidFrontMatter) as error:
        parse(f"---\n{front}\n---\n".encode())
    assert str(error.value).startswith(message)


def test_only_lists_of_scalars_are_read():
    front = (
        "block:\n- no\n- 010 # note\n- 'it''s'\nflow: [a b, ~, \"c,d\"]\nempty: []\ndeep: [[a]]\nmaps:\n  - a: b\nx: y"
    )
    parsed = parse(f"---\n{front}\n---\n".encode())
    assert parsed.lists == {"block": ("no", "010", "it's"), "flow": ("a b", "~", "c,d"), "empty": ()}
    assert parsed.front_matter == {"x": "y"}


def test_keys_are_found_regardless_of_case_as_in_hugo():
    parsed = parse(b"---\nTitle: One\nlinktitle: Short\ntitle: Two\n---\n")
    assert parsed.fields == Fields("Two", "Short")
    assert [parsed.resolve_key(key) for key in ("title", "linkTitle", "weight")] == ["title", "linktitle", "weight"]


PATHOLOGICAL = ["\n", "\r", " ", " \n", "---", "---\n", "+++\n", "#", "# ", "\n#", "\xff", "é#"]


@pytest.mark.timing
@pytest.mark.parametrize("start", ["", "# ", "# a", "---\n---\n# a", "+++\n+++\n", "+++\na = '"])
@pytest.mark.parametrize("unit", PATHOLOGICAL)
def test_parsing_takes_linear_time(start, unit):
    data = (start + unit * (256 * 1024 // len(unit)) + "b").encode("latin-1")

    def read():
        extract_body(data)
        with suppress(InvalidFrontMatter):
            parse(data)

    assert is_faster_than(0.2, read)


@pytest.mark.parametrize("file", [b"\xff\xfe", b"a\0b", b"---\ntitle: \xffa\n---\n\xc3\x28"])
def test_invalid_bytes_and_nul_are_replaced(file):
    fields = parse(file).fields
    assert "\ufffd" in fields.title + fields.body
    assert "\0" not in fields.body


# --- Patching ---------------------------------------------------------------------------------------------------------

FILE = """---
# First comment
weight: 010
title: {title}
tags: [a,   b]   # spaced
linkTitle: "Link"

draft: no
nested:
    deep:   1
---


First line
second line


"""


def patched(data, **changes):
    old = parse(data).fields
    return patch(data, old, replace(old, **changes))


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
@pytest.mark.parametrize(
    "title", ["Old", "'Old'", '"Old"', "Old # comment", "  Old", "!!str Old", "Old\n  title", '"Old\n  title"']
)
def test_patch_changes_only_the_bytes_of_the_value(newline, mark, title):
    def file(value):
        return (mark + FILE.format(title=value)).replace("\n", newline).encode()

    comment = " # comment" if title.endswith("comment") else ""
    space = "  " if title.startswith(" ") else ""
    assert patched(file(title), title='New: "one"') == file(f'{space}"New: \\"one\\""{comment}')


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
def test_patch_of_the_body_keeps_front_matter_newlines_and_surrounding_space(newline):
    file = FILE.format(title="Old").replace("\n", newline).encode()
    expected = file.replace(f"First line{newline}second line".encode(), f"A{newline}{newline}b".encode())
    assert patched(file, body="\nA\r\n\r\nb  \n") == expected


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("style", [">-", "|", "|+", ">"])
def test_patch_of_a_block_scalar_keeps_the_lines_after_it(newline, style):
    before = f"---\ndescription: {style}\n  Old\n  words\n# comment\nweight: 1\n---\nText\n"
    after = '---\ndescription: "New"\n# comment\nweight: 1\n---\nText\n'
    assert patched(before.replace("\n", newline).encode(), description="New") == after.replace("\n", newline).encode()


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
def test_patch_of_a_missing_key_adds_it_at_the_end(newline):
    before, after = "---\ntitle: One\n# end\n---\nText\n", '---\ntitle: One\n# end\ndescription: "D"\n---\nText\n'
    assert patched(before.replace("\n", newline).encode(), description="D") == after.replace("\n", newline).encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"title:\nweight: 1\n---\n", b'title: "N"\nweight: 1\n---\n'),
        (b"title: # none\nweight: 1\n---\n", b'title: "N" # none\nweight: 1\n---\n'),
        (b"---\n", b'title: "N"\n---\n'),
        (b"TITLE: old\nb: 1\n---\n", b'TITLE: "N"\nb: 1\n---\n'),
        (b"# only a comment\n---\n", b'# only a comment\ntitle: "N"\n---\n'),
    ],
)
def test_patch_of_an_empty_value_or_front_matter_adds_the_value(before, after):
    assert patched(b"---\n" + before, title="N") == b"---\n" + after


def test_patch_of_a_text_without_front_matter_adds_one():
    assert patched(b"# One\r\n\r\nText", title="N") == b'---\r\ntitle: "N"\r\n---\r\n\r\n# One\r\n\r\nText'
    assert patched(b"\xef\xbb\xbfText\n", title="N") == b'\xef\xbb\xbf---\ntitle: "N"\n---\n\nText\n'


def test_patch_of_the_body_of_a_text_without_front_matter_adds_none():
    assert patched(b"Old\r\n", body="New\nwords") == b"New\r\nwords\r\n"


def test_patch_keeps_bytes_that_are_not_utf_8():
    file = b"---\ntitle: Old\nother: \xff\xc3\n---\nText \xfe\n"
    assert patched(file, title="New") == file.replace(b"Old", b'"New"')
    assert patched(file, body="New") == b"---\ntitle: Old\nother: \xff\xc3\n---\nNew\n"


@pytest.mark.parametrize("same", ["\n\nFirst line\r\nsecond line   \n\n", "First line\rsecond line"])
def test_patch_with_equivalent_fields_returns_the_same_bytes(same):
    file = FILE.format(title="Old").encode()
    assert patched(file, body=same, title=" Old\n") is file


@pytest.mark.parametrize(
    "file",
    [
        b"---\ntitle: [\n---\nText\n",
        b"---\ntitle: Old\ntitle: Older\n---\nText\n",
        b"---\ntitle: Old\n",
        b"---\n{title: Old}\n---\nText\n",
        b"---\ntitle: &name Old\ndescription: *name\n---\nText\n",
    ],
)
def test_patch_that_would_lose_something_is_refused(file):
    with pytest.raises(PatchFailed):
        patch(file, Fields("Old", body="Text"), Fields("New", link_title="Link", body="Text"))


# --- Generated sources ------------------------------------------------------------------------------------------------

plain = st.text(string.ascii_letters + " é", min_size=1, max_size=8).map(str.strip).filter(bool)
scalar = st.one_of(
    plain,
    plain.map(lambda value: f"'{value}'"),
    plain.map(lambda value: f'"{value}"'),
    plain.map(lambda value: f">-\n  {value}\n  more"),
    plain.map(lambda value: f"|\n  {value}\n\n  more\n"),
    plain.map(lambda value: f"{value} # note"),
    plain.map(lambda value: f"!!str {value}"),
    plain.map(lambda value: f"&name {value}"),
    st.sampled_from(["", "~", "[a, b]", "{a: b}", "\n- a\n- b", "\n  deep: 1", "*name", '"two\n  lines"', "|-\n\n  a"]),
)
key = st.sampled_from(["title", "linkTitle", "description", "weight", "params", "tags", '"title"', "? title\n"])
line = st.one_of(
    st.tuples(key, scalar).map(": ".join), st.sampled_from(["# comment", "", "  # far comment", "...", "<<: {a: b}"])
)
fronts = st.one_of(
    st.lists(line, max_size=5).map("\n".join).map(lambda front: f"---\n{front}\n---\n"),
    st.sampled_from(["", "---\n---\n", "\n---\na: b\n---\n", "----\n", "---\n"]),
)
files = st.builds(
    lambda mark, front, gap, body, newline, junk: (mark + front + gap + body).replace("\n", newline).encode() + junk,
    st.sampled_from(["", "\ufeff"]),
    fronts,
    st.sampled_from(["", "\n", "\n\n \n"]),
    st.text(characters, max_size=15),
    st.sampled_from(NEWLINES),
    st.sampled_from([b"", b"", b"\xff", b"\0", b"\n\n"]),
)


def read_other_keys(data):
    """Return the front matter's values, including nested ones, without those that editors edit."""
    front = split_front_matter(source.decode(data)).front
    return {
        key: value
        for key, value in (yaml.load(front, Loader=yaml.BaseLoader) or {}).items()
        if key not in FRONT_MATTER_KEYS.values()
    }


@given(files, titled, st.sets(st.sampled_from(FIELD_NAMES)))
def test_patch_changes_only_the_named_fields_or_is_refused(data, new, names):
    check_patch(data, new, names, read_other_keys)


@given(files, titled)
def test_patch_of_the_title_keeps_the_body(data, new):
    try:
        old = parse(data).fields
        result = patch(data, old, replace(old, title=new.title))
    except (InvalidFrontMatter, PatchFailed):
        assume(False)
    tail = split_front_matter(data.decode("utf-8", errors="surrogateescape")).tail
    assert result.decode("utf-8", errors="surrogateescape").endswith(tail)
