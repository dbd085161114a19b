"""Fixtures that log in members of the site's groups."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone


@pytest.fixture
def now():
    # The admin reads the clock itself, so a fixed time would not match what its views see.
    return timezone.now()


@pytest.fixture
def log_in(client, db):
    """Return a function that makes a user in the named group, or in none, and logs in `client`."""

    def log_in(group: str | None = None):
        user = get_user_model().objects.create_user(f"user-{group}", is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        return user

    return log_in


@pytest.fixture
def member_client(client, log_in):
    """Return a function that logs in `client` as a member of a group and returns it."""

    def log_in_member(group: str):
        log_in(group)
        return client

    return log_in_member
