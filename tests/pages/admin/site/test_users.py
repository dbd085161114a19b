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


@pytest.fixture
def publisher(admin_user):
    user = User.objects.create_user("pia", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=PUBLISHERS))
    return user


RUSSIAN = {"accept-language": "ru"}


def test_roles_and_permissions_of_a_user_are_chosen_by_what_they_allow(admin_client, publisher):
    html = admin_client.get(f"/admin/auth/user/{publisher.pk}/change/", headers=RUSSIAN).content.decode()
    checked = re.findall(r'<input type="checkbox" name="groups"[^>]* checked>\s*([^<]+?)</label>', html)
    assert [role.partition(":")[0] for role in checked] == ["Публикующий"]
    # A role is chosen here, not made.
    assert "related-widget-wrapper-link" not in html
    permissions = re.findall(r'<input type="checkbox" name="user_permissions"[^>]*>\s*([^<]+?)</label>', html)
    assert {"Страница: изменение", "Текст: публикация (русский)"} <= set(permissions)
    assert not [permission for permission in permissions if permission.startswith("Can ")]
    # Nor those that the admin never asks for: their tables have no name in Russian.
    assert not re.search("[A-Za-z]", " ".join(permissions))


def test_change_of_a_user_keeps_roles_and_permissions(admin_client, publisher):
    url = f"/admin/auth/user/{publisher.pk}/change/"
    form = admin_client.get(url).context["adminform"].form
    posted = {name: form[name].value() for name in form.fields} | {"first_name": "Pia"}
    assert admin_client.post(url, {name: value for name, value in posted.items() if value}).status_code == 302
    publisher.refresh_from_db()
    assert (publisher.first_name, [group.name for group in publisher.groups.all()]) == ("Pia", [PUBLISHERS])


def test_change_of_a_group_keeps_its_permissions(admin_client):
    group = Group.objects.get(name=PUBLISHERS)
    before = set(group.permissions.values_list("codename", flat=True))
    url = f"/admin/auth/group/{group.pk}/change/"
    form = admin_client.get(url).context["adminform"].form
    assert admin_client.post(url, {name: form[name].value() for name in form.fields}).status_code == 302
    assert set(group.permissions.values_list("codename", flat=True)) == before


def test_list_of_groups_says_what_each_one_is(admin_client):
    html = admin_client.get("/admin/auth/group/", headers=RUSSIAN).content.decode()
    assert "Рецензент: читает всё" in html
    assert "Переводчик (русский)" in admin_client.get("/admin/auth/user/", headers=RUSSIAN).content.decode()


def test_deletion_does_not_list_rows_that_only_link_others(admin_client, publisher):
    for kind, key in (("group", publisher.groups.get().pk), ("user", publisher.pk)):
        html = admin_client.get(f"/admin/auth/{kind}/{key}/delete/").content.decode()
        assert "relationship" not in html
        assert "object (" not in html


def test_form_for_a_password_says_what_a_login_without_one_means(admin_client, publisher):
    html = admin_client.get(f"/admin/auth/user/{publisher.pk}/password/", headers=RUSSIAN).content.decode()
    assert "Пользователь без пароля не может войти." in html
    assert "Single Sign-On" not in html
