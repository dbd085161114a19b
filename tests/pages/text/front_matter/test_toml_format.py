"""Front matter in TOML as Hugo writes it: reading, and patches that change only the bytes of a value."""

import string
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.text.fields import FIELD_NAMES, FRONT_MATTER_KEYS, Fields
from pages.text.front_matter.fences import split_front_matter
from pages.text.front_matter.values import quote
from pages.text.source import (
    InvalidFrontMatter,
    PatchFailed,
    decode,
    extract_body,
    normalise,
    parse,
    patch,
    patch_front_matter,
)
from tests.patching import check_patch

NEWLINES = ["\n", "\r\n", "\r"]


def toml(*lines, body="Text\n"):
    return "\n".join(["+++", *lines, "+++", body]).encode()


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
def test_every_newline_style_is_read(newline, mark):
    file = mark + newline.join(["+++ ", 'title = "One"', "linkTitle = 'Short'", "+++", "", "Two", "three", ""])
    assert parse(file.encode()).fields == Fields("One", "Short", body="Two\nthree")
    assert extract_body(file.encode()) == "Two\nthree"


def test_scalars_that_are_not_strings_are_read_as_written():
    written = {
        "draft": "true",
        "weight": "+10",
        "large": "1_000",
        "hexadecimal": "0xFF",
        "share": "1.50e3",
        "nothing": "nan",
        "date": "2024-01-01",
        "lastmod": "2024-04-29 10:30:00+02:00",
        "at": "10:30:00",
    }
    parsed = parse(toml(*(f"{key} = {value} # note" for key, value in written.items())))
    assert (parsed.front_matter, parsed.lists) == (written, {})


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("'C:\\a'", "C:\\a"),
        ('"A \\u00e9 \\"b\\" # c"', 'A é "b" # c'),
        ('"""\ntwo\nlines"""', "two lines"),
        ('"""two \\\n   lines"""', "two lines"),
        ("'''\n[no table]\n# no = comment'''", "[no table] # no = comment"),
        ('""""quoted" +++ \\""""""', '"quoted" +++ """'),
        ("''''quoted'''''", "'quoted''"),
        ('""', ""),
    ],
)
def test_title_is_read_in_every_style_as_one_line(value, title):
    assert parse(toml(f"title = {value}", "weight = 1")).fields.title == title
    assert parse(toml(f"title = {value}", "weight = 1")).front_matter["weight"] == "1"


def test_only_top_level_keys_are_read_including_quoted_ones():
    lines = [
        '"title" = "A"',
        "'key = x' = 1",
        "params.title = 2",
        "site . a = 3",
        "a = {title = 4}",
        "[b]",
        "title = 5",
    ]
    assert parse(toml(*lines)).front_matter == {"title": "A", "key = x": "1"}


def test_only_lists_of_scalars_are_read():
    lines = [
        "aliases = ['/a/', # the first, \"old\" one",
        '  "/b, [c]/",',
        "  ]",
        "mixed = [ # 'no', item",
        "true, 2024-01-01 10:00:00, 1.0, '''x''',]",
        "empty = []",
        "deep = [[1]]",
        "tables = [{a = 1}]",
    ]
    expected = {"aliases": ("/a/", "/b, [c]/"), "mixed": ("true", "2024-01-01 10:00:00", "1.0", "x"), "empty": ()}
    assert parse(toml(*lines)).lists == expected


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a = 1", "b = ]", "c = 2"], "The front matter is not valid TOML: line 3: Invalid value."),
        (["a = 1", "title: One"], "The front matter is not valid TOML: line 3: Expected '=' after a key"),
        (["a = 1", "b = [", "c"], "The front matter is not valid TOML: line 4: "),
        (["a = 1", "b = 1", "a = 2"], "The front matter is not valid TOML: line 4: Cannot overwrite a value."),
        (["a = 1", "b = '''"], "The front matter is not valid TOML: line 3: "),
        (["a = 1", "b = 2024-02-30"], "The front matter is not valid TOML: line 3: Invalid date or datetime."),
        (["a = " + "1" * 5000], "The front matter is not valid TOML."),
        (["a = 1", "b = " + "[" * 100_000], "The front matter is nested too deep: line 3."),
        (["a = 1", "b = " + "{a=" * 50_000], "The front matter is nested too deep: line 3."),
        (["a = 1", "a." * 100_000 + "a = 1"], "The front matter is nested too deep: line 3."),
        (["a = 1", "[" + "'a' . " * 100_000 + "a]"], "The front matter is nested too deep: line 3."),
        # As in Hugo, a fence closes the front matter even within a string.
        (["a = '''", "+++", "'''"], "The front matter is not valid TOML: line 2: "),
    ],
)
@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
def test_broken_front_matter_is_refused_with_its_line(lines, message, newline):
    with pytest.raises(InvalidFrontMatter) as error:
        parse(toml(*lines).replace(b"\n", newline.encode()))
    assert str(error.value).startswith(message)


