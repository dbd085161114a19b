"""What all tests share: moments, and a database whose guards let the tests' own flush pass."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from hypothesis import settings

from pages.models import immutability

# A busy machine is no defect, and the whole of the tests has to be quick; `HYPOTHESIS_PROFILE=thorough` looks further.
settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


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
