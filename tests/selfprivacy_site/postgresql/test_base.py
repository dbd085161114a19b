"""A server of PostgreSQL that accepts a connection and never answers, as one that is frozen does."""

import socket
import time
from threading import Event

import pytest
from django.db import OperationalError
from django.db.backends.postgresql import base
from django.db.utils import ConnectionHandler

from selfprivacy_site.postgresql.base import CONNECT_SECONDS


@pytest.fixture(autouse=True)
def databases_of_their_own(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def frozen():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def connection_to(port, seconds):
    options = {"HOST": "127.0.0.1", "PORT": port, "USER": "tests", "OPTIONS": {"connect_timeout": seconds}}
    handler = ConnectionHandler({"default": {"ENGINE": "selfprivacy_site.postgresql", "NAME": "tests", **options}})
    return handler["default"]


def seconds_until_given_up(port, seconds):
    started = time.monotonic()
    with pytest.raises(OperationalError):
        connection_to(port, seconds).ensure_connection()
    return time.monotonic() - started


def test_connection_is_given_up_within_a_second(frozen):
    # Other processes slow some attempts down: one of three shows what the site itself needs.
    seconds = [seconds_until_given_up(frozen, 2) for _attempt in range(3)]
    assert CONNECT_SECONDS <= min(seconds) < 1.5


def test_longer_limit_of_the_administrator_holds(frozen):
    assert seconds_until_given_up(frozen, 3) > 2.5


def test_reason_of_a_refused_connection_is_the_one_of_the_driver():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(OperationalError, match="onnection refused"):
        connection_to(port, 2).ensure_connection()


def test_connection_that_comes_too_late_is_closed(monkeypatch):
    class LateConnection:
        closed = Event()

        def close(self):
            self.closed.set()

    is_given_up = Event()

    def connect(_wrapper, _parameters):
        assert is_given_up.wait(30)
        return LateConnection()

    monkeypatch.setattr(base.DatabaseWrapper, "get_new_connection", connect)
    assert seconds_until_given_up(0, 2) < 30
    is_given_up.set()
    assert LateConnection.closed.wait(30)
