"""`extract_messages`: a catalogue of any language follows the strings in the sources."""

import gettext

import pytest
from babel.messages.mofile import write_mo
from django.core.management import CommandError, call_command

from pages.management.catalogues import catalogue_path, messages_of, read_catalogue

TEMPLATE = """\
{% load i18n %}
{% translate "Draft" context "state" %}
    {% blocktranslate count pages=pages %}One page{% plural %}{{ pages }} pages{% endblocktranslate %}
"""
SOURCE = 'GREETING = _("Hello %(name)s")\nNOT_A_MESSAGE = "Nothing"\n'


@pytest.fixture
def sources(settings, tmp_path):
    """Return the folder of a project with a template, a source, and no catalogue."""
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "pages/locale", tmp_path / "pages/locale/public"]
    for path, text in (("templates/a.html", TEMPLATE), ("pages/b.py", SOURCE), ("pages/migrations/c.py", '_("Old")')):
        write(tmp_path / path, text)
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def extract(language, capsys):
    call_command("extract_messages", language)
    return capsys.readouterr().out


def translate(language, **translations):
    """Write translations into a catalogue as a translator does, in the file."""
    text = catalogue_path(language).read_text(encoding="utf-8")
    for singular, translation in translations.items():
        text = text.replace(f'msgid "{singular}"\nmsgstr ""', f'msgid "{singular}"\nmsgstr "{translation}"')
    catalogue_path(language).write_text(text, encoding="utf-8")


def test_new_catalogue_holds_every_string_and_its_languages_plural_forms(sources, capsys):
    assert extract("de", capsys) == f"{catalogue_path('de')}: 3 string(s), 3 to translate.\n"
    assert catalogue_path("de") == sources / "pages/locale/de/LC_MESSAGES/django.po"
    assert catalogue_path("de").read_text(encoding="utf-8") == (
        "# The interface in German.\n"
        'msgid ""\nmsgstr ""\n'
        '"Language: de\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
        '#: templates/a.html\nmsgctxt "state"\nmsgid "Draft"\nmsgstr ""\n\n'
        '#: pages/b.py\n#, python-format\nmsgid "Hello %(name)s"\nmsgstr ""\n\n'
        '#: templates/a.html\n#, python-format\nmsgid "One page"\nmsgid_plural "%(pages)s pages"\n'
        'msgstr[0] ""\nmsgstr[1] ""\n\n'
    )


@pytest.mark.parametrize(
    ("language", "folder", "plurals"),
    [
        *(("ja", "ja", 1), ("ar", "ar", 6), ("zh-hans", "zh_Hans", 1), ("pl", "pl", 3), ("pt-br", "pt_BR", 2)),
        *(("sl", "sl", 4), ("lt", "lt", 3), ("lv", "lv", 3), ("id", "id", 1), ("hy", "hy", 2), ("nb", "nb", 2)),
        *(("ka", "ka", 2), ("ms", "ms", 1), ("vi", "vi", 1), ("zh-hant", "zh_Hant", 1), ("ur", "ur", 2)),
    ],
)
def test_plural_forms_and_folder_are_those_of_the_language(sources, capsys, language, folder, plurals):
    extract(language, capsys)
    assert (sources / "pages/locale" / folder / "LC_MESSAGES/django.po").is_file()
    assert read_catalogue(language).num_plurals == plurals
    assert len(read_catalogue(language).get("One page").string) == plurals


def test_public_catalogue_holds_only_the_strings_that_readers_see(sources, capsys):
    write(
        sources / "templates/admin/c.html",
        '{% load i18n %}{% translate "Save" %}{% translate "Draft" context "state" %}',
    )
    call_command("extract_messages", "de", "ar", public=True)
    path = sources / "pages/locale/public/de/LC_MESSAGES/django.po"
    assert capsys.readouterr().out.startswith(f"{path}: 2 string(s), 2 to translate.\n")
    assert path.read_text(encoding="utf-8").startswith(
        "# What readers see of the interface in German.\n# Not reviewed yet by anyone who speaks the language.\n"
    )
    assert {message.id for message in messages_of(read_catalogue("de"))} == {"Draft", ("One page", "%(pages)s pages")}
    assert read_catalogue("ar").num_plurals == 6


def test_update_leaves_a_public_catalogue_public(sources, capsys):
    call_command("extract_messages", "de", public=True)
    translate("de", Draft="Entwurf")
    extract("de", capsys)
    assert not (sources / "pages/locale/de").exists()
    assert read_catalogue("de").get("Draft", "state").string == "Entwurf"
    assert "Not reviewed yet" in catalogue_path("de").read_text(encoding="utf-8")


def test_update_keeps_translations_adds_new_strings_and_removes_old_ones(sources, capsys):
    extract("de", capsys)
    translate("de", Draft="Entwurf", **{"Hello %(name)s": "Hallo %(name)s"})
    write(sources / "pages/b.py", '_("Bye")')
    assert extract("de", capsys) == f"{catalogue_path('de')}: 3 string(s), 2 to translate.\n"
    catalogue = read_catalogue("de")
    assert catalogue.get("Draft", "state").string == "Entwurf"
    assert catalogue.get("Bye").string == ""
    assert catalogue.get("Hello %(name)s") is None


def test_second_update_changes_nothing(sources, capsys):
    extract("de", capsys)
    translate("de", Draft="Entwurf")
    before = catalogue_path("de").read_bytes()
    extract("de", capsys)
    assert catalogue_path("de").read_bytes() == before


def test_update_keeps_a_translators_comment_and_mark(sources, capsys):
    extract("de", capsys)
    text = catalogue_path("de").read_text(encoding="utf-8")
    marked = text.replace("#: templates/a.html\nmsgctxt", "# A noun.\n#: templates/a.html\n#, fuzzy\nmsgctxt")
    catalogue_path("de").write_text(marked, encoding="utf-8")
    translate("de", Draft="Entwurf")
    extract("de", capsys)
    message = read_catalogue("de").get("Draft", "state")
    assert (message.string, message.user_comments, message.fuzzy) == ("Entwurf", ["A noun."], True)


def test_fuzzy_translation_counts_as_one_to_translate(sources, capsys):
    write(sources / "templates/a.html", "")
    extract("de", capsys)
    translate("de", **{"Hello %(name)s": "Hallo %(name)s"})
    assert extract("de", capsys).endswith(": 1 string(s), 0 to translate.\n")
    text = catalogue_path("de").read_text(encoding="utf-8")
    catalogue_path("de").write_text(text.replace("#, python-format", "#, fuzzy, python-format"), encoding="utf-8")
    assert extract("de", capsys).endswith(": 1 string(s), 1 to translate.\n")


def test_catalogue_compiles_and_translates(sources, capsys):
    extract("de", capsys)
    translate("de", Draft="Entwurf")
    compiled = catalogue_path("de").with_suffix(".mo")
    with compiled.open("wb") as file:
        write_mo(file, read_catalogue("de"))
    with compiled.open("rb") as file:
        translations = gettext.GNUTranslations(file)
    assert translations.pgettext("state", "Draft") == "Entwurf"
    assert translations.ngettext("One page", "%(pages)s pages", 2) == "%(pages)s pages"


@pytest.mark.parametrize("language", ["en", "xx", "DE", "", "../de"])
def test_language_that_can_have_no_catalogue_is_refused(sources, language):
    with pytest.raises(CommandError, match=r"cannot have a catalogue; these languages can: ar, .*, zh-hant\.$"):
        call_command("extract_messages", language)
    assert not (sources / "pages/locale").exists()
