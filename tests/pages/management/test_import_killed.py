"""An import of a history that is killed at any moment leaves whole commits, and the next run goes on from there.

`KILLS=100 pytest tests/pages/management/test_import_killed.py` kills a hundred.
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

from benchmarks.histories import make_history
from tests.processes import ROOT, environment, manage

KILLS = int(os.environ.get("KILLS", "3"))
# Batches of a few commits, so that there are many moments between them.
IMPORT = """
import sys, django
django.setup()
from django.core.management import call_command
from pages.hugo.importing import history_import
history_import.BATCH_COMMITS = 4
call_command("import_hugo", sys.argv[1], "--history")
"""
STORED = {
    "pages": "SELECT uuid, path, slug, weight, source_language, title_en, body_en FROM pages_page ORDER BY path",
    "texts": (
        "SELECT p.path, v.number, v.published_at, t.language, r.source, r.file_name, r.author, r.created_at, "
        "t.significance, t.change_note, t.based_on, t.modified_at, t.pictures FROM pages_versiontext t "
        "JOIN pages_version v ON v.id = t.version_id JOIN pages_page p ON p.id = v.page_id "
        "JOIN pages_revision r ON r.id = t.revision_id ORDER BY p.path, v.number, t.language"
    ),
    "commits": "SELECT commit_id, author_email, message, files, site_structure FROM pages_importedcommit ORDER BY id",
    "pictures": "SELECT digest, content FROM pages_picture ORDER BY digest",
    "redirects": "SELECT old_path, path FROM pages_redirect r JOIN pages_page p ON p.id = r.page_id ORDER BY old_path",
}


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Return a repository of a history that takes seconds to import."""
    path = tmp_path_factory.mktemp("history") / "site.git"
    make_history(path, commits=120, languages=4, pages=8, text_bytes=1500)
    return path


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory):
    """Return the data folder of a site without pages."""
    data = tmp_path_factory.mktemp("empty")
    manage("migrate", "--verbosity", "0", data=data)
    return data


@pytest.fixture(scope="module")
def whole(history, empty_site, tmp_path_factory):
    """Return what an import that nobody stops leaves."""
    data = site_like(empty_site, tmp_path_factory.mktemp("whole"))
    assert start(history, data).wait() == 0
    return everything(data)


def site_like(empty_site, folder):
    return shutil.copytree(empty_site, folder / "data")


def start(history, data):
    command = [sys.executable, "-c", IMPORT, str(history)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(data), stdout=subprocess.DEVNULL)


def everything(data):
    """Return all that an import stores, but for when it was recorded and what follows from that."""
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        stored = {name: database.execute(query).fetchall() for name, query in STORED.items()}
        records = database.execute("SELECT canonical FROM pages_publicationrecord ORDER BY number").fetchall()
    said = [json.loads(canonical) for (canonical,) in records]
    stored["records"] = [
        {name: record[name] for name in record.keys() - {"recorded_at", "previous"}} for record in said
    ]
    return stored


@pytest.mark.parametrize("attempt", range(KILLS))
def test_import_that_was_killed_ends_as_if_it_had_not_been(history, empty_site, whole, tmp_path, attempt):
    data = killed_in_the_middle(history, empty_site, tmp_path, len(whole["commits"]))
    left = everything(data)
    # What is there is the beginning of the whole: every commit is there with all that it did, or not at all.
    assert left["records"] == whole["records"][: len(left["records"])]
    assert left["commits"] == whole["commits"][: len(left["commits"])]
    print(f"killed with {len(left['commits'])} of {len(whole['commits'])} commits taken in")
    assert start(history, data).wait() == 0
    assert everything(data) == whole
    assert "The history holds" in manage("verify_history", data=data).stdout


def killed_in_the_middle(history, empty_site, folder, total):
    """Kill an import at a moment when some commits are there and some are not; return the data folder."""
    for attempt in range(5):
        data = site_like(empty_site, folder / str(attempt))
        process = start(history, data)
        wait_for_commits(data, random.randint(1, total * 3 // 4), process)
        # Anywhere between two batches, or within one.
        time.sleep(random.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if 0 < commits_taken_in(data) < total:
            return data
        # On a busy machine the import may have ended before this process had its turn again.
    pytest.fail("no kill came before the import's end")


def wait_for_commits(data, count, process):
    while commits_taken_in(data) < count and process.poll() is None:
        time.sleep(0.002)


def commits_taken_in(data):
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM pages_importedcommit").fetchone()[0]
