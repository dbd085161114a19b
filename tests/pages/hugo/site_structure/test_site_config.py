"""Reading configs of Hugo sites in each format, and the errors for those that cannot be read."""

import re

import pytest

from pages.hugo.site_structure.site_config import AmbiguousStructure, SiteConfig, read_config, site_of_config
from tests.timing import is_faster_than

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
        "config/_default/languages.yaml": "en: {contentDir: not this}\nde: {}",
        "config/_default/languages.en.yaml": "contentDir: content/english",
        "config/_default/languages.pt_BR.toml": 'contentDir = "content/pt"',
    }
    own = (("de", None), ("en", "content/english"), ("pt-br", "content/pt"))
    assert config_of(files) == SiteConfig("en", "content", ("static",), own)
    with pytest.raises(AmbiguousStructure, match=r"languages\.en\.yaml cannot be read"):
        config_of({"config/_default/languages.en.yaml": "- a"})


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
    ("path", "site"),
    [
        ("hugo.toml", ""),
        ("web/site/config.yml", "web/site"),
        ("config/_default/languages.json", ""),
        ("web/config/_default/languages.pt-br.toml", "web"),
        ("config/_default/menus.en.toml", None),
        ("config/_default/languages.en.md", None),
        ("languages.en.toml", None),
        ("web/config/_default/hugo.toml", "web"),
        ("languages.toml", None),
        ("config/production/languages.toml", None),
        ("myconfig/_default/hugo.toml", "myconfig/_default"),
        ("config/_default/menus.toml", None),
        ("config/_default/config.xml", None),
    ],
)
def test_path_of_a_config_determines_its_site(path, site):
    assert site_of_config(path) == site


BILLION_LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("hugo.toml", "a = ", "Invalid value (at end of document)."),
        ("hugo.toml", 'a = "1"\na = "2"', "Cannot overwrite a value (at end of document)."),
        ("hugo.toml", 'contentDir = "a"\ncontentdir = "b"', "it has the key 'contentdir' twice."),
        ("hugo.toml", "a = " + "[" * 100_000, "it is nested too deeply."),
        ("hugo.toml", "#" * 1_000_001, "it has 1000001 bytes; the limit is 1000000."),
        ("hugo.toml", b"a = '\xff'", "'utf-8' codec can't decode byte 0xff in position 5: invalid start byte."),
        ("hugo.toml", "contentDir = 1", "contentDir is not a string."),
        ("hugo.toml", "staticDir = [1]", "staticDir is not a string."),
        ("hugo.toml", "languages = ['en']", "languages is not a mapping."),
        ("hugo.toml", "[languages]\nen = 'English'", "languages.en is not a mapping."),
        ("hugo.toml", "[languages.'../x']", "'../x' is not a language code."),
        ("hugo.toml", f"[languages.{'a-' * 11}b]", f"{'a-' * 11 + 'b'!r} is not a language code."),
        ("hugo.yaml", "defaultContentLanguage: /etc", "'/etc' is not a language code."),
        ("hugo.yaml", "a: [", "line 2: did not find expected node content."),
        ("hugo.yaml", "languages:\n  en: {}\n  EN: {}", "languages has the key 'EN' twice."),
        ("hugo.yaml", "languages: {en: {contentDir: [a]}}", "contentDir of en is not a string."),
        ("hugo.yaml", "- a", "it is not a mapping."),
        ("hugo.yaml", "[" * 100_000, "line 1: it is nested too deeply."),
        ("hugo.yaml", BILLION_LAUGHS, "line 10: it has more than 100000 values."),
        ("hugo.yaml", "a: b\0", "unacceptable character"),
        ("hugo.json", "{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        ("hugo.json", '{"contentDir": "a", "contentdir": "b"}', "it has the key 'contentdir' twice."),
        ("hugo.json", "[" * 100_000, "it is nested too deeply."),
        ("hugo.json", "", "Expecting value: line 1 column 1 (char 0)."),
        ("config/_default/languages.toml", "en = 1", "languages.en is not a mapping."),
    ],
)
def test_invalid_config_is_refused_with_the_reason(name, content, reason):
    with pytest.raises(AmbiguousStructure, match=f"^{re.escape(f'{name} cannot be read: {reason}')}"):
        config_of({name: content})


def test_recursive_alias_is_expanded_only_as_far_as_it_is_read():
    assert config_of({"hugo.yaml": "languages: &l\n  en: *l\n"}).languages == (("en", None),)


@pytest.mark.timing
def test_largest_config_is_read_within_a_second():
    content = "a: {b: [" + "1, " * 90_000 + "2]}\n"
    assert is_faster_than(1, lambda: config_of({"hugo.yaml": content}))


def test_yaml_merge_keys_are_ignored():
    content = "a: &a {contentDir: x}\nb: &b {contentDir: y}\nlanguages:\n  en:\n    <<: *a\n    <<: *b\n"
    assert config_of({"hugo.yaml": content}).languages == (("en", None),)
