"""A history import that is killed leaves complete commits, and the next run continues.

`THOROUGH=1 KILLS=100 pytest tests/pages/management/test_import_killed.py` kills a hundred imports.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from benchmarks.generators.histories import make_history
from tests.processes import ROOT, environment, manage

KILLS = int(os.environ.get("KILLS", "3"))
# Small batches, so that there are many points between them.
IMPORT = """
import os, sys, django
django.setup()
from django.core.management import call_command
from pages.hugo.importing import history_import, second_process
history_import.BATCH_COMMITS = 4
second_process.MIN_BYTES = 0
second_process._count_processors = lambda: int(os.environ["PROCESSORS"])
call_command("import_hugo", sys.argv[1], "--history")
"""
STORED = {
    "pages": "SELECT uuid, path, slug, weight, source_language, title_en, body_en FROM pages_page ORDER BY path",
    "texts": (
        "SELECT p.path, v.number, v.published_at, t.language, r.digest, r.file_name, r.author, r.created_at, "
        "t.significance, n.content, t.based_on, t.pictures FROM pages_versiontext t "
        "JOIN pages_version v ON v.id = t.version_id JOIN pages_page p ON p.id = v.page_id "
        "JOIN pages_revision r ON r.id = t.revision_id LEFT JOIN pages_blob n ON n.digest = t.note "
        "ORDER BY p.path, v.number, t.language"
    ),
    "commits": (
        "SELECT commit_id, content, files, site_structure FROM pages_importedcommit c "
        "JOIN pages_blob b ON b.digest = c.metadata_id ORDER BY c.id"
    ),
    "contents": "SELECT digest, content FROM pages_blob WHERE LENGTH(salt) = 0 ORDER BY digest",
    "pictures": "SELECT digest, extension FROM pages_picture ORDER BY digest",
    "report": (
        "SELECT kind, subject, stored_message, count, first_commit, last_commit, ended_by FROM pages_importline "
        "ORDER BY id"
    ),
    "redirects": "SELECT old_path, path FROM pages_redirect r JOIN pages_page p ON p.id = r.page_id ORDER BY old_path",
}


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Return a repository whose import takes seconds."""
    path = tmp_path_factory.mktemp("history") / "site.git"
    make_history(path, commits=120, languages=4, pages=8, text_bytes=1500)
    return path


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory):
    """Return the data folder of an empty site."""
    data = tmp_path_factory.mktemp("empty")
    manage("migrate", "--verbosity", "0", data=data)
    return data


@pytest.fixture(scope="module")
def complete(history, empty_site, tmp_path_factory):
    """Return the content after an uninterrupted import."""
    data = copy_site(empty_site, tmp_path_factory.mktemp("complete"))
    assert start_import(history, data).wait() == 0
    return stored_content(data)


def copy_site(empty_site, folder):
    return shutil.copytree(empty_site, folder / "data")


def start_import(history, data, *, processors=2):
    command = [sys.executable, "-c", IMPORT, str(history)]
    settings = environment(data, PROCESSORS=str(processors))
    return subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)


def stored_content(data):
    """Return everything that an import stores, except recording times, and hashes that depend on them or on salts."""
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        stored = {name: database.execute(query).fetchall() for name, query in STORED.items()}
        records = database.execute("SELECT canonical FROM pages_publicationrecord ORDER BY number").fetchall()
    payloads = [json.loads(canonical) for (canonical,) in records]
    stored["records"] = [without_salted(payload) for payload in payloads if payload["kind"] != "start"]
    return stored


def without_salted(payload):
    others = {"recorded_at", "previous", "actor", "reasons", "metadata", "files", "fields", "note", "report"}
    # The record of the import has the time at which it ended.
    others |= {"at"} if payload.get("kind") == "import" else set()
    kept = {name: value for name, value in payload.items() if name not in others}
    return {name: without_salted(value) if isinstance(value, dict) else value for name, value in kept.items()}


@pytest.mark.parametrize(
    "attempt", [0, *(pytest.param(attempt, marks=pytest.mark.thorough) for attempt in range(1, KILLS))]
)
def test_killed_import_resumes_and_ends_like_an_uninterrupted_one(history, empty_site, complete, tmp_path, attempt):
    data = killed_import(history, empty_site, tmp_path, len(complete["commits"]))
    partial = stored_content(data)
    # Every commit is stored with all its records, or not at all.
    assert partial["records"] == complete["records"][: len(partial["records"])]
    assert partial["commits"] == complete["commits"][: len(partial["commits"])]
    print(f"killed after {len(partial['commits'])} of {len(complete['commits'])} commits")
    assert start_import(history, data).wait() == 0
    assert stored_content(data) == complete
    assert "The history is valid" in manage("verify_history", data=data).stdout


def test_import_with_one_processor_ends_like_one_with_two(history, empty_site, complete, tmp_path):
    data = copy_site(empty_site, tmp_path)
    assert start_import(history, data, processors=1).wait() == 0
    assert stored_content(data) == complete


def killed_import(history, empty_site, folder, total):
    """Kill an import when some of its commits are stored; return the data folder."""
    for attempt in range(5):
        data = copy_site(empty_site, folder / str(attempt))
        process = start_import(history, data)
        wait_for_commits(data, random.randint(1, total * 3 // 4), process)
        # Between two batches, or within one.
        time.sleep(random.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if 0 < imported_commits(data) < total:
            return data
        # On a busy machine the import can end before this process runs again.
    pytest.fail("every import ended before it was killed")


def wait_for_commits(data, count, process):
    while imported_commits(data) < count and process.poll() is None:
        time.sleep(0.002)


def imported_commits(data):
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM pages_importedcommit").fetchone()[0]
