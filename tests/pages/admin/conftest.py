"""Who looks at the admin, and when."""

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone


@pytest.fixture
def now():
    """Return the moment of the test: the admin asks the clock itself."""
    return timezone.now()


@pytest.fixture
def as_member(client, django_user_model):
    """Return a function that logs in a member of a group."""

    def log_in(group: str):
        user = django_user_model.objects.create_user(group, password=None, is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return client

    return log_in
