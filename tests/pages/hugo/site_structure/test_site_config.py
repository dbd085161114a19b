"""Reading configs of Hugo sites in each format, and the errors for those that cannot be read."""

import json
import re

import pytest

from pages.hugo.site_structure.site_config import AmbiguousStructure, SiteConfig, read_config

TOML = """
DefaultContentLanguage = "ru"
contentDir = "texts"
staticDir = ["static", "pictures"]
[params]
A = 1
a = 2
[languages.ru]
contentdir = "texts/ru"
[languages.pt_BR]
title = "Brasil"
staticDir = "static-br"
"""
YAML = """
defaultContentLanguage: ru
contentDir: texts
staticDir: [static, pictures]
params: {A: 1, a: 2}
languages:
  ru: {contentDir: texts/ru}
  pt_BR: {title: Brasil, staticDir: static-br}
"""
JSON = """{"defaultContentLanguage": "ru", "contentDir": "texts", "staticDir": ["static", "pictures"],
"params": {"A": 1, "a": 2},
"languages": {"ru": {"contentDir": "texts/ru"}, "pt_BR": {"title": "Brasil", "staticDir": "static-br"}}}"""
EXPECTED = SiteConfig("ru", "texts", ("static", "pictures", "static-br"), (("pt-br", None), ("ru", "texts/ru")))


def config_of(files, site=""):
    contents = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    return read_config(site, contents, contents.get)


@pytest.mark.parametrize("before", ["", "\ufeff"])
@pytest.mark.parametrize(("extension", "text"), [("toml", TOML), ("yaml", YAML), ("yml", YAML), ("json", JSON)])
@pytest.mark.parametrize("name", ["hugo", "config", "config/_default/hugo", "config/_default/config"])
def test_config_is_read_the_same_in_each_format_and_folder(name, extension, text, before):
    assert config_of({f"{name}.{extension}": before + text}) == EXPECTED


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hugo.yaml", "contentDir: a\nlanguages: {ru: {contentDir: c, contentDir: d}}\ncontentDir: b\n<<: {}\n<<: {}"),
        ("hugo.json", '{"contentDir": "a", "languages": {"ru": {"contentDir": "d"}}, "contentDir": "b"}'),
    ],
)
def test_last_value_of_a_repeated_key_counts(name, text):
    assert config_of({name: text}) == SiteConfig(content_folder="b", languages=(("ru", "d"),))


def test_each_language_can_have_its_own_file():
    files = {
        "config/_default/hugo.toml": 'defaultContentLanguage = "en"',
        "config/_default/languages.yaml": "en: {title: x}\nde: {}",
        "config/_default/languages.en.yaml": "contentDir: content/english",
        "config/_default/languages.pt_BR.toml": 'contentDir = "content/pt"',
    }
    own = (("de", None), ("en", "content/english"), ("pt-br", "content/pt"))
    assert config_of(files) == SiteConfig("en", "content", ("static",), own)
    with pytest.raises(AmbiguousStructure, match=r"languages\.en\.yaml cannot be read"):
        config_of({"config/_default/languages.en.yaml": "- a"})


def test_files_of_a_folder_are_read_by_name_and_production_overrides_the_default():
    files = {
        "config/_default/languages.en.toml": "contentDir = 'not this'",
        "config/_default/languages.toml": "en = {contentDir = 'en'}",
        "config/_default/config.toml": "contentDir = 'not this'\nstaticDir = 'not this'",
        "config/_default/hugo.toml": "contentDir = 'a'\nstaticDir = 'not this'",
        "config/production/config.toml": "staticDir = 'pictures'",
        "config/production/languages.toml": "de = {weight = 1}",
    }
    assert config_of(files) == SiteConfig(None, "a", ("pictures",), (("de", None), ("en", "en")))


def test_empty_config_has_the_defaults_of_hugo():
    for name in ("hugo.toml", "hugo.yaml"):
        assert config_of({name: ""}) == config_of({"hugo.json": "{}"}) == config_of({}) == SiteConfig()
    assert config_of({"hugo.yaml": "languages:\ncontentDir: ~\nstaticDir:\n"}) == SiteConfig()


