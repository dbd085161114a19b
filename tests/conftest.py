"""What all tests share: moments, and a database whose guards let the tests' own flush pass."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from pages.models import immutability


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Drop the triggers in front of a flush of the whole database, which makes them again: it sends `post_migrate`."""
    with django_db_blocker.unblock():
        for connection in connections.all():
            flush = connection.ops.sql_flush

            def lifted(*arguments, flush=flush, using=connection.alias, **options):
                return [*immutability.lift_guards(using), *flush(*arguments, **options)]

            connection.ops.sql_flush = lifted


@pytest.fixture
def moment():
    """Return a function that gives a moment: noon of a day in 2024, and so many days and seconds later."""
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    return lambda days=0, seconds=0: noon + timedelta(days=days, seconds=seconds)
