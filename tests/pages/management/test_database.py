"""Commands in an empty data folder, and with the database of an older version: one sentence, never a traceback."""

import pytest

from tests.processes import manage
from tests.trees import write_tree

NO_TABLES = "CommandError: The database has no tables yet. Run: manage.py migrate\n"


def test_import_creates_the_tables_of_an_empty_database(tmp_path):
    tree = write_tree(tmp_path / "tree", {"content/en/privacy.md": "Ours"})
    result = manage("import_hugo", str(tree), data=tmp_path / "data")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Pages created: 1. Versions published: 1. Pages unchanged: 0." in result.stdout.splitlines()
    assert (tmp_path / "data" / "site.sqlite3").stat().st_mode & 0o077 == 0
    assert "The history is valid" in manage("verify_history", data=tmp_path / "data").stdout


@pytest.mark.parametrize(
    ("files", "options", "status"),
    [({"a/b.txt": "One"}, (), 2), ({"content/en/a.md": "One"}, ("--dry-run",), 0)],
    ids=["refused", "dry run"],
)
def test_import_that_writes_nothing_leaves_no_database(tmp_path, files, options, status):
    tree = write_tree(tmp_path / "tree", files)
    assert manage("import_hugo", str(tree), *options, data=tmp_path / "data").returncode == status
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_import_that_writes_nothing_keeps_a_database_that_was_there(tmp_path):
    data = tmp_path / "data"
    manage("migrate", "--verbosity", "0", data=data)
    manage("import_hugo", str(write_tree(tmp_path / "tree", {"a.txt": "One"})), data=data)
    assert (data / "site.sqlite3").exists()


@pytest.mark.parametrize(
    "command",
    [("export_hugo", "out"), ("export_git", "out.git"), ("verify_history",), ("import_report",), ("accept_clock",)],
    ids=lambda command: command[0],
)
def test_other_command_in_an_empty_data_folder_names_the_command_to_run(tmp_path, command):
    name, *destination = command
    result = manage(name, *(str(tmp_path / path) for path in destination), data=tmp_path / "data")
    assert (result.returncode, result.stdout, result.stderr) == (2, "", NO_TABLES)
    assert not (tmp_path / "out").exists()


def test_command_of_django_names_the_command_to_run(tmp_path):
    result = manage("changepassword", "ann", data=tmp_path / "data")
    stderr = "Database: no such table: auth_user. Run: manage.py migrate\n"
    assert (result.returncode, result.stderr) == (1, stderr)


def test_database_of_an_older_version_is_not_changed_by_an_import(tmp_path):
    data = tmp_path / "data"
    manage("migrate", "pages", "0002", "--verbosity", "0", data=data)
    result = manage("import_hugo", str(write_tree(tmp_path / "tree", {"content/en/a.md": "One"})), data=data)
    assert result.returncode == 2
    assert result.stderr == (
        "CommandError: The database belongs to an older version of the site, or creating it was interrupted. "
        "Run: manage.py migrate\n"
    )