def test_first_config_at_the_root_counts_and_the_config_folder_overrides_it():
    files = {
        "site/config.toml": 'contentDir = "not read"',
        "site/hugo.toml": 'contentDir = "a"\n[languages.en]\ncontentDir = "en"\n[languages.ru]',
        "site/config/_default/config.yaml": "contentDir: b",
        "site/config/_default/languages.yaml": "no: {}\nRU: {contentDir: ru}",
    }
    languages = (("en", "en"), ("no", None), ("ru", "ru"))
    assert config_of(files, "site") == SiteConfig(content_folder="b", languages=languages)


def test_unavailable_config_is_like_an_empty_one():
    assert read_config("", ["hugo.toml"], lambda path: None) == SiteConfig()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("hugo.toml", "a = ", "Invalid value (at end of document)."),
        ("hugo.toml", 'a = "1"\na = "2"', "Cannot overwrite a value (at end of document)."),
        ("hugo.toml", 'contentDir = "a"\ncontentdir = "b"', "it has the key 'contentdir' twice."),
        ("hugo.toml", "contentDir = [1]", "contentDir is not a string."),
        ("hugo.toml", "staticDir = [[1]]", "staticDir is not a string."),
        ("hugo.toml", "languages = ['en']", "languages is not a mapping."),
        ("hugo.toml", "[languages]\nen = 'English'", "languages.en is not a mapping."),
        ("hugo.toml", "[languages.'../x']", "'../x' is not a language code."),
        ("hugo.toml", f"[languages.{'a-' * 11}b]", f"{'a-' * 11 + 'b'!r} is not a language code."),
        ("hugo.yaml", "defaultContentLanguage: /etc", "'/etc' is not a language code."),
        ("hugo.yaml", "a: [", "line 2: did not find expected node content."),
        ("hugo.yaml", "languages:\n  en: {}\n  EN: {}", "languages has the key 'EN' twice."),
        ("hugo.yaml", "languages: {en: {contentDir: [a]}}", "contentDir of en is not a string."),
        ("hugo.yaml", "- a", "it is not a mapping."),
        ("hugo.json", "{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        ("hugo.json", '{"contentDir": "a", "contentdir": "b"}', "it has the key 'contentdir' twice."),
        ("hugo.json", "", "Expecting value: line 1 column 1 (char 0)."),
        ("config/_default/languages.toml", "en = 1", "languages.en is not a mapping."),
    ],
)
def test_invalid_config_is_refused_with_the_reason(name, content, reason):
    with pytest.raises(AmbiguousStructure, match=f"^{re.escape(f'{name} cannot be read: {reason}')}"):
        config_of({name: content})


def test_yaml_merge_keys_are_resolved():
    content = "a: &a {contentDir: x}\nb: &b {contentDir: z}\nlanguages:\n  en:\n    <<: *a\n  de:\n    <<: [*b, *a]\n"
    assert config_of({"hugo.yaml": content}).languages == (("de", "z"), ("en", "x"))


def test_numbers_are_names_of_folders_in_every_format():
    for name, text in {
        "hugo.toml": "contentDir = 1\nstaticDir = [2]",
        "hugo.yaml": "contentDir: 1\nstaticDir: 2",
    }.items():
        assert config_of({name: text}) == SiteConfig(content_folder="1", static_folders=("2",))


def test_folders_mounted_as_content_and_below_it():
    mounts = [{"source": "docs/de", "target": "content/", "lang": "DE"}, {"source": "docs", "target": "content"}]
    mounts += [
        {"source": "legal", "target": "content/legal"},
        {"source": "a", "target": "static"},
        {"source": "b"},
        "c",
    ]
    config = config_of({"hugo.json": json.dumps({"module": {"mounts": mounts}})})
    assert config == SiteConfig(mounts=(("docs/de", "de"), ("docs", None)), inner_mounts=("legal",))
