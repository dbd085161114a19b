"""Permissions per language and the default groups, created after every migrate.

A newly served language gets its permissions and its translators' group with the next migrate, and so does a new table.
A permission is added to a group only when one of the two is created, so a permission that an administrator removes does
not come back.
"""

from collections.abc import Collection

from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from pages.languages import served_languages

PUBLISH, WITHDRAW, MOVE, REVIEW = "publish_page", "withdraw_page", "move_page", "review_page"
VIEWABLE_MODELS = (
    *("page", "revision", "version", "versiontext", "publicationrecord", "picture", "redirect"),
    *("importrun", "importline"),
)
SITE_MODELS = ("sitesettings", "linkgroup", "link", "redirect")
EDITORS, PUBLISHERS, REVIEWERS = "Editors", "Publishers", "Reviewers"


def change_text_permission(language: str) -> str:
    """Return the codename of the permission to change the draft in a language."""
    return f"change_text_{language.replace('-', '_')}"


def publish_text_permission(language: str) -> str:
    """Return the codename of the permission to publish a change in a language."""
    return f"publish_text_{language.replace('-', '_')}"


def translators_group(language: str) -> str:
    return f"Translators: {language}"


def group_permissions(languages: Collection[str]) -> dict[str, set[str]]:
    """Return the codenames of each group's permissions, by the name of the group, for the served languages."""
    write = {change_text_permission(language) for language in languages}
    publish = {publish_text_permission(language) for language in languages}
    view = {f"view_{model}" for model in (*VIEWABLE_MODELS, *SITE_MODELS)}
    edit = view | write | {"add_page", "change_page", "delete_page", "add_picture"}
    site = {f"{action}_{model}" for model in SITE_MODELS for action in ("add", "change", "delete")}
    translate = {
        translators_group(language): view | {change_text_permission(language), "add_picture"} for language in languages
    }
    return {
        EDITORS: edit,
        PUBLISHERS: edit | publish | site | {PUBLISH, WITHDRAW, MOVE, REVIEW},
        REVIEWERS: view | {REVIEW},
        **translate,
    }


@receiver(post_migrate)
def create_groups_after_migrate(sender, using, apps=global_apps, **kwargs) -> None:
    if sender.name == "pages":
        # Django creates the models' own permissions by the same signal, possibly after this receiver.
        permissions = apps.get_model("auth", "Permission").objects.using(using)
        existing = set(permissions.filter(content_type__app_label="pages").values_list("codename", flat=True))
        create_contenttypes(sender, verbosity=0, using=using, apps=apps)
        create_permissions(sender, verbosity=0, using=using, apps=apps)
        _create_groups(apps, using, served_languages(), existing)


def _create_groups(apps, using: str, languages: list[str], existing: set[str]) -> None:
    # From the registry of the signal, which can be that of an earlier migration.
    permission, group = apps.get_model("auth", "Permission"), apps.get_model("auth", "Group")
    content_type = apps.get_model("contenttypes", "ContentType").objects.using(using)
    page = content_type.get(app_label="pages", model="page")
    _create_permissions(permission.objects.using(using), page, languages)
    app_permissions = permission.objects.using(using).filter(content_type__app_label="pages")
    new = set(app_permissions.values_list("codename", flat=True)) - existing
    for name, codenames in group_permissions(languages).items():
        row, is_created = group.objects.using(using).get_or_create(name=name)
        row.permissions.add(*app_permissions.filter(codename__in=codenames if is_created else codenames & new))


def _create_permissions(permissions, content_type, languages: list[str]) -> None:
    actions = {"write": change_text_permission, "publish": publish_text_permission}
    for language in languages:
        for action, permission_for in actions.items():
            permissions.get_or_create(
                codename=permission_for(language),
                content_type=content_type,
                defaults={"name": f"Can {action} texts: {language}"},
            )
