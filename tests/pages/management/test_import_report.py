"""`import_report` prints what the import printed, also later and in the site's language."""

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils.translation import override

from pages.models import ImportRun
from pages.presentation.import_report import TITLES
from pages.publishing.importing.report_lines import LineKind
from tests.trees import markdown, write_tree

pytestmark = pytest.mark.django_db


def output(capsys, *arguments):
    call_command(*arguments)
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def imported(tmp_path, capsys):
    """Return what two imports printed after their plans."""
    files = {"content/en/privacy.md": "![a](/a.svg)", "content/en/terms.md": markdown("Terms", "Two", draft="true")}
    printed = []
    for text in ("One", "Two"):
        tree = write_tree(tmp_path / "our-site", {**files, f"content/en/{text}.md": text})
        with pytest.raises(SystemExit):
            call_command("import_hugo", str(tree))
        lines = capsys.readouterr().out.splitlines()
        printed.append(lines[lines.index("") + 1 :])
    return printed


def test_report_is_that_of_the_last_import_or_of_the_one_that_is_named(imported, capsys):
    first, second = ImportRun.objects.order_by("pk")
    for run, arguments, printed in ((second, (), imported[1]), (first, (str(first.pk),), imported[0])):
        heading, *lines = output(capsys, "import_report", *arguments)
        assert heading.startswith(f"Import {run.pk} of our-site by import_hugo, started 2")
        assert lines == printed


def test_list_has_a_line_for_each_import_newest_first(imported, capsys):
    lines = output(capsys, "import_report", "--list")
    assert [line.split(" of ")[0] for line in lines] == [f"Import {run.pk}" for run in ImportRun.objects.all()]


def test_name_of_the_source_is_stored_without_the_folders_above_it(imported, tmp_path):
    assert {run.source for run in ImportRun.objects.all()} == {"our-site"}
    assert str(tmp_path) not in str(list(ImportRun.objects.values()))


def test_report_is_in_the_active_language(imported, capsys):
    with override("ru"):
        lines = output(capsys, "import_report")
        withdrawn = str(TITLES[LineKind.WITHDRAWN])
    number = ImportRun.objects.latest("pk").pk
    assert lines[0].startswith(f"Импорт № {number}, источник: our-site, команда: import_hugo, начат 2")
    # As the other titles, of which it is one; elsewhere the word is about a page.
    assert withdrawn == "Снято с публикации"
    assert lines[1:3] == [
        "Создано страниц: 1. Опубликовано версий: 1. Страниц без изменений: 3.",
        "Пропущено: 1. Импортировано как черновик, так как источник это не публикует: 1.",
    ]
    assert lines[3] == "Пропущено: content/en/privacy.md: изображение /a.svg: в источнике нет такого файла."


@override_settings(LANGUAGE_CODE="en")
def test_import_that_does_not_exist_is_an_error(imported):
    with pytest.raises(CommandError, match="There is no such import"):
        call_command("import_report", "4711")


def test_site_without_imports_has_no_report():
    with pytest.raises(CommandError, match="Nothing has been imported yet"):
        call_command("import_report")
