"""The permissions of users as actors, and the page that a refused user gets."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse

from pages.admin.permissions import actor_of, can_edit, writable_languages
from pages.languages import served_languages
from pages.models.permissions import publish_text_permission
from tests.building import make_page

pytestmark = pytest.mark.django_db


def user_in(group: str, **options):
    user = get_user_model().objects.create_user("ann", is_staff=True, first_name="Ann", last_name="Other", **options)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.mark.parametrize(
    ("group", "writable", "publishable"),
    [
        ("Reviewers", [], []),
        ("Translators: ru", ["ru"], []),
        ("Editors", ["en", "ru"], []),
        ("Publishers", ["en", "ru"], ["en", "ru"]),
    ],
)
def test_groups_may_write_and_publish_their_languages(group, writable, publishable):
    actor = actor_of(user_in(group))
    may_publish = [language for language in served_languages() if actor.has_perm(publish_text_permission(language))]
    assert (writable_languages(actor), may_publish) == (writable, publishable)
    assert can_edit(actor) == bool(writable)
    assert actor.name == "Ann Other"


@pytest.mark.parametrize("options", [{"is_active": False}, {"is_staff": False}])
def test_inactive_and_non_staff_users_have_no_permissions(options):
    user = user_in("Publishers")
    for name, value in options.items():
        setattr(user, name, value)
    assert actor_of(user).permissions == frozenset()


def test_403_page_is_in_the_editors_language_and_links_back(client, log_in):
    page = make_page()
    log_in("Reviewers")
    url = reverse("admin:pages_page_publish", args=[page.pk])
    response = client.get(url, headers={"accept-language": "ru"})
    assert response.status_code == 403
    assert "Недостаточно прав" in response.content.decode()
    assert 'href="/admin/"' in response.content.decode()
