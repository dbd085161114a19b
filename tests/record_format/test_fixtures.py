"""Every version of the site migrates, verifies, serves and exports the databases of every record format."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pages.history.record_format import FORMAT
from pages.models.publication_record import RecordKind

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
FIXTURES = sorted(FOLDER.glob("*.sqlite3.gz"))

SERVED_LOG = """
import django
django.setup()
from django.test import Client
print(Client().get("/publication-log.json", headers={"host": "localhost"}).content.decode())
"""


def run(*arguments, data):
    environment = {**os.environ, "DATA_DIR": str(data), "DATABASE_URL": "", "SITE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "selfprivacy_site.settings"
    options = {"cwd": ROOT, "env": environment, "capture_output": True, "text": True, "timeout": 120}
    result = subprocess.run([sys.executable, *arguments], check=False, **options)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_there_is_a_fixture_of_the_present_format():
    assert f"format-{FORMAT}.sqlite3.gz" in {path.name for path in FIXTURES}


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.name.partition(".")[0])
def test_database_of_each_format_can_be_migrated_verified_served_and_exported(fixture, tmp_path):
    records = json.loads((FOLDER / f"{fixture.name.partition('.')[0]}.json").read_text(encoding="utf-8"))
    data = tmp_path / "data"
    data.mkdir()
    (data / "site.sqlite3").write_bytes(gzip.decompress(fixture.read_bytes()))
    run("manage.py", "migrate", "--verbosity", "0", data=data)
    head = records[-1][1]
    expected = f"The history is valid: {len(records)} record(s), head {head}.\n"
    assert run("manage.py", "verify_history", "--head", records[0][1], data=data) == expected
    log = json.loads(run("-c", SERVED_LOG, data=data))
    assert [[record["canonical"], record["hash"]] for record in log["records"]] == records
    run("manage.py", "export_git", str(tmp_path / "out.git"), data=data)
    git = ["git", "-C", str(tmp_path / "out.git"), "log", "--format=%s", "main"]
    subjects = subprocess.run(git, capture_output=True, text=True, check=True).stdout.splitlines()
    assert "The second text." in subjects


def test_fixture_of_the_present_format_has_every_kind_of_record():
    records = json.loads((FOLDER / f"format-{FORMAT}.json").read_text(encoding="utf-8"))
    assert {json.loads(canonical)["kind"] for canonical, _ in records} == set(RecordKind.values)
