"""Site structures: how paths map to texts for every kind of Hugo site, and texts back to paths."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.hugo.site_structure.detection import NoContentFound, detect_structure
from pages.hugo.site_structure.file_names import is_config
from pages.hugo.site_structure.site_config import AmbiguousStructure
from pages.hugo.site_structure.structure import SiteStructure, TextLocation

KNOWN = frozenset({"en", "ru", "fr", "zh-hans"})
LISTED = 'defaultContentLanguage = "en"\n[languages.en]\n[languages.ru]\n[languages.pt-br]\n'
OWN_FOLDERS = '[languages.en]\ncontentDir = "content/en"\n[languages.ru]\ncontentDir = "content/russian"\n'


def structure_of(*paths, fallback_language="en", **configs):
    files = {name.replace("__", "/").replace("_toml", ".toml"): text.encode() for name, text in configs.items()}
    return detect_structure([*paths, *files], files.get, SiteStructure(fallback_language, languages=KNOWN))


def locate(structure, path):
    location = structure.locate_text(path)
    return location and (location.language, location.key)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("content/privacy.pt-BR.md", ("pt-br", "privacy")),
        ("content/privacy.id.md", ("en", "privacy.id")),
        ("content/privacy.to-do.md", ("en", "privacy.to-do")),
        ("content/en/_index.md", ("en", "")),
        ("content/en/index.md", ("en", "")),
        ("content/ru/privacy.md", ("ru", "privacy")),
        ("content/ru/privacy/_index.md", ("ru", "privacy")),
        ("content/ru/Legal/eu/privacy/index.md", ("ru", "Legal/eu/privacy")),
        ("content/zh-Hans/v1.0.md", ("zh-hans", "v1.0")),
        ("content/pt_BR/a.MD", ("pt-br", "a")),
        ("content/uz-Cyrl-UZ/a.md", ("uz-cyrl-uz", "a")),
        ("content/es-419/a.md", ("es-419", "a")),
        ("content/ast/a.md", ("ast", "a")),
        ("content/_index.md", ("en", "")),
        ("content/_index.ru.md", ("ru", "")),
        ("content/policy.md", ("en", "policy")),
        ("content/policy.fr.md", ("fr", "policy")),
        ("content/policy.zh-Hans.md", ("zh-hans", "policy")),
        ("content/policy/index.ru.md", ("ru", "policy")),
        ("content/en/policy.ru.md", ("ru", "policy")),
        ("content/release.v2.md", ("en", "release.v2")),
        ("content/policy.de.md", ("en", "policy.de")),
        ("content/index/a.md", ("en", "index/a")),
        ("content/index/index.md", ("en", "index")),
        ("content/ru.md", ("en", "ru")),
        *((f"content/{name}/a.md", ("en", f"{name}/a")) for name in ("faq", "app", "api", "tos", "docs", "blog")),
        *((f"content/{name}/a.md", ("en", f"{name}/a")) for name in ("new", "bin", "to-do", "it-security", "en-xx")),
        ("content/en/a.html", None),
        ("content/en/.hidden.md", None),
        ("content/en/#a.md", None),
        ("content/en/.md", None),
        ("content/node_modules/a/b.md", None),
        ("contents/en/a.md", None),
        ("static/a.md", None),
        ("README.md", None),
    ],
)
def test_location_in_a_content_folder_without_a_config(path, expected):
    assert locate(structure_of("content/en/a.md"), path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("content/ru/a.md", ("ru", "a")),
        ("content/fr/a.md", ("fr", "a")),
        ("content/PT_br/a.md", ("pt-br", "a")),
        ("content/policy.pt-br.md", ("pt-br", "policy")),
        ("content/es/a.md", ("en", "es/a")),
        ("content/policy.es.md", ("en", "policy.es")),
    ],
)
def test_listed_languages_exclude_all_others_except_known_ones(path, expected):
    assert locate(structure_of("content/en/a.md", hugo_toml=LISTED), path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("content/en/fr/a.md", ("en", "fr/a")),
        ("content/russian/a.md", ("ru", "a")),
        ("content/russian/a.en.md", ("en", "a")),
        ("content/fr/a.md", None),
        ("content/a.md", None),
    ],
)
def test_languages_can_have_their_own_content_folders(path, expected):
    assert locate(structure_of("content/en/a.md", hugo_toml=OWN_FOLDERS), path) == expected


def test_longest_content_folder_wins():
    config = '[languages.en]\ncontentDir = "texts"\n[languages.ru]\ncontentDir = "texts/ru"\n'
    structure = structure_of("texts/a.md", hugo_toml=config)
    assert structure.folders == (("texts/ru", "ru"), ("texts", "en"))
    assert (locate(structure, "texts/ru/a.md"), locate(structure, "texts/rus/a.md")) == (("ru", "a"), ("en", "rus/a"))


def test_languages_that_share_a_content_folder_are_distinguished_by_file_names():
    config = LISTED + '[languages.ru.x]\n[languages.fr]\ncontentDir = "content"\n[languages.de]\ncontentDir = "content"'
    structure = structure_of("content/a.md", hugo_toml=config)
    assert structure.folders == (("content", None),)
    assert (locate(structure, "content/a.de.md"), locate(structure, "content/a.md")) == (("de", "a"), ("en", "a"))


def test_text_without_a_language_is_in_the_default_language():
    assert locate(structure_of("content/a.md", fallback_language="fr"), "content/a.md") == ("fr", "a")
    assert locate(structure_of("content/a.md", fallback_language="fr", hugo_toml=LISTED), "content/a.md") == ("en", "a")


@pytest.mark.parametrize(
    ("paths", "path", "expected"),
    [
        (["en/a.md"], "ru/legal/a.md", ("ru", "legal/a")),
        (["en/a.md"], "docs/a.md", None),
        (["en/a.md"], "a.md", None),
        (["en/a.md"], "a.ru.md", ("ru", "a")),
        (["en/a.md", "README.md"], "README.ru.md", None),
        (["a.ru.md"], "legal/a.en.md", ("en", "legal/a")),
        (["legal/en.md"], "legal/pt-BR.md", ("pt-br", "legal")),
        (["Legal_Terms/en-US.md"], "Legal_Terms/old/de.md", ("de", "Legal_Terms/old")),
        (["legal/en.md"], "legal/en.ru.md", ("ru", "legal/en")),
        (["legal/en.md"], "ru/legal/en.md", ("ru", "legal/en")),
        (["legal/en.md"], "legal/notes.md", None),
        (["legal/en.md"], "en.md", None),
        (["en/a.md"], "legal/ru.md", ("ru", "legal")),
        (["en/a.md"], "vendor/legal/ru.md", None),
        (["_index.md"], "legal/ru.md", ("en", "legal/ru")),
        (["en/a.md"], "cnh/a.md", ("cnh", "a")),
        (["en/a.md"], "ca-valencia/a.md", ("ca-valencia", "a")),
        (["en/a.md"], "cps/a.md", None),
        (["en/a.md"], "en-archive/a.md", None),
        (["en/a.markdown"], "ru/a.Markdown", ("ru", "a")),
        (["en/a.md"], "ru/a.mdown", ("ru", "a")),
        (["en/a.md"], "ru/a.html", None),
        (["index.md", "legal/en.md"], "legal/ru.md", ("ru", "legal")),
        (["index.md", "legal/en.md"], "index.md", None),
        (["index.md", "ru/a.md"], "index.md", ("en", "")),
        (["_index.md", "legal/en.md"], "legal/en.md", ("en", "legal/en")),
        (["en/a.md", "content/README.md"], "en/a.md", ("en", "a")),
        (["en/a.md", "en/b.md", "docs/content/c.md"], "en/a.md", ("en", "a")),
        (["en/a.md"], ".github/ru/a.md", None),
        (["en/content/a.md"], "en/content/a.md", ("en", "content/a")),
        (["_index.md"], "a.md", ("en", "a")),
        (["index.ru.md"], "legal/a.ru.md", ("ru", "legal/a")),
        (["_index.md", "legal/content/a.md"], "legal/content/a.md", ("en", "legal/content/a")),
        (["_index.md"], "README.md", None),
        (["_index.md"], "legal/README.md", ("en", "legal/README")),
        (["_index.md"], ".github/a.md", None),
    ],
)
def test_source_can_itself_be_a_content_folder(paths, path, expected):
    assert locate(structure_of(*paths), path) == expected


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        (["content/a.md", "docs/content/a.md"], "content"),
        (["b/content/a.md", "a/content/a.md"], "a/content"),
        (["content/en/content/a.md"], "content"),
        (["index.md", "content/a.md"], "content"),
        (["themes/x/content/a.md", "exampleSite/content/a.md", "a/b/content/a.md"], "a/b/content"),
        (["content/public/a.md"], "content"),
        (["en/x.md", "content/a.md", "content/b.md"], "content"),
    ],
)
def test_content_folder_with_the_least_depth_is_used(paths, folder):
    assert structure_of(*paths).folders == ((folder, None),)


def test_site_with_a_config_takes_precedence_over_a_content_folder_without():
    structure = structure_of("content/a.md", "web/site/content/a.md", web__site__hugo_toml='staticDir = "files"')
    assert (structure.folders, structure.static_folders) == ((("web/site/content", None),), ("web/site/files",))


def test_site_in_a_folder_takes_precedence_over_texts_at_the_top_only_if_it_has_more():
    texts = ["en/a.md", "web/content/b.md", "web/content/c.md"]
    assert structure_of(*texts, web__hugo_toml="").folders == (("web/content", None),)
    assert structure_of(*texts, "ru/a.md", web__hugo_toml="").folders == (("", None),)
    assert structure_of("content/b.md", "en/a.md", "ru/a.md", hugo_toml="").folders == (("content", None),)


def test_config_without_content_is_not_a_site_but_its_languages_apply_to_a_bare_folder():
    assert structure_of("web/content/a.md", hugo_toml="").folders == (("web/content", None),)
    structure = structure_of("en/a.md", hugo_toml=LISTED)
    assert (locate(structure, "pt-br/a.md"), locate(structure, "es/a.md")) == (("pt-br", "a"), None)


def test_broken_config_of_another_program_is_ignored_unless_it_is_next_to_content():
    assert structure_of("web/content/a.md", config_toml="= broken").folders == (("web/content", None),)
    with pytest.raises(AmbiguousStructure, match=r"^config\.toml cannot be read: Invalid statement"):
        structure_of("content/a.md", config_toml="= broken")
    with pytest.raises(AmbiguousStructure, match=r"^hugo\.toml cannot be read: Invalid statement"):
        structure_of("web/content/a.md", hugo_toml="= broken")


def test_content_folder_can_be_outside_the_site_but_not_outside_the_source():
    assert structure_of("texts/a.md", web__hugo_toml='contentDir = "../texts"').folders == (("texts", None),)
    assert structure_of("a.md", hugo_toml='contentDir = "."').folders == (("", None),)
    for folder in ("..", "../../texts", "/texts"):
        message = f"The config's content folder {folder!r} is outside of the source."
        with pytest.raises(AmbiguousStructure, match=f"^{re.escape(message)}$"):
            structure_of("texts/a.md", hugo_toml=f'contentDir = "{folder}"')


def test_static_folders_come_from_the_config_and_are_inside_the_source():
    config = 'staticDir = ["static", "../pictures", "../../outside", "/outside"]'
    assert structure_of("web/content/a.md", web__hugo_toml=config).static_folders == ("web/static", "pictures")
    assert structure_of("web/content/a.md").static_folders == ("web/static",)


@pytest.mark.parametrize(
    "paths",
    [
        [],
        ["README.md"],
        ["README.ru.md"],
        ["docs/a.md"],
        ["en.md"],
        [".github/en.md"],
        ["vendor/x/ru.md"],
        ["content/a.html"],
        ["themes/x/content/a.md"],
        ["index.html"],
    ],
)
def test_source_without_texts_is_refused(paths):
    with pytest.raises(
        NoContentFound, match=r"^No texts found: there is no folder “content” with \.md files, and no folder or"
    ):
        structure_of(*paths)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("hugo.toml", True),
        ("site/config/_default/languages.yaml", True),
        ("themes/x/hugo.toml", False),
        ("content/a.md", False),
    ],
)
def test_config_is_recognised_by_its_path(path, expected):
    assert is_config(path) is expected


@pytest.mark.parametrize(
    ("before", "path", "expected"),
    [
        ("content/a.md", "hugo.toml", True),
        ("content/a.md", "web/content/a.md", True),
        ("content/a.md", "content/b.md", False),
        ("content/a.md", "themes/x/content/a.md", False),
        ("web/content/a.md", "content/a.md", True),
        ("en/a.md", "content/a.md", True),
        ("en/a.md", "_index.md", True),
        ("en/a.md", "en/_index.md", False),
        ("en/a.md", "en/content/a.md", False),
        ("_index.md", "_index.ru.md", True),
        ("legal/en.md", "en/legal.md", False),
        ("index.md", "legal/en.md", True),
        ("index.md", "legal/notes.md", False),
        ("content/a.md", "legal/en.md", True),
        ("content/a.md", "legal/notes.md", False),
        ("en/a.md", "content/README.md", False),
        ("en/a.md", ".github/content/a.md", False),
    ],
)
def test_structure_can_change_with_a_config_or_another_content_folder(before, path, expected):
    assert structure_of(before).can_change_with(path) is expected


STRUCTURES = {
    "folders by name": structure_of("content/en/a.md"),
    "listed": structure_of("content/en/a.md", hugo_toml=LISTED),
    "folders of their own": structure_of("content/en/a.md", hugo_toml=OWN_FOLDERS),
    "one in another": structure_of("content/a.md", hugo_toml=OWN_FOLDERS.replace("content/en", "content")),
    "bare": structure_of("en/a.md"),
    "bare with an index": structure_of("_index.md"),
    "below": structure_of("web/content/a.md", web__hugo_toml=LISTED),
}
each_structure = pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES)


@each_structure
def test_structure_survives_a_round_trip_through_json(structure):
    assert SiteStructure.from_json(json.loads(json.dumps(structure.as_json()))) == structure


@pytest.mark.parametrize(
    ("language", "key", "like", "is_section", "path"),
    [
        ("ru", "policy", "content/en/policy/_index.md", False, "content/ru/policy/_index.md"),
        ("ru", "policy", "content/en/policy/index.md", True, "content/ru/policy/index.md"),
        ("ru", "policy", "content/policy.en.md", False, "content/policy.ru.md"),
        ("ru", "policy", "content/policy.md", False, "content/policy.ru.md"),
        ("ru", "", "content/_index.md", True, "content/_index.ru.md"),
        ("en", "terms", "content/policy.md", False, "content/terms.md"),
        ("en", "terms", "content/en/policy/index.md", False, "content/en/terms/index.md"),
        ("en", "terms", "content/en/policy/_index.md", False, "content/en/terms.md"),
        ("en", "terms", "content/en/policy.md", True, "content/en/terms/_index.md"),
        ("en", "terms", "content/en/policy.markdown", False, "content/en/terms.markdown"),
        ("pt-br", "policy", "content/policy.en.mdown", False, "content/policy.pt-br.mdown"),
        ("zh-hans", "terms", "content/zh_Hans/policy.md", False, "content/zh_Hans/terms.md"),
        ("ru", "terms", "static/a.png", False, "content/ru/terms.md"),
        ("ru", "terms", None, False, "content/ru/terms.md"),
        ("ru", "terms", None, True, "content/ru/terms/_index.md"),
        ("ru", "", None, True, "content/ru/_index.md"),
        ("ru", "legal/index", None, False, "content/ru/legal/index/index.md"),
        ("ru", "policy.fr", None, False, "content/ru/policy.fr.ru.md"),
        ("ru", "fr/a", "content/b.ru.md", False, "content/ru/fr/a.md"),
    ],
)
def test_path_follows_the_names_of_an_existing_file(language, key, like, is_section, path):
    assert STRUCTURES["folders by name"].path_for(language, key, like, is_section=is_section) == path


def test_path_is_in_the_content_folder_of_its_language():
    structure = STRUCTURES["folders of their own"]
    assert structure.path_for("ru", "a", "content/en/a/_index.md", is_section=True) == "content/russian/a/_index.md"
    assert structure.path_for("fr", "a", "content/en/a.md", is_section=False) == "content/en/a.fr.md"


def test_path_is_named_by_its_language_if_other_files_of_the_page_are():
    structure = STRUCTURES["bare"]
    assert structure.path_for("ru", "legal", "legal/en-US.md", is_section=True) == "legal/ru.md"
    assert structure.path_for("en-us", "terms", "legal/en-US.md", is_section=False) == "terms/en-US.md"
    assert structure.path_for("ru", "legal", "en/legal.md", is_section=False) == "ru/legal.md"


@pytest.mark.parametrize(
    ("first", "path", "expected"),
    [
        ("en/a.md", "legal/notes.md", True),
        ("en/a.md", "notes.md", True),
        ("en/a.md", "legal/ru.md", False),
        ("en/a.md", "README.md", False),
        ("en/a.md", ".github/notes.md", False),
        ("en/a.md", "legal/a.png", False),
        ("_index.md", "legal/notes.md", False),
        ("content/a.md", "legal/notes.md", False),
    ],
)
def test_text_without_a_language_in_its_path_has_an_unknown_language(first, path, expected):
    assert structure_of(first).has_unknown_language(path) is expected


def test_path_for_an_unlisted_language_is_refused():
    with pytest.raises(ValueError, match=r"^This site has no path for a text of a in de\.$"):
        STRUCTURES["listed"].path_for("de", "a", is_section=False)


names = st.sampled_from(["a", "B c", "index", "_index", "en", "ru.fr", "v1.0", "readme", "content", ".x", "ru", "день"])
keys = st.lists(names, max_size=3).map("/".join)
siblings = st.sampled_from(
    [None, "a.md", "a.ru.md", "b/_index.md", "b/index.en.md", "en/a.md", "ru/a/_index.md", "b/en.md"]
)


@each_structure
@given(data=st.data())
def test_path_for_a_text_maps_back_to_that_text(structure, data):
    top, _ = data.draw(st.sampled_from(structure.folders))
    language, key = data.draw(st.sampled_from(["en", "ru", "fr"])), data.draw(keys)
    like = data.draw(siblings.map(lambda path: path and f"{top}/{path}".lstrip("/")))
    is_section = data.draw(st.booleans())
    try:
        path = structure.path_for(language, key, like, is_section=is_section)
    except ValueError:
        # Files whose names begin with a dot are not texts, so that there is no path for them.
        assert ".x" in key
        return
    assert structure.locate_text(path) == TextLocation(language, key)
    assert structure.path_for(language, key, path, is_section=is_section) == path


@each_structure
@given(data=st.data())
def test_location_of_any_path_maps_back_to_that_path(structure, data):
    top, _ = data.draw(st.sampled_from(structure.folders))
    name = data.draw(names) + data.draw(st.sampled_from(["", ".ru", ".EN", ".de", "."]))
    path = "/".join([*top.split("/"), *data.draw(st.lists(names, max_size=3)), f"{name}.md"]).lstrip("/")
    if location := structure.locate_text(path):
        assert structure.path_for(location.language, location.key, path, is_section=False) == path
