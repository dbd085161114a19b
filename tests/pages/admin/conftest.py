"""Who looks at the admin, and when."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone


@pytest.fixture
def now():
    """Return the moment of the test: the admin asks the clock itself."""
    return timezone.now()


@pytest.fixture
def person(client, db):
    """Return a function that logs in as somebody of a group, or without any."""

    def log_in(group: str | None = None):
        user = get_user_model().objects.create_user(f"person-{group}", is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        return user

    return log_in


@pytest.fixture
def as_member(client, person):
    """Return a function that logs in a member of a group, and returns their client."""

    def log_in(group: str):
        person(group)
        return client

    return log_in
