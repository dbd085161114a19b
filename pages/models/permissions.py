"""Who may do what: permissions per language, and the groups that hold them, made after every migrate.

A newly served language gets its permissions and its translators' group with the next migrate. What somebody has taken
from a group since stays taken: a permission is handed out once, when it or the group is made.
"""

from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from pages.languages import served_languages

PUBLISH, WITHDRAW, MOVE = "publish_page", "withdraw_page", "move_page"
VIEWABLE_MODELS = ("page", "revision", "version", "versiontext", "publicationrecord", "picture", "redirect")
SITE_MODELS = ("sitesettings", "linkgroup", "link", "redirect")
EDITORS, PUBLISHERS, REVIEWERS = "Editors", "Publishers", "Reviewers"


def change_text_permission(language: str) -> str:
    """Return the permission to write the working copy in a language."""
    return f"change_text_{language.replace('-', '_')}"


def publish_text_permission(language: str) -> str:
    """Return the permission to let a version change in a language."""
    return f"publish_text_{language.replace('-', '_')}"


def translators_group(language: str) -> str:
    """Return the name of the group that may write one language."""
    return f"Translators: {language}"


def _views(*models: str) -> set[str]:
    return {f"view_{model}" for model in models}


def group_permissions(languages) -> dict[str, set[str]]:
    """Return each group's permissions, by its name, for the languages that are served."""
    write, publish = (
        {change_text_permission(one) for one in languages},
        {publish_text_permission(one) for one in languages},
    )
    look = _views(*VIEWABLE_MODELS, *SITE_MODELS)
    edit = look | write | {"add_page", "change_page", "delete_page", "add_picture"}
    site = {f"{verb}_{model}" for model in SITE_MODELS for verb in ("add", "change", "delete")}
    return {
        EDITORS: edit,
        PUBLISHERS: edit | publish | site | {PUBLISH, WITHDRAW, MOVE},
        REVIEWERS: look,
        **{translators_group(one): look | {change_text_permission(one), "add_picture"} for one in languages},
    }


@receiver(post_migrate)
def make_groups_after_migrate(sender, using, apps=global_apps, **kwargs) -> None:
    """Make what is missing."""
    if sender.name == "pages":
        # Django makes the models' own permissions by the same signal, and perhaps only after this.
        create_contenttypes(sender, verbosity=0, using=using, apps=apps)
        create_permissions(sender, verbosity=0, using=using, apps=apps)
        _make(apps, using, served_languages())


def _make(apps, using: str, languages: list[str]) -> None:
    # The models as they are after the migration: the signal's own registry may be that of a migration in the middle.
    permission, group = apps.get_model("auth", "Permission"), apps.get_model("auth", "Group")
    content_type = apps.get_model("contenttypes", "ContentType").objects.using(using)
    new = _make_permissions(
        permission.objects.using(using), content_type.get(app_label="pages", model="page"), languages
    )
    of_app = permission.objects.using(using).filter(content_type__app_label="pages")
    for name, codenames in group_permissions(languages).items():
        row, is_made = group.objects.using(using).get_or_create(name=name)
        row.permissions.add(*of_app.filter(codename__in=codenames if is_made else codenames & new))


def _make_permissions(permissions, content_type, languages: list[str]) -> set[str]:
    """Make the permissions of each language, and return the names of those that were missing."""
    new = set()
    for language in languages:
        for codename, verb in (
            (change_text_permission(language), "write"),
            (publish_text_permission(language), "publish"),
        ):
            name = f"Can {verb} texts: {language}"
            _, is_made = permissions.get_or_create(
                codename=codename, content_type=content_type, defaults={"name": name}
            )
            new |= {codename} if is_made else set()
    return new
