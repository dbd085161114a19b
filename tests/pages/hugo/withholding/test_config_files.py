"""Tests of the values of configs."""

import pytest

from pages.hugo.withholding.config_files import UnreadableConfig, is_publishing_config, read_config_values


def values(files, site=""):
    return read_config_values(site, files, lambda path: files[path].encode())


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


def test_site_in_a_folder_has_its_own_configs():
    files = {"hugo.toml": "a = 1\n", "docs/hugo.toml": "b = 1\n", "docs/config/_default/c.toml": "d = 1\n"}
    assert values(files, "docs") == {"b": "1", "c": {"d": "1"}}
    assert values({"x.md": ""}) is None


def test_invalid_config_is_named():
    with pytest.raises(UnreadableConfig, match=r"not valid TOML"):
        values({"hugo.toml": "a = "})


@pytest.mark.parametrize(
    "path", ["hugo.toml", "x/config.json", "config/_default/cascade.toml", "config/production/m.yml"]
)
def test_publishing_configs_are_recognised(path):
    assert is_publishing_config(path)


@pytest.mark.parametrize(
    "path", ["go.toml", "config/dev/hugo2.toml", "config/_default/a/b.toml", "config/production/a.md"]
)
def test_other_files_are_no_configs(path):
    assert not is_publishing_config(path)
