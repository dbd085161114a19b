"""A connection to SQLite that is kept between requests never hides an error or another database."""

import sqlite3
from contextlib import closing

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler


@pytest.fixture(autouse=True)
def databases_of_their_own(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def create(path, value):
    with closing(sqlite3.connect(path)) as database:
        database.executescript(f"CREATE TABLE site (value); INSERT INTO site VALUES ({value});")


def connect(name):
    options = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return ConnectionHandler({"default": {"ENGINE": "selfprivacy_site.sqlite3", "NAME": name, **options}})["default"]


@pytest.fixture
def path(tmp_path):
    create(tmp_path / "site.sqlite3", 1)
    return tmp_path / "site.sqlite3"


@pytest.fixture
def kept(path):
    kept = connect(f"file:{path}?mode=rw")
    yield kept
    kept.close()


def read(kept):
    """Read as a request does: Django calls the first method when it begins."""
    kept.close_if_unusable_or_obsolete()
    with kept.cursor() as cursor:
        return cursor.execute("SELECT value FROM site").fetchone()[0]


def test_connection_is_kept(kept):
    assert read(kept) == 1
    opened = kept.connection
    assert read(kept) == 1
    assert kept.connection is opened


def test_database_in_the_place_of_another_is_read(kept, path):
    assert read(kept) == 1
    path.rename(path.with_name("former"))
    create(path, 2)
    assert read(kept) == 2


def test_database_that_was_moved_away_is_not_read(kept, path):
    assert read(kept) == 1
    path.rename(path.with_name("former"))
    with pytest.raises(OperationalError, match="unable to open database file"):
        read(kept)
    path.with_name("former").rename(path)
    assert read(kept) == 1


def test_connection_with_an_error_is_opened_again(kept):
    assert read(kept) == 1
    opened = kept.connection
    with pytest.raises(OperationalError), kept.cursor() as cursor:
        cursor.execute("SELECT missing FROM site")
    assert read(kept) == 1
    assert kept.connection is not opened


def test_database_in_memory_stays(tmp_path):
    kept = connect(":memory:")
    with kept.cursor() as cursor:
        cursor.execute("CREATE TABLE site AS SELECT 3 AS value")
    assert read(kept) == 3
