"""Every migrate creates missing groups and permissions, and never restores what was removed from a group."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from pages.models.permissions import (
    change_text_permission,
    group_permissions,
    publish_text_permission,
    translators_group,
)

pytestmark = pytest.mark.django_db


def migrate():
    call_command("migrate", verbosity=0)


def permissions_of(name: str) -> set[str]:
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


def test_groups_exist_with_their_permissions():
    assert set(Group.objects.values_list("name", flat=True)) == {
        "Editors",
        "Publishers",
        "Reviewers",
        "Translators: en",
        "Translators: ru",
    }
    for name, expected in group_permissions(["en", "ru"]).items():
        assert permissions_of(name) == expected


def test_each_group_has_only_the_permissions_for_its_work():
    groups = group_permissions(["en", "ru"])
    view = groups["Reviewers"] - {"review_page"}
    assert groups["Reviewers"] >= {"review_page"} <= groups["Publishers"]
    assert all(name.startswith("view_") for name in view)
    assert groups["Translators: ru"] - view == {"change_text_ru", "add_picture"}
    publishing = {name for name in groups["Editors"] if name.startswith(("publish_", "withdraw_", "move_"))}
    assert publishing == set()
    assert {"publish_page", "publish_text_ru", "withdraw_page", "move_page"} <= groups["Publishers"]
    # History is insert-only, so nobody gets a form for it.
    for permissions in groups.values():
        assert (
            not {
                f"{action}_{model}"
                for action in ("add", "change", "delete")
                for model in ("revision", "version", "versiontext", "publicationrecord")
            }
            & permissions
        )


def test_newly_served_language_gets_its_permissions_and_its_group(settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("zh-hans", "Chinese")]
    migrate()
    assert change_text_permission("zh-hans") == "change_text_zh_hans"
    assert {"change_text_zh_hans", "view_page"} <= permissions_of(translators_group("zh-hans"))
    assert "change_text_ru" not in permissions_of(translators_group("zh-hans"))
    assert change_text_permission("zh-hans") in permissions_of("Editors")
    assert {change_text_permission("zh-hans"), publish_text_permission("zh-hans")} <= permissions_of("Publishers")
    assert "change_text_zh_hans" not in permissions_of("Reviewers") | permissions_of("Translators: ru")


def test_language_that_is_no_longer_served_keeps_its_group(settings):
    settings.LANGUAGES = [("en", "English")]
    migrate()
    assert "change_text_ru" in permissions_of("Translators: ru")


def test_migrate_keeps_the_changes_that_an_administrator_made_to_a_group(settings):
    editors = Group.objects.get(name="Editors")
    editors.permissions.remove(*editors.permissions.filter(codename__in=["delete_page", "change_text_en"]))
    editors.permissions.add(Permission.objects.get(codename="move_page"))
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "Arabic")]
    for _ in range(2):
        migrate()
    permissions = permissions_of("Editors")
    assert not {"delete_page", "change_text_en"} & permissions
    assert {"move_page", "change_text_ar", "add_page"} <= permissions


def test_permission_for_a_new_table_is_added_to_the_groups_of_an_existing_site():
    # As before the table existed.
    Permission.objects.filter(codename="view_importrun").delete()
    migrate()
    for name in ("Editors", "Publishers", "Reviewers", "Translators: ru"):
        assert "view_importrun" in permissions_of(name)
        assert "add_importrun" not in permissions_of(name)


def test_migrating_again_creates_nothing():
    before = Group.objects.count(), Permission.objects.count()
    migrate()
    assert (Group.objects.count(), Permission.objects.count()) == before


def test_permissions_work_with_has_perm():
    user = User.objects.create_user("ben")
    user.groups.add(Group.objects.get(name="Translators: ru"))
    assert user.has_perm("pages.change_text_ru")
    assert user.has_perm("pages.view_page")
    assert not user.has_perm("pages.change_text_en")
    assert not user.has_perm("pages.publish_text_ru")
