"""Configs of Hugo sites: what they say in each notation, and what cannot be read says why."""

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
def test_config_says_the_same_in_each_notation_and_place(name, extension, text, before):
    assert config_of({f"{name}.{extension}": before + text}) == EXPECTED


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hugo.yaml", "contentDir: a\nlanguages: {ru: {contentDir: c, contentDir: d}}\ncontentDir: b\n<<: {}\n<<: {}"),
        ("hugo.json", '{"contentDir": "a", "languages": {"ru": {"contentDir": "d"}}, "contentDir": "b"}'),
    ],
)
def test_of_a_key_that_stands_there_twice_the_last_value_counts(name, text):
    assert config_of({name: text}) == SiteConfig(content_folder="b", languages=(("ru", "d"),))


def test_each_language_may_have_a_file_of_its_own():
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


def test_config_without_a_word_is_what_hugo_takes_for_granted():
    for name in ("hugo.toml", "hugo.yaml"):
        assert config_of({name: ""}) == config_of({"hugo.json": "{}"}) == config_of({}) == SiteConfig()
    assert config_of({"hugo.yaml": "languages:\ncontentDir: ~\nstaticDir:\n"}) == SiteConfig()


def test_first_config_at_the_root_counts_and_those_of_the_folder_say_more():
    files = {
        "site/config.toml": 'contentDir = "not read"',
        "site/hugo.toml": 'contentDir = "a"\n[languages.en]\ncontentDir = "en"\n[languages.ru]',
        "site/config/_default/config.yaml": "contentDir: b",
        "site/config/_default/languages.yaml": "no: {}\nRU: {contentDir: ru}",
    }
    languages = (("en", "en"), ("no", None), ("ru", "ru"))
    assert config_of(files, "site") == SiteConfig(content_folder="b", languages=languages)


def test_config_that_cannot_be_had_says_nothing():
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
def test_path_tells_whose_config_a_file_is(path, site):
    assert site_of_config(path) == site


LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("hugo.toml", "a = ", "Invalid value (at end of document)."),
        ("hugo.toml", 'a = "1"\na = "2"', "Cannot overwrite a value (at end of document)."),
        ("hugo.toml", 'contentDir = "a"\ncontentdir = "b"', "it has the key 'contentdir' twice."),
        ("hugo.toml", "a = " + "[" * 100_000, "it is nested too deep."),
        ("hugo.toml", "#" * 1_000_001, "it has 1000001 bytes; the limit is 1000000."),
        ("hugo.toml", b"a = '\xff'", "'utf-8' codec can't decode byte 0xff in position 5: invalid start byte."),
        ("hugo.toml", "contentDir = 1", "contentDir is no text."),
        ("hugo.toml", "staticDir = [1]", "staticDir is no text."),
        ("hugo.toml", "languages = ['en']", "languages has no keys with values."),
        ("hugo.toml", "[languages]\nen = 'English'", "languages.en has no keys with values."),
        ("hugo.toml", "[languages.'../x']", "'../x' is no language tag."),
        ("hugo.toml", f"[languages.{'a-' * 11}b]", f"{'a-' * 11 + 'b'!r} is no language tag."),
        ("hugo.yaml", "defaultContentLanguage: /etc", "'/etc' is no language tag."),
        ("hugo.yaml", "a: [", "line 2: did not find expected node content."),
        ("hugo.yaml", "languages:\n  en: {}\n  EN: {}", "languages has the key 'EN' twice."),
        ("hugo.yaml", "languages: {en: {contentDir: [a]}}", "contentDir of en is no text."),
        ("hugo.yaml", "- a", "it has no keys with values."),
        ("hugo.yaml", "[" * 100_000, "line 1: it is nested too deep."),
        ("hugo.yaml", LAUGHS, "line 10: it has more than 100000 values."),
        ("hugo.yaml", "a: b\0", "unacceptable character"),
        ("hugo.json", "{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        ("hugo.json", '{"contentDir": "a", "contentdir": "b"}', "it has the key 'contentdir' twice."),
        ("hugo.json", "[" * 100_000, "it is nested too deep."),
        ("hugo.json", "", "Expecting value: line 1 column 1 (char 0)."),
        ("config/_default/languages.toml", "en = 1", "languages.en has no keys with values."),
    ],
)
def test_config_that_cannot_be_read_says_why(name, content, why):
    with pytest.raises(AmbiguousStructure, match=f"^{re.escape(f'{name} cannot be read: {why}')}"):
        config_of({name: content})


def test_alias_that_means_itself_is_followed_no_further_than_it_is_read():
    assert config_of({"hugo.yaml": "languages: &l\n  en: *l\n"}).languages == (("en", None),)


@pytest.mark.timing
def test_largest_config_is_read_in_no_time():
    content = "a: {b: [" + "1, " * 90_000 + "2]}\n"
    assert is_faster_than(1, lambda: config_of({"hugo.yaml": content}))


def test_yaml_merges_are_not_followed():
    content = "a: &a {contentDir: x}\nb: &b {contentDir: y}\nlanguages:\n  en:\n    <<: *a\n    <<: *b\n"
    assert config_of({"hugo.yaml": content}).languages == (("en", None),)
