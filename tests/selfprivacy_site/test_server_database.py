"""The server waits for the database for seconds, and never creates one; commands may wait longer."""

import sqlite3

import pytest

from selfprivacy_site.server_database import LOCK_SECONDS, limit_database
from tests.processes import manage, run_python


def sqlite_database(path):
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {"timeout": 60}}


def test_server_opens_no_new_sqlite_database(tmp_path):
    database = sqlite_database(tmp_path / "a ?#%.sqlite3")
    limit_database(database)
    limit_database(database)
    with pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
        sqlite3.connect(database["NAME"], uri=True)
    sqlite3.connect(tmp_path / "a ?#%.sqlite3").close()
    sqlite3.connect(database["NAME"], uri=True).close()
    assert list(tmp_path.iterdir()) == [tmp_path / "a ?#%.sqlite3"]


def test_server_waits_seconds_for_a_lock(tmp_path):
    database = sqlite_database(tmp_path / "site.sqlite3")
    limit_database(database)
    assert database["OPTIONS"]["timeout"] == LOCK_SECONDS <= 5


def test_server_limits_statements_and_locks_on_postgresql():
    database = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"options": "-c statement_timeout=1min"}}
    limit_database(database)
    assert database["ENGINE"] == "selfprivacy_site.postgresql"
    assert database["OPTIONS"]["options"] == (
        "-c lock_timeout=5s -c statement_timeout=10s -c idle_in_transaction_session_timeout=60s "
        "-c statement_timeout=1min"
    )


def test_wsgi_application_limits_the_database_and_commands_do_not(tmp_path):
    assert manage("migrate", data=tmp_path).returncode == 0
    program = "from django.db import connections; d = connections.settings['default']; print(d['NAME'], d['OPTIONS'])"
    served = run_python("-c", f"import selfprivacy_site.wsgi; {program}", data=tmp_path)
    assert served.stdout.startswith(f"file:{tmp_path}/site.sqlite3?mode=rw ")
    assert "'timeout': 5," in served.stdout
    assert "recursive_triggers=ON; PRAGMA cache_size=-500;" in served.stdout
    command = run_python("-c", f"import django; django.setup(); {program}", data=tmp_path)
    assert command.stdout.startswith(f"{tmp_path}/site.sqlite3 ")
    assert "'timeout': 60," in command.stdout
    assert "cache_size" not in command.stdout
