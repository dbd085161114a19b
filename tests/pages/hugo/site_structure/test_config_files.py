"""Tests of how the configs of sites are found, read within limits, and merged."""

import re

import pytest

from pages.hugo.site_structure import config_files
from pages.hugo.site_structure.config_files import (
    UnreadableConfig,
    can_define_structure,
    read_config_values,
    read_plain_config,
    site_of_config,
)
from pages.hugo.site_structure.site_config import read_config
from tests.timing import is_faster_than


def values(files, site=""):
    contents = {path: text.encode() for path, text in files.items()}
    return read_config_values(site, contents, contents.get)


def test_later_files_take_precedence_and_mappings_are_merged():
    files = {
        "config/production/params.toml": "b = 2\n",
        "config/_default/hugo.yaml": "Title: A\nparams: {a: 1, B: 1}\n",
        "config/_default/languages.de.toml": "disabled = true\n",
        "config/_default/menus.de.toml": "[[main]]\nname = 'x'\n",
        "config/development/hugo.toml": "title = 'Z'\n",
        "hugo.toml": "title = 'R'\nbuildDrafts = true\n",
        "config.toml": "title = 'S'\n",
    }
    assert values(files) == {
        "title": "A",
        "builddrafts": "true",
        "params": {"a": "1", "b": "2"},
        "languages": {"de": {"disabled": "true", "menus": {"main": [{"name": "x"}]}}},
    }


def test_files_of_a_language_have_its_values_whatever_their_name():
    files = {
        "config/_default/hugo.de.toml": "title = 'A'\n",
        "config/_default/x.de.toml": "disabled = true\n",
        "config/_default/menu.de.toml": "main = []\n",
        "config/_default/params.de.toml": "a = 1\n",
    }
    own = {"title": "A", "disabled": "true", "menus": {"main": []}, "params": {"a": "1"}}
    assert values(files) == {"languages": {"de": own}}


def test_site_in_a_folder_has_its_own_configs():
    files = {"hugo.toml": "a = 1\n", "docs/hugo.toml": "b = 1\n", "docs/config/_default/c.toml": "d = 1\n"}
    assert values(files, "docs") == {"b": "1", "c": {"d": "1"}}
    assert values({"x.md": ""}) is None


def test_invalid_config_is_named():
    with pytest.raises(UnreadableConfig, match=r"^Invalid value \(at end of document\)\.\Z") as caught:
        values({"hugo.toml": "a = 1", "config/_default/params.toml": "a = "})
    assert caught.value.path == "config/_default/params.toml"


def test_keys_that_differ_in_case_only_are_refused_where_hugo_reads_them():
    with pytest.raises(UnreadableConfig, match=r"^it has the key 'Title' twice\."):
        values({"hugo.toml": "title = 'a'\nTitle = 'b'"})
    with pytest.raises(UnreadableConfig, match=r"^languages\.de has the key 'Disabled' twice\."):
        values({"config/_default/languages.de.yaml": "disabled: yes\nDisabled: no"})
    # Jekyll distinguishes them.
    assert read_plain_config("_config.yml", lambda path: b"draft: 1\nDraft: 2") == {"draft": "2"}


@pytest.mark.parametrize(
    ("path", "site"),
    [
        ("hugo.toml", ""),
        ("x/config.json", "x"),
        ("config/_default/cascade.toml", ""),
        ("config/production/m.yml", ""),
        ("x/config/production/m.yml", "x"),
        ("go.toml", None),
        ("config/dev/hugo2.toml", None),
        ("config/_default/a/b.toml", None),
        ("config/production/a.md", None),
    ],
)
def test_path_of_any_config_determines_its_site(path, site):
    assert site_of_config(path) == site


@pytest.mark.parametrize(
    ("path", "site"),
    [
        ("hugo.toml", ""),
        ("web/site/config.yml", "web/site"),
        ("config/_default/languages.json", ""),
        ("web/config/_default/languages.pt-br.toml", "web"),
        ("web/config/_default/x.pt-br.toml", "web"),
        ("config/_default/menus.en.toml", None),
        ("config/_default/params.en.toml", None),
        ("config/_default/languages.en.md", None),
        ("languages.en.toml", None),
        ("web/config/_default/hugo.toml", "web"),
        ("languages.toml", None),
        ("config/production/languages.toml", ""),
        ("config/staging/languages.toml", None),
        ("myconfig/_default/hugo.toml", "myconfig/_default"),
        ("config/_default/menus.toml", None),
        ("config/_default/config.xml", None),
    ],
)
def test_path_of_a_config_that_can_define_the_structure_determines_its_site(path, site):
    assert (site_of_config(path) if can_define_structure(path) else None) == site


def test_config_is_parsed_once_for_structure_and_values(monkeypatch):
    parsed = []
    loads = config_files.tomllib.loads
    monkeypatch.setattr(config_files.tomllib, "loads", lambda text, **rest: parsed.append(text) or loads(text, **rest))
    content = b"title = 'parsed once for structure and values'"
    for read in (read_config, read_config_values):
        read("", ["hugo.toml"], lambda path: content)
    assert len(parsed) == 1


BILLION_LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("hugo.toml", "a = " + "[" * 100_000, "line 1: it is nested too deeply."),
        ("hugo.toml", f"b = 1\r\n{'a.' * 5_000}a = 1", "line 2: it is nested too deeply."),
        ("hugo.toml", "#" * 1_000_001, "it has 1000001 bytes; the limit is 1000000."),
        ("hugo.toml", b"a = '\xff'", "'utf-8' codec can't decode byte 0xff in position 5: invalid start byte."),
        ("hugo.toml", f"a = [{'1,' * 20_001}]", "it has more than 20000 values."),
        ("hugo.yaml", "[" * 100_000, "line 1: it is nested too deeply."),
        ("hugo.yaml", BILLION_LAUGHS, "it has more than 20000 values."),
        ("hugo.yaml", "languages: &l\n  en: *l\n", "it is nested too deeply."),
        ("hugo.yaml", "a: b\0", "unacceptable character"),
        ("hugo.json", "[" * 100_000, "it is nested too deeply."),
        ("hugo.json", f'{{"a": {"[" * 101}{"]" * 101}}}', "it is nested too deeply."),
        ("hugo.json", f'{{"a": [{"1," * 20_001}1]}}', "it has more than 20000 values."),
        ("hugo.json", "{} {}", "Extra data: line 1 column 4 (char 3)."),
        ("hugo.json", "[]", "it is not a mapping."),
        ("_config.yml", "- a", "it is not a mapping."),
    ],
)
def test_hostile_or_invalid_config_is_refused_with_the_reason(name, content, reason):
    read = read_plain_config if name.startswith("_") else config_files.read_hugo_config
    with pytest.raises(UnreadableConfig, match=f"^{re.escape(reason)}"):
        read(name, lambda path: content if isinstance(content, bytes) else content.encode())


@pytest.mark.timing
def test_largest_config_is_read_within_a_second():
    content = b"a: {b: [" + b"1, " * 19_990 + b"2]}\n" + b"# " + b"x" * 900_000

    def read():
        config_files._parse.cache_clear()
        return read_config_values("", ["hugo.yaml"], lambda path: content)

    assert len(read()["a"]["b"]) == 19_991
    assert is_faster_than(1, read)
