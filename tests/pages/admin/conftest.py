"""People of the groups."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group


@pytest.fixture
def person(client, db):
    """Return a function that logs in as somebody of a group, or without any."""

    def log_in(group: str | None = None):
        user = get_user_model().objects.create_user(f"person-{group}", is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        return user

    return log_in
