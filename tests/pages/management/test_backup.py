"""A backup is complete and checked, or there is none."""

import sqlite3
import stat
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import connection

from pages.management.commands.backup import write_backup
from tests.processes import manage


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return the data folder of a site with the sample."""
    folder = tmp_path_factory.mktemp("site")
    for command in ("migrate", "loadstarter"):
        assert manage(command, data=folder).returncode == 0
    return folder


def test_backup_is_a_site_of_its_own(data, tmp_path):
    copy = tmp_path / "site.sqlite3"
    result = manage("backup", str(copy), data=data)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"{copy}: {copy.stat().st_size} bytes, checked.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["site.sqlite3"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    verified = manage("verify_history", data=tmp_path)
    assert (verified.returncode, verified.stdout) == (0, manage("verify_history", data=data).stdout)


def test_backup_replaces_an_older_one(data, tmp_path):
    copy = tmp_path / "copy"
    copy.write_text("older")
    assert manage("backup", str(copy), data=data).returncode == 0
    assert copy.read_bytes().startswith(b"SQLite format 3")


def test_missing_database_is_not_created(tmp_path):
    result = manage("backup", str(tmp_path / "copy"), data=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"CommandError: There is no database at {tmp_path / 'site.sqlite3'}.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_damaged_database_keeps_the_older_backup(data, tmp_path):
    content = bytearray((data / "site.sqlite3").read_bytes())
    content[4096 * 3 : 4096 * 40] = b"x" * 4096 * 37
    (tmp_path / "site.sqlite3").write_bytes(content)
    copy = tmp_path / "copy"
    copy.write_text("older")
    result = manage("backup", str(copy), data=tmp_path)
    assert (result.returncode, result.stdout, copy.read_text()) == (1, "", "older")
    assert result.stderr.startswith(f"CommandError: No backup was written to {copy}: ")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".copy")]


def test_folder_that_does_not_exist_is_reported_in_one_sentence(data, tmp_path):
    result = manage("backup", str(tmp_path / "missing" / "copy"), data=data)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "No such file or directory" in result.stderr


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite only: its file is copied")
def test_no_backup_fails_while_somebody_writes(tmp_path):
    source, finished, written = Path(connection.settings_dict["NAME"]), Event(), []

    def write():
        database = sqlite3.connect(source, timeout=20)
        while not finished.is_set():
            with database:
                database.execute("INSERT INTO django_session VALUES (?, ?, 0)", [str(len(written)), "x" * 20_000])
            written.append(True)
        with database:
            database.execute("DELETE FROM django_session")
        database.close()

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(40):
            assert write_backup(source, tmp_path / str(number)) > 0
    finally:
        finished.set()
        writer.join()
    assert written
    assert len(list(tmp_path.iterdir())) == 40
