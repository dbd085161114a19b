"""Groups in the admin, which are the roles of users: what they are called, and what their members may do."""

from collections.abc import Collection

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.admin.site.background_forms import SentInBackgroundMixin
from pages.languages import name_in_sentence, served_languages
from pages.models.permissions import (
    EDITORS,
    PUBLISHERS,
    REVIEWERS,
    SITE_MODELS,
    VIEWABLE_MODELS,
    change_text_permission,
    publish_text_permission,
    translators_group,
)

ROLES = {
    EDITORS: _("Editor: writes in every language and creates pages"),
    PUBLISHERS: _("Publisher: also publishes, moves and withdraws pages, and changes links and settings"),
    REVIEWERS: _("Reviewer: reads everything, including drafts, and records reviews"),
}
AUTH_MODELS = ("user", "group")
PAGES_MODELS = {*VIEWABLE_MODELS, *SITE_MODELS}
ACTIONS = {"add": _("add"), "change": _("change"), "delete": _("delete"), "view": _("view")}


def role_label(group: Group) -> str:
    """Return what the members of a group can do; a group that the site does not know keeps its name."""
    for language in served_languages():
        if group.name == translators_group(language):
            names = {"language": name_in_sentence(language)}
            return gettext("Translator: writes in one language (%(language)s)") % names
    return str(ROLES.get(group.name, group.name))


def role_name(group: Group) -> str:
    """Return the role without what its members can do."""
    for language in served_languages():
        if group.name == translators_group(language):
            return gettext("Translator (%(language)s)") % {"language": name_in_sentence(language)}
    return role_label(group).partition(":")[0]


def permission_label(permission: Permission) -> str:
    """Return the kind of object and what may be done with it, in the language of the interface."""
    action, _separator, model = permission.codename.partition("_")
    kind = permission.content_type
    if action in ACTIONS and model == kind.model:
        return f"{capfirst(kind.name)}: {ACTIONS[action]}"
    return _text_permissions().get(permission.codename) or gettext(permission.name)


def _text_permissions() -> dict[str, str]:
    labels = {}
    for language in served_languages():
        names = {"language": name_in_sentence(language)}
        labels[change_text_permission(language)] = gettext("Text: write (%(language)s)") % names
        labels[publish_text_permission(language)] = gettext("Text: publish (%(language)s)") % names
    return labels


def _models(app: str, models: Collection[str]) -> Q:
    return Q(content_type__app_label=app, content_type__model__in=models)


class PermissionField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        # Permissions of other tables, such as contents or failed logins, would allow nothing: the admin does not ask.
        offered = Permission.objects.filter(_models("auth", AUTH_MODELS) | _models("pages", PAGES_MODELS))
        super().__init__(offered.select_related("content_type"), **kwargs)

    def label_from_instance(self, permission):
        return permission_label(permission)


def deleted_objects(found: tuple) -> tuple:
    """List only the chosen objects of what Django would delete, and do not count rows that only link others."""
    objects, counts, *refused = found
    links = {
        relation.through._meta.verbose_name_plural
        for relation in (User.groups, User.user_permissions, Group.permissions)
    }
    listed = [item for item in objects if not isinstance(item, list)]
    return (listed, {name: count for name, count in counts.items() if name not in links}, *refused)


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(SentInBackgroundMixin, GroupAdmin):
    list_display = ("name", "role")
    # Django's filter between two lists has no accessible names.
    filter_horizontal = ()

    @admin.display(description=_("role"))
    def role(self, group):
        label = role_label(group)
        return "" if label == group.name else label

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return PermissionField(label=_("Permissions"), required=False)

    def get_deleted_objects(self, objs, request):
        return deleted_objects(super().get_deleted_objects(objs, request))
