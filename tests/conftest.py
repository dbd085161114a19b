"""What all tests share: moments, rows that a module builds once, and which tests run when."""

import os
import signal
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction
from hypothesis import settings

from pages.models import immutability
from pages.presentation.state_memo import clear_memos
from tests.distribution import pytest_xdist_make_scheduler  # noqa: F401 - a hook.

# A run in the background of a shell ignores SIGINT, and so would everything that it starts: tests of Ctrl-C would wait.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# `THOROUGH=1 make test`, as `.ci/run` calls it, runs the tests marked `thorough` and looks at more examples everywhere.
THOROUGH = os.environ.get("THOROUGH") == "1"
# A busy machine is no defect: no deadline. `HYPOTHESIS_PROFILE=search` looks for new failures.
settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("thorough", deadline=None, max_examples=50)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("thorough" if THOROUGH else "quick"))


# Only a test that has one of these can use the database; `db` stands for every fixture that asks for it.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests that use the database. Skip the thorough tests, with the reason, unless they are asked for."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
    if not THOROUGH:
        skip = pytest.mark.skip(reason="a thorough test: THOROUGH=1 make test")
        for item in items:
            if item.get_closest_marker("thorough"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Drop the triggers before the whole database is flushed; the flush sends `post_migrate`, which makes them."""
    with django_db_blocker.unblock():
        for connection in connections.all():
            flush = connection.ops.sql_flush

            def lifted(*arguments, flush=flush, using=connection.alias, **options):
                return [*immutability.drop_trigger_statements(using), *flush(*arguments, **options)]

            connection.ops.sql_flush = lifted


@pytest.fixture(scope="module")
def build_once(django_db_setup, django_db_blocker):
    """Return a function that calls another one, which builds rows for all tests of the module, and returns its result.

    The rows are rolled back after the module's last test. Each test, in a transaction of its own within this one, sees
    them as they were built. A fixture that returns model instances hands out fresh ones: a test may change them.
    """
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(transaction.atomic())

        def build(function):
            with django_db_blocker.unblock():
                return function()

        yield build
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            stack.close()


@pytest.fixture(autouse=True)
def forget_other_tests():
    """Forget what was read from the database of another test: two tests can count to the same state of the site."""
    clear_memos()


@pytest.fixture
def moment():
    """Return a function that gives a moment: noon of a day in 2024, and so many days and seconds later."""
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    return lambda days=0, seconds=0: noon + timedelta(days=days, seconds=seconds)
