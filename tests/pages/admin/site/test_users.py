"""Creating a user with a role, in one form."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from pages.models.permissions import EDITORS, PUBLISHERS, REVIEWERS, translators_group

pytestmark = pytest.mark.django_db
ADD_URL = "/admin/auth/user/add/"
PASSWORD = "kaleidoscope-4711"
POSTED = {"username": "bea", "first_name": "Bea", "password1": PASSWORD, "password2": PASSWORD}


@pytest.mark.parametrize("name", [EDITORS, PUBLISHERS, REVIEWERS, translators_group("ru")])
def test_new_user_with_a_role_can_log_in_to_the_admin(admin_client, name):
    posted = POSTED | {"groups": [Group.objects.get(name=name).pk]}
    assert admin_client.post(ADD_URL, posted).status_code == 302
    user = User.objects.get(username="bea")
    assert ([group.name for group in user.groups.all()], user.is_staff, user.is_superuser) == ([name], True, False)
    assert user.check_password(PASSWORD)
    client = Client()
    client.force_login(user)
    assert client.get("/admin/pages/page/").status_code == 200


def test_new_user_without_a_role_cannot(admin_client):
    assert admin_client.post(ADD_URL, POSTED).status_code == 302
    assert not User.objects.get(username="bea").is_staff


def test_form_says_what_each_role_can_do(admin_client):
    html = admin_client.get(ADD_URL).content.decode()
    roles = re.findall(r'<input type="checkbox" name="groups"[^>]*>\s*([^<]+?)</label>', html)
    assert [role.partition(":")[0] for role in roles] == ["Editor", "Publisher", "Reviewer", "Translator", "Translator"]
    assert "Translator: writes in one language (Russian)" in roles


def test_role_of_a_new_user_is_named_in_the_editors_language(admin_client):
    html = admin_client.get(ADD_URL, headers={"accept-language": "ru"}).content.decode()
    assert "Переводчик: пишет на одном языке (русский)" in html
