"""Folders with translations next to the texts that they translate."""

import pytest

from pages.hugo.site_structure.detection import detect_structure
from pages.hugo.site_structure.structure import SiteStructure, bare_structure
from pages.hugo.site_structure.translated_folders import with_translated_folders

DEFAULT = SiteStructure("en", languages=frozenset({"en", "de", "fr", "pt-br", "ru"}))
BARE = bare_structure(DEFAULT)


def locate(structure, path):
    location = structure.locate_text(path)
    return location and (location.language, location.key)


@pytest.mark.parametrize(
    ("paths", "path", "expected"),
    [
        (["_articles/privacy.md", "_articles/de/privacy.md"], "_articles/de/privacy.md", ("de", "_articles/privacy")),
        (["_articles/privacy.md", "_articles/de/privacy.md"], "_articles/privacy.md", ("en", "_articles/privacy")),
        (["_articles/privacy.md", "_articles/de/privacy.md"], "_articles/fr/new.md", ("fr", "_articles/new")),
        (["_articles/privacy.md", "_articles/de/privacy.md"], "docs/notes.md", None),
        (["a/b/de/x/y.md", "a/b/x/y.md"], "a/b/de/x/y.md", ("de", "a/b/x/y")),
        (["a/de/x.md", "a/fr/x.md"], "a/fr/x.md", ("fr", "a/x")),
        (["a/de/x.md", "a/fr/y.md"], "a/de/x.md", None),
        (["a/de/x.md", "a/fr/x.md"], "a/y.md", None),
        (["de/x.md", "fr/x.md"], "docs/notes.md", None),
        (["x.md", "de/x.md"], "x.md", ("en", "x")),
        (["admin.md", "admin_fr.md", "admin_de.md"], "admin_de.md", ("de", "admin")),
        (["admin.md", "admin_fr.md", "admin_de.md"], "admin.md", ("en", "admin")),
        (["admin.md", "admin_fr.md"], "admin_ru.md", ("ru", "admin")),
        (["admin_fr.md", "admin_de.md"], "admin_fr.md", ("fr", "admin")),
        (["legal/a.md", "legal/a_pt_BR.md"], "legal/a_pt_BR.md", ("pt-br", "legal/a")),
        (["legal/a.md", "legal/a_pt-BR.md"], "legal/a_pt-BR.md", ("pt-br", "legal/a")),
        (["legal/a.md", "legal/a_de.md"], "legal/terms_of_use.md", ("en", "legal/terms_of_use")),
        (["legal/a.md", "legal/a_de.md"], "other/b_de.md", None),
        (["a.md", "a.de.md"], "a.de.md", ("de", "a")),
        (["sign.md", "sign_in.md"], "sign_in.md", None),
        (["en/a.md", "en/a_eu.md", "en/a_fr.md"], "en/a_eu.md", ("en", "a_eu")),
        (["en/a.md", "en/a_uk.md", "en/a_fr.md"], "en/a_fr.md", ("en", "a_fr")),
        (["a.md", "a_eu.md", "a_de.md"], "a_eu.md", ("en", "a_eu")),
        (["a.md", "a_uk.md"], "a_uk.md", None),
        (["a.md", "a_uk.md", "a_br.md", "a_ca.md"], "a_uk.md", None),
        (["a.md", "a_uk.md", "a_de.md"], "a_uk.md", ("uk", "a")),
        (["README.md", "README_de.md"], "README_de.md", None),
    ],
)
def test_translations_are_recognised_by_the_texts_next_to_them(paths, path, expected):
    assert locate(with_translated_folders(BARE, paths), path) == expected


def test_text_with_a_dotted_suffix_next_to_it_is_in_the_default_language():
    assert locate(with_translated_folders(BARE, ["a.md", "a.de.md"]), "a.md") == ("en", "a")
    assert locate(with_translated_folders(BARE, ["b.de.md"]), "a.md") is None


def test_listed_languages_exclude_other_ways_to_tell_them():
    files = {"hugo.toml": b"[languages.en]\n[languages.de]\n"}
    paths = ["hugo.toml", "content/docs/x.md", "content/docs/de/x.md"]
    structure = with_translated_folders(detect_structure(paths, files.get, DEFAULT), paths)
    assert locate(structure, "content/docs/de/x.md") == ("en", "docs/de/x")
    structure = with_translated_folders(detect_structure(paths[1:], files.get, DEFAULT), paths)
    assert locate(structure, "content/docs/de/x.md") == ("de", "docs/x")


def test_mapped_languages_are_read_as_the_languages_of_the_site():
    structure = SiteStructure("en", languages=frozenset({"en", "nb"}), language_map=(("no", "nb"),))
    assert locate(structure, "content/no/a.md") == ("nb", "a")
    assert structure.path_for("nb", "b", "content/no/a.md", is_section=False) == "content/no/b.md"