def test_front_matter_without_closing_fence_is_refused():
    with pytest.raises(
        InvalidFrontMatter, match=r"^The front matter begins with \+\+\+ in line 1, but no line closes it"
    ):
        parse(b"+++\ntitle = 'A'\n---\n")


def test_many_shallow_values_are_accepted():
    numbers = ", ".join(["1.5"] * 500)
    assert len(parse(toml(f"a = [{numbers}]", *(f"b{number} = 1.5" for number in range(99)))).lists["a"]) == 500


@pytest.mark.parametrize("unit", ['"""\\', "'''", "'", '"', "a.", "#", "[]", '"".'])
def test_parsing_takes_linear_time(unit):
    # This takes milliseconds. A quadratic scan would take hours.
    with pytest.raises(InvalidFrontMatter):
        parse(toml("a = " + unit * 60_000, "["))


# --- Patching ---------------------------------------------------------------------------------------------------------

FILE = """+++
# First comment
weight = 10_0
title = {title}
tags = [ "a",   'b' ]   # spaced
linkTitle="Link"

[params]
title = "Deep"
+++


First line
second line


"""


def patched(data, **changes):
    old = parse(data).fields
    return patch(data, old, replace(old, **changes))


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
@pytest.mark.parametrize(
    "title", ["'Old'", '"Old"', '"Old" # comment', "   'Old'", "'''\nOld'''", '"""Old \\\n title"""']
)
def test_patch_changes_only_the_bytes_of_the_value(newline, mark, title):
    def file(value):
        return (mark + FILE.format(title=value)).replace("\n", newline).encode()

    comment = " # comment" if title.endswith("comment") else ""
    space = "   " if title.startswith(" ") else ""
    expected = file(f'{space}"New: \\"one\\" \\u007f"{comment}')
    assert patched(file(title), title='New: "one" \x7f') == expected


@pytest.mark.parametrize("newline", NEWLINES, ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title = 'A'\n# end\n", "title = 'A'\n# end\ndescription = \"D\"\n"),
        (
            "title = 'A' # note\n\n# Table\n[b]\nc = 1\n",
            "title = 'A' # note\ndescription = \"D\"\n\n# Table\n[b]\nc = 1\n",
        ),
        ("# Table\n[[b]]\nc = 1\n", 'description = "D"\n# Table\n[[b]]\nc = 1\n'),
        ("", 'description = "D"\n'),
    ],
)
def test_patch_of_a_missing_key_adds_it_before_the_first_table(newline, before, after):
    before, after = (toml(front.removesuffix("\n")) if front else b"+++\n+++\nText\n" for front in (before, after))
    newline = newline.encode()
    assert patched(before.replace(b"\n", newline), description="D") == after.replace(b"\n", newline)


def test_patch_keeps_bytes_that_are_not_utf_8():
    file = b"+++\nother = '\xff\xc3\0' # \xfe\ntitle = 'Old'\n+++\nText \xfe\0\n"
    assert patched(file, title="New") == file.replace(b"'Old'", b'"New"')
    assert patched(file, body="New") == file.replace(b"Text \xfe\0", b"New")


def test_patch_with_equivalent_fields_returns_the_same_bytes():
    file = FILE.format(title="'Old'").encode()
    assert patched(file, body="\n\nFirst line\r\nsecond line   \n\n", title=" Old\n") is file


@pytest.mark.parametrize(
    "file",
    [
        b"+++\ntitle = [\n+++\nText\n",
        b"+++\ntitle = 'Old'\n",
        b"+++\ntitle.a = 'Old'\n+++\nText\n",
        b"+++\n[title]\n+++\nText\n",
    ],
)
def test_patch_that_would_lose_something_is_refused(file):
    with pytest.raises(PatchFailed):
        patch(file, Fields("Old", body="Text"), Fields("New", body="Text"))


# --- Generated sources ------------------------------------------------------------------------------------------------

characters = st.one_of(
    st.sampled_from("ab \t\n\r-+#:\"'\\{}[]=.,é\u00a0\u2028\ufeff\x85\x7f\x0b😀"),
    st.characters(codec="utf-8", exclude_characters="\0"),
)
words = st.text(characters, max_size=20)
titled = st.builds(Fields, title=words.filter(str.strip), link_title=words, description=words, body=words)
plain = st.text(string.ascii_letters + " é#=[+", max_size=8)
scalar = st.one_of(
    plain.map(lambda value: f"'{value}'"),
    plain.map(lambda value: f'"{value}"'),
    plain.map(lambda value: f"\"{value}\" # note \"so'''"),
    plain.map(lambda value: f"'''\n{value}\n[more] '' = '''''"),
    plain.map(lambda value: f'"""{value} \\\n \\""" ""more = 1"""""'),
    st.sampled_from(["1", "-0.5", "nan", "true", "2024-01-01 10:00:00Z", "[1, 'a', # ]\n 2]", "[]", "{a = {b = ']'}}"]),
)
key = st.sampled_from(
    ["title", "linkTitle", "description", "weight", "Title", "tags", '"title"', "params.title", "a . 'b.c'", "'a=b'"]
)
line = st.one_of(
    st.tuples(key, st.sampled_from([" = ", "=", "\t=  "]), scalar).map("".join),
    st.sampled_from(["# comment 'x", "", "  ", "[table]", "[[tables]]", '[ "title" . x ]', "+++", "broken"]),
)
fronts = st.lists(line, max_size=6, unique_by=lambda text: text.partition("=")[0].strip(" \t\"'")).map(
    lambda lines: "".join(f"{line}\n" for line in ["+++", *lines, "+++"])
)
files = st.builds(
    lambda mark, front, body, newline, junk: (mark + front + body).replace("\n", newline).encode() + junk,
    st.sampled_from(["", "\ufeff"]),
    fronts,
    st.text(characters, max_size=15),
    st.sampled_from(NEWLINES),
    st.sampled_from([b"", b"", b"\xff", b"\0", b"\n\n"]),
)


def read_with_tomllib(data):
    """Return the front matter's values, including tables."""
    front = split_front_matter(decode(data)).front
    return tomllib.loads(front.replace("\r\n", "\n").replace("\r", "\n"), parse_float=str)


@given(files)
def test_values_equal_those_that_tomllib_reads(data):
    try:
        parsed = parse(data)
    except InvalidFrontMatter:
        return
    table = read_with_tomllib(data)
    assert set(parsed.front_matter) == {key for key, value in table.items() if not isinstance(value, list | dict)}
    for key, value in parsed.front_matter.items():
        assert tomllib.loads(f"x = {value}", parse_float=str)["x"] == table[key] if value != table[key] else True
    assert set(parsed.lists) == {key for key, value in table.items() if isinstance(value, list) and key != "tables"}


@given(files, titled, st.sets(st.sampled_from(FIELD_NAMES)))
def test_patch_changes_only_the_named_fields_or_is_refused(data, new, names):
    check_patch(data, new, names, read_other_keys)


def read_other_keys(data):
    """Return the front matter's values without those that editors edit."""
    return _omit(read_with_tomllib(data), {key.lower() for key in FRONT_MATTER_KEYS.values()})


top = st.lists(
    line.filter(lambda text: text != "+++" and "[" not in text[:2] and "itle" not in text), max_size=3, unique=True
)
below = st.lists(line.filter(lambda text: "itle" not in text), max_size=3, unique=True)


@given(top, st.sampled_from(["title = ", '"title"=', " title\t= "]), scalar, below, st.sampled_from(NEWLINES), words)
def test_patch_of_the_title_changes_only_its_value(before, key, value, after, newline, new):
    def file(written):
        lines = ["+++", *before, f"{key}{written}", *after, "+++", "Text \udcff", ""]
        return "\n".join(lines).replace("\n", newline).encode("utf-8", "surrogateescape")

    data, new = file(value), normalise(Fields(new)).title
    try:
        old = parse(data)
    except InvalidFrontMatter:
        return
    comment = value[value.index(" # note") :] if " # note" in value else ""
    expected = data if new == old.fields.title else file(quote(new) + comment)
    assert patch(data, old.fields, replace(old.fields, title=new)) == expected


def _omit(table, keys):
    return {key: value for key, value in table.items() if key.lower() not in keys}


dates = st.sampled_from(["2026-11-24", "2026-11-24T10:00:00Z", "10", "-3", "0", "true"])


@given(files, st.dictionaries(st.sampled_from(["lastmod", "weight", "date", "title"]), dates | words))
def test_patched_front_matter_keeps_all_other_values(data, values):
    try:
        before = parse(data)
        result = patch_front_matter(data, values)
    except (InvalidFrontMatter, PatchFailed):
        return
    after = parse(result)
    for key, value in values.items():
        in_any_case = (written for name, written in after.front_matter.items() if name.lower() == key)
        assert value in {after.front_matter.get(key), *in_any_case}
    changed = {key.lower() for key in values}
    assert _omit(read_with_tomllib(result), changed) == _omit(read_with_tomllib(data), changed)
    assert after.fields.body == before.fields.body
    if all(before.front_matter.get(key) == value for key, value in values.items()):
        assert result is data
